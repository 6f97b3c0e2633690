"""Collects one step's statistics while the step is traced, or runs."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial, wraps
from math import prod
from typing import Any, TypeVar, cast

from tb_diagnose.attach.core import statistics
from tb_diagnose.attach.core.ops import Ops, Tensor
from tb_diagnose.attach.core.step_layout import Input, Layer, Segment, StepLayout, StepLayouts
from tb_diagnose.core.vitals import LOSS_QUANTILES

#: Calls of one layer in one step that get a row; an unrolled loop has hundreds.
CALLS = 4

_log = logging.getLogger("tb_diagnose")
F = TypeVar("F", bound=Callable[..., None])


def _survived(record: F) -> F:
    """A statistic that cannot be taken is named in the layout; the step goes on."""

    @wraps(record)
    def detach_on_failure(self: Recorder, *arguments: Any, **named: Any) -> None:
        self.attempt(record.__name__, partial(record, self, *arguments, **named))

    return cast("F", detach_on_failure)


class Recorder:
    """One step's numbers, in the order in which they came up.

    ``parts`` holds what was computed; a back end that has to carry the tensors out of an inner
    function replaces them there.
    """

    def __init__(self, ops: Ops) -> None:
        self.ops = ops
        self.parts: list[tuple[Segment, Tensor]] = []
        self.layers: list[Layer] = []
        self.variables: tuple[str, ...] = ()
        self.input_rows: tuple[Input, ...] = ()
        self.classes = 0
        self.skipped: dict[str, None] = {}
        self.result: Any = None  # what the whole model returned last
        self.scope: Any = None  # what was being traced when it began
        self._calls: Counter[str] = Counter()
        self._seen: set[tuple[int, int]] = set()
        self._kept: list[Tensor] = []

    def skip(self, what: str) -> None:
        """Name something that is not measured."""
        self.skipped[what] = None

    def has(self, name: str) -> bool:
        """Whether a segment of this name has been recorded."""
        return any(segment.name == name for segment, _ in self.parts)

    def record(self, name: str, rule: str, size: int, values: Tensor) -> None:
        """Keep a vector."""
        self.parts.append((Segment(name, size, rule), values))

    def numbers(self, name: str, value: Any) -> None:
        """Keep one number that every replica knows alike: a scalar tensor, or one of the host."""
        scalar = value if hasattr(value, "shape") else self.ops.constant(value, "float32")
        self.record(name, "same", 1, self.ops.stack([self.ops.floats(scalar)]))

    def attempt(self, what: str, record: Callable[[], None]) -> None:
        """Record something; where it fails, forget what it began and name it in the layout."""
        before = len(self.parts), len(self.layers)
        try:
            record()
        except Exception as error:  # noqa: BLE001 - the training must not notice
            del self.parts[before[0] :], self.layers[before[1] :]
            why = (str(error).splitlines() or [""])[0][:200]
            self.skip(f"{what.strip('_').replace('_', ' ')}: {type(error).__name__}: {why}")
            _log.debug("a statistic was left out", exc_info=True)

    @_survived
    def output(self, name: str, kind: str, activation: str, y: Tensor, unit_axis: int = -1) -> None:
        """A layer's output [b, …]: one tensor that several layers hand on counts once."""
        shape = self.ops.shape(y)
        version = id(y), getattr(y, "_version", 0)  # an operation in place makes it another one
        if len(shape) < 2 or "float" not in self.ops.dtype(y) or version in self._seen:
            return
        self._seen.add(version)
        self._kept.append(y)  # an id is a name only while its tensor lives
        call = self._calls[name]
        self._calls[name] += 1
        if call >= CALLS:
            self.skip(f"{name}: calls after the first {CALLS}")
            return
        row = f"{name}#{call}" if call else name
        (y,) = self.ops.barrier([y])
        part = statistics.head(self.ops, y)
        self.record(f"activity/{row}", "mean", 4, statistics.activity(self.ops, part))
        units = shape[unit_axis]
        if activation in statistics.RECTIFIERS and units is not None:
            self.record(f"alive/{row}", "high", units, statistics.alive(self.ops, y, unit_axis))
        if activation == "softmax" or (activation in statistics.RANGES and units is not None):
            size = 1 if activation == "softmax" or units is None else units
            values = statistics.outer(self.ops, part, unit_axis, activation)
            self.record(f"outer/{row}", "mean", size, values)
        self.layers.append(Layer(row, kind, activation))

    @_survived
    def weights(
        self,
        names: Sequence[str],
        gradients: Sequence[Tensor | None],
        before: Sequence[Tensor],
        after: Sequence[Tensor],
        *,
        scale: Tensor | None = None,
        clipvalue: float | None = None,
        norms: bool = False,
    ) -> None:
        """One application of gradients: raw gradients, weights before and after.

        ``scale`` is what the loss was multiplied by. ``norms``: instead of the gradients there are
        their sums of squares.
        """
        ops = self.ops
        place = sum(segment.name.startswith("gradients/") for segment, _ in self.parts)
        known = [position for position, gradient in enumerate(gradients) if gradient is not None]
        raw = ops.summed(ops.barrier([gradients[position] for position in known]))
        if norms:
            raw = [ops.root(squares) for squares in raw]
        if scale is not None:
            raw = [ops.floats(gradient) / scale for gradient in raw]
        start, end = ops.barrier(list(before)), ops.barrier(list(after))
        changes = [ops.floats(b) - ops.floats(a) for a, b in zip(start, end, strict=True)]
        columns: dict[str, list[Tensor]] = {
            "gradients": _spread(ops, known, [statistics.square(ops, g) for g in raw], len(names)),
            "wrong": _spread(ops, known, [statistics.nonfinite(ops, g) for g in raw], len(names)),
            "sizes": [statistics.square(ops, weight) for weight in start],
            "changes": [statistics.square(ops, change) for change in changes],
        }
        if clipvalue is not None:
            cut = [statistics.square(ops, ops.clipped(ops.floats(g), clipvalue)) for g in raw]
            columns["cut"] = _spread(ops, known, cut, len(names))
        for column, scalars in columns.items():
            self.record(f"{column}/{place}", "same", len(names), ops.stack(scalars))
        if ops.compiled:  # not even behind a barrier: a bias' gradient then rounds differently
            self.skip("the noise of the gradient: XLA would compile the step differently")
        elif known:
            self._directions(place, raw, [_count(ops.shape(start[at])) for at in known])
        self.variables += tuple(names)

    @_survived
    def _directions(self, place: int, gradients: Sequence[Tensor], sizes: Sequence[int]) -> None:
        size, values = statistics.excerpt(self.ops, gradients, sizes)
        self.record(f"excerpt/{place}", "same", size, values)

    @_survived
    def inputs(self, named: Mapping[str, Tensor], *, prints: bool = True) -> None:
        """The batch as the step got it: each input [b, …]."""
        ops = self.ops
        rows = []
        for name, x in named.items():
            shape, size = ops.shape(x), statistics.channels(ops, x)
            rows.append(Input(name, tuple(shape[1:]), size, ops.dtype(x)))
            (x,) = ops.barrier([x])  # noqa: PLW2901 - from here on behind the barrier
            columns = ("mean", "std", "low", "high", "wrong")
            rules = ("mean", "mean", "low", "high", "sum")
            for column, rule, vector in zip(
                columns, rules, statistics.spread(ops, x, size), strict=True
            ):
                self.record(f"input/{name}/{column}", rule, size or 1, vector)
        first = next(iter(named.values()))
        self.record("batch", "sum", 1, ops.stack([ops.count(first)]))
        self.input_rows = tuple(rows)
        if prints:
            self._repeats(list(named.values()))

    @_survived
    def _repeats(self, inputs: list[Tensor]) -> None:
        halves = statistics.fingerprints(self.ops, self.ops.barrier(inputs))
        for name, half in zip(("low", "high"), halves, strict=True):
            self.record(f"prints/{name}", "joined", statistics.PRINTS, half)

    @_survived
    def labels(self, y: Tensor, classes: int, *, one_hot: bool = False) -> None:
        """The targets: of ``classes`` classes, or numbers where that is 0."""
        (y,) = self.ops.barrier([y])
        if not 1 < classes <= statistics.CLASSES:
            for name, rule, vector in zip(
                ("mean", "std", "low", "high"),
                ("mean", "mean", "low", "high"),
                statistics.spread(self.ops, y, 0),
                strict=False,  # the fifth, non-finite targets, shows in the loss
            ):
                self.record(f"labels/{name}", rule, 1, vector)
            return
        named = self.ops.largest(y) if one_hot else y
        self.record("labels", "sum", classes, statistics.counts(self.ops, named, classes))
        self.classes = classes

    @_survived
    def loss(self, value: Tensor) -> None:
        """The loss that is minimized, one number."""
        (value,) = self.ops.barrier([value])
        self.record("loss", "mean", 1, self.ops.stack([self.ops.floats(value)]))

    @_survived
    def examples_loss(self, losses: Callable[[], Tensor]) -> None:
        """The loss of each example: ``losses`` computes them, [b]."""
        wide = self.ops.floats(self.ops.barrier([losses()])[0])
        self.record(
            "quantiles", "mean", len(LOSS_QUANTILES), self.ops.quantiles(wide, LOSS_QUANTILES)
        )
        self.record(
            "wrong losses", "sum", 1, self.ops.stack([statistics.nonfinite(self.ops, wide)])
        )

    def layout(self) -> StepLayout:
        """What was recorded, without the numbers."""
        return StepLayout(
            segments=tuple(segment for segment, _ in self.parts),
            layers=tuple(self.layers),
            variables=self.variables,
            inputs=self.input_rows,
            classes=self.classes,
            skipped=tuple(self.skipped),
        )

    def vector(self, layouts: StepLayouts) -> Tensor:
        """All numbers as one vector, its layout's number first; [replicas, n] under a strategy."""
        number = self.ops.constant([float(layouts.number(self.layout()))], "float32")
        return self.ops.gathered(self.ops.join([number, *(part for _, part in self.parts)]))


def _count(shape: Sequence[int | None]) -> int:
    """How many numbers a variable holds: its shape is known."""
    return prod(size or 0 for size in shape)


def _spread(ops: Ops, known: Sequence[int], scalars: Sequence[Tensor], size: int) -> list[Tensor]:
    """Scalars at their positions among ``size``, NaN elsewhere."""
    found = dict(zip(known, scalars, strict=True))
    nan = ops.constant(float("nan"), "float32")
    return [found.get(position, nan) for position in range(size)]

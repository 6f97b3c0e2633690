"""What each layer did, from all that was logged of it: weights, gradients, outputs, setup."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.analysis.layer_tracks import UNMEASURED, Track, activity, gradients, updates
from tb_diagnose.core.model import Layer, ModelConfig
from tb_diagnose.core.run import Histograms
from tb_diagnose.measure.distributions import moved, moves, reach, rms, size
from tb_diagnose.roles.initializers import initial_std
from tb_diagnose.roles.weights import activation, bias_of, is_normalized, place_of

Floats = NDArray[np.float64]

#: A kernel that stays within this share of its mean |weight| stands still: 16 times the resolution
#: of 32-bit numbers (IEEE 754: 24 bits, 6e-8).
GRAIN = 1e-6
#: Distributions that differ by less than this share of their size are one: 32-bit numbers keep
#: seven digits.
SAME_SHAPE = 1e-5
#: So many measurements tell whether something moves (SageMaker Debugger, UnchangedTensor: 3).
ENOUGH = 3
#: So many kernels in a row are deep enough for a gradient to vanish in.
DEEP = 4
#: The spread of fewer weights says little of what they were drawn from.
MANY = 16


@dataclass(frozen=True, eq=False)
class LayerSummary:
    """A layer by one of its kernels, or by its outputs alone.

    Attributes:
        name: of the layer; as in TensorBoard where the configuration does not name it.
        kind: ``kernel``, ``recurrent`` or ``embeddings``; ``""`` where no weights are known.
        layer: from the configuration, None if unknown.
        activation: what its outputs go through, ``""`` if unknown.
        is_output: whether it is the model's last layer, as far as known.
        is_normalized: whether a normalization takes out the scale of what it gives.
        kernel, bias: the histograms of its weights.
        gradient: norm of the kernel's gradient, or mean |gradient| where only histograms are known.
        update: |update| / |weights| of a step.
        dead: share of units that are never active, or 1 where all outputs are 0.
        saturated: share of units, or of outputs, at the ends of the activation's range.
    """

    name: str
    kind: str = ""
    layer: Layer | None = None
    activation: str = ""
    is_output: bool = False
    is_normalized: bool = False
    kernel: Histograms | None = None
    bias: Histograms | None = None
    gradient: Track = UNMEASURED
    update: Track = UNMEASURED
    dead: Track = UNMEASURED
    saturated: Track = UNMEASURED

    @property
    def trainable(self) -> bool:
        """False only where the log says that the layer is frozen on purpose."""
        return self.layer is None or self.layer.trainable

    @cached_property
    def movement(self) -> float | None:
        """The farthest the kernel came from its first histogram, as a share of its mean |weight|.

        A lower bound on the mean change. None for too few histograms, or not finite ones.
        """
        known = self.kernel is not None and len(self.kernel) >= ENOUGH
        if not known or not np.isfinite(self._quantiles).all():
            return None
        return moved(self._quantiles)

    @property
    def still(self) -> bool:
        """Whether the kernel never moved."""
        return self.movement is not None and self.movement < GRAIN

    @cached_property
    def only_decays(self) -> bool:
        """Whether all that happens to the kernel is that it shrinks: weight decay, no gradient.

        The distributions are then the same up to their scale.
        """
        if self.movement is None or self.still or not (size(self._quantiles) > 0).all():
            return False
        shapes = self._quantiles / size(self._quantiles)[:, None]
        return bool(np.all(np.diff(self.sizes) <= 0) and moved(shapes) < SAME_SHAPE)

    @cached_property
    def moves(self) -> Floats:
        """How far the kernel moved from each histogram to the next, as a share of its size."""
        return moves(self._quantiles)

    @cached_property
    def stopped(self) -> int:
        """Index of the histogram from which on the kernel did not move any more."""
        moving = np.flatnonzero(self.moves > GRAIN)
        return int(moving[-1]) + 1 if len(moving) else 0

    @property
    def bias_movement(self) -> float:
        """How far the biases came, in units of the kernel's mean |weight|; 0 if unknown."""
        if self.bias is None or self.kernel is None:
            return 0.0
        scale = float(size(self._quantiles[0]))
        return reach(self.bias.quantiles) / scale if scale > 0 else 0.0

    @cached_property
    def sizes(self) -> Floats:
        """Root mean square of the kernel in each histogram."""
        return rms(self.kernel.mean, self.kernel.std) if self.kernel else np.empty(0)

    @cached_property
    def initial_size(self) -> float:
        """What the initializer gives, or the first histogram where that is larger; 0 if unknown."""
        if self.kernel is None or not len(self.sizes):
            return 0.0
        known = self.layer is not None and self.kernel.count[0] >= MANY
        recipe = initial_std(self.layer) if self.layer is not None and known else 0.0
        return max(float(self.sizes[0]), recipe)

    @property
    def left(self) -> float:
        """The kernel's size at the end over that at its beginning; 1 if unknown."""
        if not self.initial_size > 0 or not np.isfinite(self.sizes).all():
            return 1.0
        return float(self.sizes[-1]) / self.initial_size

    @property
    def cut_off(self) -> bool | None:
        """Whether no gradient ever arrived; None where that was not measured often enough."""
        if len(self.gradient.values) < ENOUGH:
            return None
        norms = self.gradient.values
        if not np.isnan(norms).all():
            return bool(np.nanmax(norms) == 0)
        # No gradient is logged as NaN, and so is one that was not measured; but not with an update.
        return None if not self.update.known else not self.update.values.any()

    @property
    def tag(self) -> str:
        """The name of the kernel's histograms in TensorBoard, ``""`` where there are none."""
        return self.kernel.name if self.kernel else ""

    def span(self, first: int = 0) -> tuple[int, ...]:
        """The steps from one of the kernel's histograms to the last."""
        if self.kernel is None:
            return ()
        return int(self.kernel.steps[first]), int(self.kernel.steps[-1])

    @property
    def _quantiles(self) -> NDArray[np.float32]:
        return self.kernel.quantiles if self.kernel else np.empty((0, 2), np.float32)


class _Key(NamedTuple):
    name: str
    kind: str


def summarize_layers(roles: Mapping[str, Any]) -> tuple[LayerSummary, ...]:
    """The layers of a run from input to output, as far as their order is known."""
    model: ModelConfig | None = roles.get("model")
    found: dict[_Key, dict[str, Any]] = {}
    for kernel in roles.get("kernels") or ():
        key = _Key(place_of(kernel.histograms.tag, kernel.layer), kernel.kind)
        beside = bias_of(kernel, roles.get("weights") or ())
        found[_free(key, found)] = {
            "kernel": kernel.histograms, "bias": beside, "layer": kernel.layer,
        }  # fmt: skip
    measured = [*gradients(roles, model), *updates(roles, model), *activity(roles, model)]
    for name, kind, what, track, layer in measured:
        own = found.setdefault(_Key(name, kind or _kind(name, found)), {"layer": layer})
        own[what] = track
    return tuple(_in_order([_summary(key, own, model) for key, own in found.items()], model))


def _free(key: _Key, found: Mapping[_Key, Any]) -> _Key:
    """A key of its own where several tags come to the same name."""
    while key in found:
        key = key._replace(name=f"{key.name}'")
    return key


def _kind(name: str, found: Mapping[_Key, Any]) -> str:
    """The kernel that outputs of that name belong to, if one is known."""
    return next((key.kind for key in found if key.name == name), "")


def _summary(key: _Key, own: Mapping[str, Any], model: ModelConfig | None) -> LayerSummary:
    layer: Layer | None = own["layer"]
    kernel: Histograms | None = own.get("kernel")
    known = model is not None and layer is not None
    bends = activation(model, layer) if model is not None and layer is not None else ""
    shown = layer.name if layer else kernel.name if kernel else key.name
    return LayerSummary(
        **dict(own) | {
            "name": shown,
            "kind": key.kind,
            "activation": bends,
            "is_output": known and layer in model.outputs if model else False,
            "is_normalized": is_normalized(model, layer),
        }
    )  # fmt: skip


def _in_order(layers: Sequence[LayerSummary], model: ModelConfig | None) -> Iterator[LayerSummary]:
    """In the order of the configuration; as they were found where there is none."""
    order = {layer.name: at for at, layer in enumerate(model.layers)} if model else {}
    yield from sorted(layers, key=lambda layer: order.get(layer.name, len(order)))


def kernels_in_a_row(layers: Sequence[LayerSummary]) -> tuple[LayerSummary, ...]:
    """The layers that a gradient passes one after the other: trainable, with plain kernels."""
    return tuple(layer for layer in layers if layer.kind == "kernel" and layer.trainable)

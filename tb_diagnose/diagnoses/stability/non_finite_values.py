"""NaN or infinity in what was logged.

Why it matters:
    Once a weight is NaN every later step is NaN too. TensorBoard leaves such points out.

How it is judged:
    Every value of every scalar and histogram. In losses, weights and gradients it is critical if
    it stays, a warning if it recovers; in other curves worth a note. A loss of exactly 0 while
    the gradient norm is NaN is a NaN that was filtered out of the log.

When it stays silent:
    Every value is finite.

What to try:
    A loss that rose before: divide the rate by 10, clip the gradients. One that fell: look for
    log(0), a division by zero, an overflow in half precision.

Sources:
    Humbatova et al. 2020, "Taxonomy of real faults in deep learning systems"; Micikevicius et al.
    2018, "Mixed precision training", section 3.2.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tb_diagnose.analysis.curve import BLOWN_UP
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, plural, steps_of
from tb_diagnose.core.run import Histograms, Series
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.tags import parse_tag

#: Kinds of curves that are what the training is, and not what is measured of it.
_CORE = (
    "loss",
    "value_loss",
    "policy_loss",
    "generator_loss",
    "discriminator_loss",
    "gradient_norm",
)


def _nothing(scalars: tuple[Series, ...] | None, histograms: tuple[Histograms, ...] | None) -> str:
    return "" if scalars or histograms else "no values in this log"


@diagnosis(family="stability", severity=Severity.CRITICAL, since="0.1")
class NonFiniteValues:
    stays = limit(0.5, alarm=">", unit="of what follows", source="most of it is lost")

    @method("every scalar and histogram", unless=_nothing)
    def by_values(
        self,
        code: Code,
        scalars: tuple[Series, ...] = (),
        histograms: tuple[Histograms, ...] = (),
        train_loss: Curve | None = None,
        gradient_norm: Curve | None = None,
    ) -> Iterator[Evidence]:
        sick = [curve for curve in scalars if not np.isfinite(curve.values).all()]
        core = [curve for curve in sick if _is_core(curve)]
        layers = [h for h in histograms if not np.isfinite(h.high - h.low).all()]
        found = []
        if train_loss is not None:
            found = [each for each in [self._filtered(train_loss, gradient_norm, code)] if each]
        if core:
            found.append(self._core(sorted(core, key=_first_wall), sick, code))
        if layers:
            found.append(self._layers(layers, code))
        others = [curve for curve in sick if curve not in core]
        if others and not found:
            found.append(self._others(others))
        yield from found

    def _filtered(self, loss: Curve, norm: Curve | None, code: Code) -> Evidence | None:
        """Hugging Face's logger: where the loss is NaN it writes 0."""
        if loss.non_finite:
            return None
        zero = loss.values == 0
        if norm is not None and norm.non_finite:
            zero &= np.isin(loss.steps, norm.steps[~np.isfinite(norm.values)])
            why = f"where {norm.name} is not finite"
        else:
            zero &= np.arange(len(loss)) >= self._fell_to_zero(loss)
            why = "after a value that was far from it"
        count = int(zero.sum())
        if count < 2:
            return None
        return Evidence(
            message=f"{loss.name} is exactly 0 at {plural(count, 'step')} {why}, first at step "
            f"{loss.steps[zero][0]}: its NaN was filtered out of the log.",
            suggestion=f"Log NaN as it is (Trainer: logging_nan_inf_filter=False) and "
            f"{code('find non-finite values')}; train in bf16 or float32 instead of fp16.",
            tag=loss.name,
            related=(norm.name,) if norm is not None and norm.non_finite else (),
            steps=steps_of(loss.series, zero),
        )

    def _fell_to_zero(self, loss: Curve) -> int:
        """Index from which a loss is 0 to its end, having been no less than a tenth of its start.

        One that converged to 0 comes there step by step.
        """
        since = len(loss) - loss.held
        if not 0 < since <= len(loss) - 3 or loss.start is None:
            return len(loss)
        sudden = loss.values[since - 1] > loss.start.value / 10
        return since if sudden and not loss.finite_values[-1] else len(loss)

    def _core(self, core: Sequence[Series], sick: Sequence[Series], code: Code) -> Evidence:
        """The loss or gradient norm that was the first to break."""
        curve = core[0]
        bad = ~np.isfinite(curve.values)
        first = int(np.argmax(bad))
        before = curve.values[:first]
        climbed = len(before) > 1 and before[-1] / np.median(before) > BLOWN_UP
        lasting = float(bad[first:].mean())
        lasts = self.stays.exceeded(lasting)
        rest = f"; the last one before was {number(before[-1])}" if first else " from the start"
        find, clip = code("find non-finite values"), code("clip the gradients")
        suggestion = f"{_sentence(find)}; a tenth of the learning rate shows whether it was the "
        suggestion += "step size."
        if climbed or np.isinf(curve.values[first]):
            suggestion = f"It grew before it broke: divide the learning rate by 10, {clip}, and "
            suggestion += f"restart from before step {curve.steps[first]}."
        means = [parse_tag(other.folder, other.tag) for other in core]
        if all(one.kind == "reward" for one in means):
            suggestion = "The mean of no episode is NaN: see that episodes end, and are counted, "
            suggestion += "within the interval that is logged."
        elif all(one.split == "validation" for one in means):
            suggestion = "Training is finite, so look at the validation data for NaN and infinity, "
            suggestion += "and whether there are any: the mean of no batch is NaN."
        return Evidence(
            message=f"{curve.name} is {_name(curve.values[first])} at step {curve.steps[first]} "
            f"({plural(int(bad.sum()), 'value')} of {len(curve)} are not finite){rest}.",
            suggestion=suggestion,
            tag=curve.name,
            related=tuple(other.name for other in sick if other is not curve),
            steps=steps_of(curve, bad),
            comparison=self.stays.compare(lasting) if lasts else None,
            severity=Severity.CRITICAL if lasts else Severity.WARNING,
        )

    def _layers(self, layers: Sequence[Histograms], code: Code) -> Evidence:
        def begins(tensor: Histograms) -> int:
            return int(np.argmin(np.isfinite(tensor.high - tensor.low)))

        earliest = min(layers, key=lambda tensor: float(tensor.wall[begins(tensor)]))
        step = int(earliest.steps[begins(earliest)])
        back = f"Go back to a checkpoint before step {step}, look" if begins(earliest) else "Look"
        return Evidence(
            message=f"{plural(len(layers), 'tensor')} of the layers hold NaN or infinity, first "
            f"{earliest.name} at step {step}.",
            suggestion=f"{back} at that layer first, and {code('find non-finite values')}.",
            tag=earliest.name,
            steps=(step,),
            related=tuple(tensor.name for tensor in layers if tensor is not earliest),
        )

    def _others(self, sick: Sequence[Series]) -> Evidence:
        curve = min(sick, key=_first_wall)
        bad = ~np.isfinite(curve.values)
        first = int(np.argmax(bad))
        return Evidence(
            message=f"{curve.name} is {_name(curve.values[first])} at step {curve.steps[first]} "
            f"({plural(int(bad.sum()), 'value')} of {len(curve)}), while losses are finite.",
            suggestion="Check how it is computed: a score of an empty class or episode is 0/0.",
            tag=curve.name,
            related=tuple(other.name for other in sick if other is not curve),
            steps=steps_of(curve, bad),
            severity=Severity.INFO,
        )


def _is_core(curve: Series) -> bool:
    """Whether nothing is learned without it; of a reward, single intervals may have no episode."""
    kind = parse_tag(curve.folder, curve.tag).kind
    return kind in _CORE or (kind == "reward" and not np.isfinite(curve.values).any())


def _first_wall(curve: Series) -> float:
    return float(curve.wall[int(np.argmin(np.isfinite(curve.values)))])


def _name(value: float) -> str:
    return "NaN" if np.isnan(value) else "infinite"


def _sentence(clause: str) -> str:
    return clause[:1].upper() + clause[1:]

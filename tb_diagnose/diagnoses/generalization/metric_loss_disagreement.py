"""The loss and the metric tell opposite stories.

Why it matters:
    One is trained, the other is wanted. Where they part, one does not measure what it seems to.

How it is judged:
    A wrong answer costs at least ln 2 of cross-entropy or 1/4 of squared error: more cannot be
    wrong than the loss has room for. Or a training metric lost half of its gain while the loss
    fell; a score rises under a rising loss; a loss falls below -1 without a bottom and the score
    stands still.

When it stays silent:
    Fewer than 8 values, a loss below zero that levels off, a loss of unknown kind.

What to try:
    Compute both by hand on ten examples. Look at the labels' shape, raw scores, penalties, signs.

Sources:
    The bound follows from both definitions; Braiek and Khomh 2023, "TheDeepChecker".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.guessing import NOTHING
from tb_diagnose.analysis.learning_state import LOST, moved
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.patterns import is_accuracy

_BY_HAND = (
    "Compute both by hand on ten examples: the labels' shape against the last layer, raw scores "
    "or probabilities, and what else is in the loss."
)


@diagnosis(
    family="generalization",
    severity=Severity.WARNING,
    leads_to=("loss-divergence", "no-learning", "unfinished-training"),
    since="0.1",
)
class MetricLossDisagreement:
    margin = limit(0.1, alarm=">", unit="of all examples", source="rounding and running means")
    worse = limit(LOST, alarm=">=", unit="of the gain", source="as loss-divergence")
    fall = limit(0.1, alarm=">", unit="of the loss", source="it clearly went on falling")
    bottom = limit(-1, alarm="<", unit="of the loss", source="cosines and Dice end at -1")

    @method("the training loss and metrics")
    def by_loss(
        self,
        train_loss: Curve,
        train_score: Curve | None = None,
        errors: tuple[Curve, ...] = (),
        val_loss: Curve | None = None,
        val_score: Curve | None = None,
        model: ModelConfig | None = None,
    ) -> Iterator[Evidence]:
        if train_loss.end_level is None or train_loss.non_finite:
            return
        found = [self._bottomless(train_loss, train_score)]
        if train_score is not None and train_score.end_level is not None:
            found = [
                self._contradicts(train_loss, train_score, model) if model is not None else None,
                *found,
                self._rises(train_loss, train_score),
                self._parts(train_loss, train_score),
            ]
        found += [self._parts(train_loss, error) for error in errors if error.split == "train"]
        if val_loss is not None and val_score is not None:
            found.append(self._parts(val_loss, val_score))
        yield from [evidence for evidence in found if evidence is not None][:1]

    def _contradicts(self, loss: Curve, score: Curve, model: ModelConfig) -> Evidence | None:
        """More wrong answers than the loss leaves room for."""
        price, unit = _price(model)
        if not (loss.end_level and score.end_level and score.end):
            return None
        level, wrong = loss.end_level.value, 1 - score.end_level.value
        if not price or not is_accuracy(score.series.tag) or level < 0:
            return None
        comparison = self.margin.compare(wrong - level / price)
        if not comparison.holds:
            return None
        return Evidence(
            message=f"{score.name} ends at {number(score.end.value)}, but {loss.name} around "
            f"{number(level)}: each wrong answer costs at least {number(price)} of {unit}, so that "
            f"at most {percent(level / price)} can be wrong.",
            suggestion=_BY_HAND,
            tag=score.name,
            related=(loss.name,),
            steps=(score.end.step,),
            comparison=comparison,
        )

    def _bottomless(self, loss: Curve, score: Curve | None) -> Evidence | None:
        """A loss that falls faster and faster, and no score gains from it."""
        start, end, late = loss.start, loss.end, loss.late_share
        if not (start and end and late):
            return None
        unlearned, beside = end.value < -10 * max(abs(start.value), 1), ""
        if score is not None and score.start is not None and score.end is not None:
            poor = unlearned and score.end.value < self.worse
            unlearned = poor or score.end.value - score.start.value < NOTHING * 2
            beside = f" while {score.name} goes from {number(score.start.value)} to "
            beside += number(score.end.value)
        comparison = self.bottom.compare(end.value)
        if not (comparison.holds and self.worse.exceeded(late) and unlearned and loss.improved):
            return None
        return Evidence(
            message=f"{loss.name} falls without a bottom, from {number(start.value)} to "
            f"{number(end.value)}{beside}: what is minimized is the opposite of a loss.",
            suggestion="Look at its sign (minimize -log p(y), not log p(y)) and at labels outside "
            "0..1: a loss must not become less by being more wrong.",
            tag=loss.name,
            related=(score.name,) if score is not None else (),
            steps=loss.span(0),
            comparison=comparison,
            severity=Severity.CRITICAL,
        )

    def _rises(self, loss: Curve, score: Curve) -> Evidence | None:
        """A loss that gets worse while its score gets better."""
        rise, start, end = loss.rise, loss.start, loss.end
        if not (rise and rise.persistent and start and end and score.start and score.end):
            return None
        lost = rise.share is None or self.worse.exceeded(rise.share)
        if not (lost and moved(score) and score.still_improving and loss.best):
            return None
        rose = (end.value - loss.best.value) / abs(loss.best.value) if loss.best.value else 1.0
        comparison = self.fall.compare(rose)
        if not comparison.holds:
            return None
        return Evidence(
            message=f"{loss.name} rises from {number(loss.best.value)} at step {loss.best.step} to "
            f"{number(end.value)} while {score.name} goes from {number(score.start.value)} to "
            f"{number(score.end.value)}: the loss is not what is learned.",
            suggestion=_BY_HAND,
            tag=loss.name,
            related=(score.name,),
            steps=(loss.best.step, end.step),
            comparison=comparison,
        )

    def _parts(self, loss: Curve, metric: Curve) -> Evidence | None:
        """A metric that lost half of its gain while the loss went on falling."""
        rise, best, end = metric.rise, metric.best, metric.end
        if not (rise and rise.persistent and best and end) or metric.scatter is None:
            return None
        moment = metric.wall[best.index]
        behind = loss.course[loss.wall[loss.where] >= moment]
        if len(behind) < 2 or not behind[0]:
            return None
        fell = float((behind[0] - behind[-1]) / abs(behind[0])) > NOTHING
        if moved(metric) and rise.share:
            comparison = self.worse.compare(rise.share)
        else:  # it never was better than at its start
            comparison = self.fall.compare(rise.value if metric.better > 0 else 0.0)
        if not (fell and comparison.holds):
            return None
        return Evidence(
            message=f"{metric.name} was best at step {best.step} ({number(best.value)}) and is "
            f"{number(end.value)} at the end, while {loss.name} went on falling: what is minimized "
            "is not what is wanted.",
            suggestion="Look at what else is in the loss (weight penalties, other outputs, sample "
            f"weights), and keep the weights by {metric.name}, not by the loss.",
            tag=metric.name,
            related=(loss.name,),
            steps=(best.step, end.step),
            comparison=comparison,
        )


def _price(model: ModelConfig) -> tuple[float, str]:
    """What a wrong answer costs at least, and in which currency; 0 where it is not known."""
    if len(model.outputs) != 1 or len(model.losses) != 1:
        return 0.0, ""
    last, loss = model.outputs[0], model.losses[0]
    if loss.config.get("label_smoothing"):
        return 0.0, ""
    many = loss.name in ("categorical_crossentropy", "sparse_categorical_crossentropy")
    if many or (last.units == 1 and loss.name == "binary_crossentropy"):
        return float(np.log(2)), "cross-entropy"
    if last.units == 1 and loss.name == "mean_squared_error" and last.activation == "sigmoid":
        return 0.5**2, "squared error"
    return 0.0, ""

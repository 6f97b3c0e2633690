"""The loss stopped far above what it could reach.

Why it matters:
    The run learned something and then stood still at a level that is not good. Convergence has
    the same shape; the level tells the two apart.

How it is judged:
    The loss made hardly any of its gain in the second half. It is a plateau where a classifier is
    less than halfway from guessing to perfect, the loss gained little of its start, or not one
    digit changes.

When it stays silent:
    Fewer than 8 values, a level that is good or unknown, a run that never learned or lost it.

What to try:
    Let the rate decay later, or raise it threefold once; then enlarge the model.

Sources:
    Google, "Deep learning tuning playbook"; He et al. 2015, "Deep residual learning", section 4.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.learning_state import HALFWAY, Learned, LearningState
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Comparison, Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.engine.contract import diagnosis, limit, method


@diagnosis(family="progress", severity=Severity.WARNING, since="0.1")
class LossPlateau:
    late = limit(0.05, alarm="<", unit="of the gain", source="a tenth of a straight line's")
    halfway = limit(HALFWAY, alarm="<", unit="of the way from guessing", source="most is unlearned")
    little = limit(0.1, alarm="<", unit="of the start", source="half of any healthy one seen")

    @method("the losses")
    def by_loss(
        self,
        losses: tuple[Curve, ...],
        learning: LearningState,
        train_loss: Curve | None = None,
        val_loss: Curve | None = None,
        train_score: Curve | None = None,
        val_score: Curve | None = None,
    ) -> Iterator[Evidence]:
        if learning.failed or learning.state is Learned.PERFECT:
            return
        score = train_score or val_score
        for loss in (train_loss, val_loss) if losses else ():
            if loss is None or not (self._stands(loss) or self._hardly_falls(loss, learning)):
                continue
            begin = loss.within(self.late * (loss.gained or 0.0))
            since = begin.index if begin else 0
            reason, comparison, advice = self._bad(loss, learning, score)
            if comparison is not None and loss.end_level is not None and loss.end is not None:
                level, step = number(loss.end_level.value), loss.steps[since]
                said = f"stands around {level} since step {step}"
                if loss.still_improving and loss.start:
                    said = f"came from {number(loss.start.value)} to {number(loss.end.value)} only"
                yield Evidence(
                    message=f"{loss.name} {said}; {reason}.",
                    suggestion=advice,
                    tag=loss.name,
                    steps=loss.span(since),
                    comparison=comparison,
                )
                return

    def _stands(self, loss: Curve) -> bool:
        """Whether next to nothing was gained in the second half, nor lost."""
        if loss.late_share is None or loss.rise is None or loss.scatter is None:
            return False
        if loss.finite < len(loss) or not loss.improved:
            return False
        back = (loss.rise.share or 0.0) > self.little
        return self.late.exceeded(loss.late_share) and not loss.still_improving and not back

    def _hardly_falls(self, loss: Curve, learning: LearningState) -> bool:
        """Whether a loss is hardly better than guessing after many values, and does not hurry."""
        chance, level = learning.chance, loss.end_level
        if chance is None or not chance.cross_entropy or level is None or loss.scatter is None:
            return False
        better, late = 1 - level.value / chance.loss, loss.late_share or 0.0
        return self.little.exceeded(better) and late < self.halfway and loss.finite >= 10

    def _bad(
        self, loss: Curve, learning: LearningState, score: Curve | None
    ) -> tuple[str, Comparison | None, str]:
        """Why its level is not good; no comparison where it is, or nothing is known of it."""
        level, chance = loss.end_level, learning.chance
        advice = (
            "Raise the learning rate threefold once; if that does not move it, enlarge the model."
        )
        if loss.held >= len(loss) / 2 and loss.finite and loss.finite_values[-1]:
            reason = "not one digit changes, so that the weights do not move at all"
            advice = "Check that the optimizer is applied, and that rate and gradients are not 0."
            return reason, self.late.compare(loss.late_share or 0.0), advice
        if chance is not None and score is not None and score.end_level is not None:
            way = (score.end_level.value - chance.accuracy) / (1 - chance.accuracy)
            reason = f"{score.name} is only around {number(score.end_level.value)}"
            return reason, _if(self.halfway.compare(way)), advice
        if level is None or loss.start_level is None:
            return "", None, ""
        if chance is not None and chance.cross_entropy:
            reason = f"guessing gives {number(chance.loss)}"
            return reason, _if(self.halfway.compare(1 - level.value / chance.loss)), advice
        if score is not None and score.end_level is not None and score.end_level.value > 0.5:
            return "", None, ""
        gained = (loss.gained or 0.0) / abs(loss.start_level.value)
        reason = f"it began at {number(loss.start_level.value)}"
        return reason, _if(self.little.compare(gained)), advice


def _if(comparison: Comparison) -> Comparison | None:
    return comparison if comparison.holds else None

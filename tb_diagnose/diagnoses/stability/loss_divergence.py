"""The loss rises and does not come back.

Why it matters:
    What the weights had learned is being lost, and each further step makes the model worse.

How it is judged:
    On every training loss: its level ends above its best by half of what it had gained and by a
    twentieth of it, beyond the noise. A rise that only the last one or two values show has to
    reach three times the start. A score that was won and lost counts as well.

When it stays silent:
    A rise that returns (loss-spikes), swings (loss-oscillation), a rise in validation alone
    (overfitting), and curves that end in NaN (non-finite-values).

What to try:
    Go back to the weights of the best step, divide the learning rate by 3 to 10, clip the
    gradients, warm up.

Sources:
    Zhang et al. 2021, "AUTOTRAINER", section 3.2; Chowdhery et al. 2022, "PaLM", section 5.1.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.curve import BLOWN_UP, RANKED
from tb_diagnose.analysis.curve_parts import Level, Point, Rise
from tb_diagnose.analysis.learning_state import LOST, Learned, LearningState, moved
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Comparison, Evidence, Severity
from tb_diagnose.core.format import number, percent, sentence
from tb_diagnose.core.model import Optimizer
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code


@diagnosis(
    family="stability",
    severity=Severity.CRITICAL,
    leads_to=("non-finite-values", "no-learning"),
    since="0.1",
)
class LossDivergence:
    lost = limit(LOST, alarm=">=", unit="of the gain", source="half of what was won is lost")
    rise = limit(0.05, alarm=">=", unit="of the best", source="runmedic and SageMaker Debugger")
    blown = limit(BLOWN_UP, alarm=">=", unit="× start or best", source="no noise is as large")
    clear = limit(8, alarm=">=", unit="standard errors", source="p < 1e-15 if it is normal")

    @method("losses and scores")
    def by_losses(
        self,
        losses: tuple[Curve, ...],
        learning: LearningState,
        code: Code,
        train_loss: Curve | None = None,
        train_score: Curve | None = None,
        optimizer: Optimizer | None = None,
    ) -> Iterator[Evidence]:
        if train_score is not None and moved(train_score) and train_score.still_improving:
            return  # then it is the loss that does not tell what is learned
        trained = [curve for curve in losses if curve.split != "validation"]
        # A part may grow while the whole falls: the divergence of an autoencoder does.
        trained = [curve for curve in trained if curve is train_loss or not curve.info.part]
        found = [
            (curve, comparison)
            for curve in trained or losses
            if (comparison := self._diverged(curve, alone=not trained)) is not None
        ]
        if found:
            curve, comparison = found[0]
            related = tuple(other.name for other, _ in found[1:])
            yield self._evidence(curve, comparison, related, code, optimizer)
        elif learning.state is Learned.LOST and learning.curve and learning.curve.better > 0:
            yield from self._collapse(learning.curve, code, optimizer)

    def _diverged(self, curve: Curve, *, alone: bool) -> Comparison | None:
        """What shows that a loss rose for good, or None; ``alone``: no training loss is known."""
        rise, best, start, end = curve.rise, curve.best_level, curve.start, curve.end
        if not (rise and best and start and end) or not curve.noise_model:
            return None
        if not start.value > 0:
            return self._worse(curve, rise, best, alone=alone)
        values, times = curve.finite_values, end.value / start.value
        at_once: Comparison = self.blown.compare(float(np.median(values[1:])) / start.value)
        if not alone and at_once.holds and times >= self.blown and values[1:].min() > start.value:
            return at_once  # after a value or two, and for the rest of the run
        clear = rise.score >= self.clear or end.value >= self.blown * float(values[:-1].max())
        if self.blown.exceeded(times) and clear and end.value > best.value:
            blown: Comparison = self.blown.compare(times)
            return blown
        if worse := self._worse(curve, rise, best, alone=alone):
            return worse
        # Two values that are worse than the start are no accident of one.
        twice = (
            not alone
            and float(values[-2:].min()) > start.value
            and end.value > self.blown * best.value
        )
        compared = self.rise.compare(end.value / best.value - 1) if best.value > 0 else None
        return compared if twice and compared and compared.holds else None

    def _worse(self, curve: Curve, rise: Rise, best: Level, *, alone: bool) -> Comparison | None:
        """A level that rose for good by much of what had been gained."""
        whole = rise.p_value < self.rise and (rise.share or 0.0) >= 1
        if not (rise.persistent or whole) or alone or not best.value:
            return None
        large: Comparison = self.rise.compare(rise.value / abs(best.value))
        if not large.holds:
            return None
        if rise.share is None or not curve.gained:
            # What rose at once and stands still was low by the accident of its start.
            goes_on = curve.outlook is not None and curve.outlook.direction < 0
            blown: Comparison = self.blown.compare(1 + rise.value / abs(best.value))
            return large if goes_on else blown if blown.holds else None
        lost: Comparison = self.lost.compare(rise.share)
        if lost.holds:
            return lost
        # What jumped by as much in one go, and comes down as far as never to make it good.
        since = curve.course[curve.where >= best.index]
        worst = float((curve.better * (best.value - since)).max())
        jumped: Comparison = self.lost.compare(worst / curve.gained)
        if jumped.holds and rise.share >= self.lost * (1 - self.lost / 2):
            return jumped
        # Where the start was high, a share of the gain is not what was lost.
        times: Comparison = self.blown.compare(1 + rise.value / best.value)
        return times if times.holds and rise.share >= self.lost / 3 else None

    def _evidence(
        self,
        curve: Curve,
        comparison: Comparison,
        related: tuple[str, ...],
        code: Code,
        optimizer: Optimizer | None,
    ) -> Evidence:
        best, end = _best(curve), curve.end or curve.point(-1)
        share, score = (curve.rise.share or 0.0, curve.rise.score) if curve.rise else (0.0, 0.0)
        lost = f": {percent(share)} of what it had gained is lost" if 0 < share < 1 else ""
        begin = f"from {number(best.value)} at step {best.step} to"
        went = f"rose {begin} {number(end.value)} at its end"
        if comparison.name == "lost" and comparison.value > max(share, self.lost):
            behind = curve.where[curve.where >= best.index]
            peak = curve.point(int(behind[np.argmax(curve.values[behind])]))
            went = f"jumped {begin} {number(peak.value)} at step {peak.step}, and is "
            went += f"{number(end.value)} at its end"
        return Evidence(
            message=f"{curve.name} {went}{lost}.",
            suggestion=_change(curve, code, optimizer),
            tag=curve.name,
            related=related,
            steps=(best.step, end.step),
            comparison=comparison,
            confidence=f"the rise is {number(score)} times its standard error" if score > 3 else "",
        )

    def _collapse(
        self, curve: Curve, code: Code, optimizer: Optimizer | None
    ) -> Iterator[Evidence]:
        """A score that was won and lost."""
        best, end, rise = curve.best, curve.end, curve.rise
        if not (best and end and rise) or curve.info.kind != "score":
            return
        yield Evidence(
            message=f"{curve.name} fell from {number(best.value)} at step {best.step} to "
            f"{number(end.value)} at its end: what was learned is lost.",
            suggestion=_change(curve, code, optimizer),
            tag=curve.name,
            steps=(best.step, end.step),
            comparison=self.clear.compare(rise.score) if self.clear.exceeded(rise.score) else None,
        )


def _best(curve: Curve) -> Point:
    """Where the curve was best: of many noisy values, by its course and not by luck."""
    level = curve.best_level
    if level is not None and curve.finite >= RANKED:
        return curve.point(level.index)
    return curve.best or curve.point(0)


def _change(curve: Curve, code: Code, optimizer: Optimizer | None) -> str:
    """Back to the best, if that is not the start, with a smaller rate."""
    rate, best = optimizer.learning_rate if optimizer else None, _best(curve)
    lower = code.rate(optimizer, rate / 10) if rate else "divide the learning rate by 10"
    if curve.start is None or best == curve.start:
        clause = f"{lower}, and {code('clip the gradients')}."
        return clause if rate else sentence(clause)
    lower = f"change {lower}" if rate else lower
    return f"Go back to the weights of step {best.step}, {lower}, and {code('clip the gradients')}."

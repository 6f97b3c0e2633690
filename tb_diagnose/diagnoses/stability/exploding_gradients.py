"""The gradients grow without bound.

Why it matters:
    One step along a gradient a thousand times its usual size undoes what thousands of steps have
    learned.

How it is judged:
    The norm against its own past: it ends at ten times its level in the first half, and the loss
    rose since or shows no learning. Or bursts to a hundred times its course, in more than one
    step of a thousand: a note, unless the loss ends worse.

When it stays silent:
    Fewer than 10 norms, norms that grow while the loss falls, single bursts, NaN (non-finite-
    values).

What to try:
    Clip the gradients at the norm's usual size, divide the learning rate by 3 to 10, or warm up;
    for recurrent networks use shorter sequences.

Sources:
    Pascanu et al. 2013, "On the difficulty of training recurrent neural networks"; Kumar et al.
    2025, "ZClip".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.learning_state import LearningState
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent, plural
from tb_diagnose.core.run import Series, Vitals
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code


@diagnosis(
    family="stability",
    severity=Severity.CRITICAL,
    leads_to=("exploding-weights", "non-finite-values", "loss-divergence", "loss-spikes"),
    since="0.1",
)
class ExplodingGradients:
    climb = limit(10, alarm=">=", unit="× the first half's level", source="runmedic: ten times")
    often = limit(1e-3, alarm=">", unit="of the steps", source="single ones do no harm")
    worse = limit(0.1, alarm=">", unit="of the loss", source="more than noise")

    @method("the gradient norm", points={"gradient_norm": 10})
    def by_norm(
        self,
        gradient_norm: Curve,
        learning: LearningState,
        code: Code,
        train_loss: Curve | None = None,
    ) -> Iterator[Evidence]:
        yield from self._judge(gradient_norm, learning, code, train_loss)

    @method("statistics of the steps")
    def by_steps(
        self,
        step_vitals: Vitals,
        learning: LearningState,
        code: Code,
        train_loss: Curve | None = None,
    ) -> Iterator[Evidence]:
        norms = step_vitals.column("gradient_norm")[:, 0]
        series = Series(
            step_vitals.tag, step_vitals.folder, step_vitals.steps, norms, step_vitals.wall
        )
        if np.isfinite(norms).sum() >= self.climb:
            yield from self._judge(Curve(series), learning, code, train_loss)

    def _judge(
        self, norm: Curve, learning: LearningState, code: Code, loss: Curve | None
    ) -> Iterator[Evidence]:
        positive = norm.finite_values[norm.finite_values > 0]
        if not len(positive) or norm.end_level is None:
            return
        usual = float(np.median(positive[: max(1, len(positive) // 2)]))
        times = norm.end_level.value / usual
        high = [at for at in norm.where if self.climb.exceeded(norm.values[at] / usual)]
        late = [at for at in high if at >= len(norm) // 2] or high[-1:]
        why = self._worse(loss, norm, late[0], learning) if late else ""
        if late and why and self.climb.exceeded(times):
            yield Evidence(
                message=f"{norm.name} climbed from levels around {number(usual)} in the first half "
                f"to {number(norm.end_level.value)} at the end; {why}.",
                suggestion=f"{_clip(code, usual)}, and divide the learning rate by 3 to 10.",
                tag=norm.name,
                steps=norm.span(late[0]),
                comparison=self.climb.compare(times),
            )
        else:
            yield from self._bursts(norm, learning, code, loss)

    def _bursts(
        self, norm: Curve, learning: LearningState, code: Code, loss: Curve | None
    ) -> Iterator[Evidence]:
        bursts = [
            found
            for found in norm.excursions
            if found.factor is not None and self.climb.far_exceeded(found.factor)
        ]
        count = sum(found.last - found.first + 1 for found in bursts)
        if len(bursts) < 2 or not self.often.exceeded(count / norm.finite):
            return
        why = self._worse(loss, norm, bursts[0].first, learning)
        yield Evidence(
            message=f"{norm.name} bursts to {number(self.climb.far)} times its course and more at "
            f"{plural(count, 'step')} ({percent(count / norm.finite)})"
            + (f"; {why}." if why else "."),
            suggestion=f"{_clip(code, 10 * float(np.median(norm.finite_values)))}: it takes "
            "the bursts "
            "and leaves the rest.",
            tag=norm.name,
            steps=tuple(found.peak.step for found in bursts[:10]),
            comparison=self.often.compare(count / norm.finite),
            severity=Severity.WARNING if why else Severity.INFO,
        )

    def _worse(self, loss: Curve | None, norm: Curve, at: int, learning: LearningState) -> str:
        """In words, that the loss ends worse than it was at a moment, or that nothing was "
        "learned."""
        if learning.failed:
            return learning.sentence
        if loss is None or loss.end is None or loss.end_level is None:
            return ""
        if not np.isfinite(loss.values[-1]):
            return f"{loss.name} is no longer finite"
        until = loss.where[loss.wall[loss.where] <= norm.wall[at]]
        then = float(loss.values[until[-1]]) if len(until) else loss.end_level.value
        rose = loss.end_level.value - then
        if then and self.worse.exceeded(rose / abs(then)):
            return f"{loss.name} rose from {number(then)} then to {number(loss.end.value)}"
        return ""


def _clip(code: Code, norm: float) -> str:
    clause = code("clip the gradients")
    return f"{clause[:1].upper()}{clause[1:]}, at a norm of {number(norm)}"

"""The reward swings by much of what was learned, or falls behind its peak.

Why it matters:
    Which policy one ends with is a matter of luck. A good policy is usually lost by too large an
    update.

How it is judged:
    Collapse: the end of the reward or success rate lost half of the gain and a fifth of the level,
    beyond noise. Swings: four turns of half the range and a fifth of the level, in 50 medians
    beyond their noise or from one evaluation to the next.

When it stays silent:
    A dip before success; a reward that never rose; the noise of single episodes.

What to try:
    Keep the best policy. Smaller steps: a lower learning rate, clip range or target KL, a larger
    batch.

Sources:
    Henderson et al. 2018, "Deep reinforcement learning that matters"; Chan et al. 2020, "Measuring
    the reliability of reinforcement learning algorithms".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.learning_state import LOST
from tb_diagnose.analysis.oscillation import JUMP, TURNS, medians, roughness
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, plural, sentence
from tb_diagnose.core.model import Optimizer
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.swings import swings
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.training_kinds import no_reinforcement


@diagnosis(
    family="reinforcement", severity=Severity.WARNING, since="0.1", concerns=no_reinforcement
)
class RewardInstability:
    size = limit(LOST, alarm=">=", unit="of the gain or range", source="half of what was learned")
    level = limit(0.2, alarm=">=", unit="of the level", source="less is not worth acting on")

    @method("reward", points={"reward": 10})
    def by_reward(
        self,
        reward: Curve,
        code: Code,
        success: Curve | None = None,
        kl: Curve | None = None,
        optimizer: Optimizer | None = None,
    ) -> Iterator[Evidence]:
        lower = code.lower_rate(optimizer, 3)
        if kl is not None:
            lower += ", or lower the clip range or target KL"
        for curve in (reward, success):
            found = curve and (self._collapse(curve, lower) or self._swings(curve, lower))
            if found:
                yield found
                return

    @method("success rate", points={"success": 10})
    def by_success(
        self,
        success: Curve,
        code: Code,
        kl: Curve | None = None,
        optimizer: Optimizer | None = None,
    ) -> Iterator[Evidence]:
        yield from self.by_reward(success, code, None, kl, optimizer)

    def _collapse(self, curve: Curve, lower: str) -> Evidence | None:
        rise, best, end = curve.rise, curve.best, curve.end
        peak = curve.best_level
        if rise is None or best is None or end is None or peak is None or not rise.persistent:
            return None
        far = rise.value / abs(peak.value) if peak.value else 0.0
        # What never rose above its start has no gain to lose.
        lost = rise.value / (curve.gained or float(np.ptp(curve.finite_values)) or 1)
        if not self.size.exceeded(lost) or not self.level.exceeded(far):
            return None
        back = f"Go back to the policy of step {best.step}, and take smaller steps from there"
        if best.index < len(curve) // 10:
            back = "Begin again with smaller steps"
        return Evidence(
            message=f"{curve.name} reached {number(best.value)} at step {best.step}, then fell, to "
            f"{number(end.value)} at the end.",
            suggestion=f"{back}: {lower}.",
            tag=curve.name,
            steps=(best.step, end.step),
            comparison=self.size.compare(lost),
            confidence=f"the fall is {number(rise.score)} standard errors",
        )

    def _jumps(self, curve: Curve) -> bool:
        """Whether evaluations, each of many episodes, jump by half of their range all along."""
        if curve.split != "validation":
            return False
        values = curve.finite_values
        return bool(self.size.exceeded(JUMP * roughness(values) / (self._range(curve) or 1)))

    def _range(self, curve: Curve) -> float:
        """The gain, or what nine of ten values lie within: the more there are, the farther out."""
        low, high = np.quantile(curve.finite_values, (self.size / 10, 1 - self.size / 10))
        return max(float(high - low), curve.gained or 0.0)

    def _swings(self, curve: Curve, lower: str) -> Evidence | None:
        values, noise = medians(curve)
        if not len(values):
            return None
        least = self.level * abs(float(np.median(values)))
        size = max(self.size * float(np.ptp(values)), least)
        if self._jumps(curve):
            values, noise = curve.finite_values, 0.0
            size = max(self.size * self._range(curve), least)
        turns = swings(values, max(size, 2 * noise)) if size > 0 else np.empty(0, np.int64)
        turns = turns[turns > len(values) // 10 * 2]
        if len(turns) < TURNS or turns[-1] < len(values) * 2 / 3:
            return None
        where = curve.where[turns * curve.finite // len(values)]
        low, high = float(values[turns].min()), float(values[turns].max())
        return Evidence(
            message=f"{curve.name} swings between levels around {number(low)} and {number(high)}: "
            f"{plural(len(turns), 'turn')} of at least {number(size)}.",
            suggestion=sentence(
                f"keep the policy that was best under evaluation, and take smaller steps: {lower}"
            ),
            tag=curve.name,
            steps=tuple(curve.steps[where].tolist()),
            comparison=self.size.compare((high - low) / float(np.ptp(values))),
        )

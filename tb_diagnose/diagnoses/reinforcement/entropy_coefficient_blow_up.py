"""The entropy coefficient grows without end.

Why it matters:
    Soft actor-critic tunes the weight of its entropy bonus. Where it explodes, the bonus outweighs
    the reward: the critic learns the bonus, its targets grow, and the policy turns random.

How it is judged:
    The coefficient ends above 1, ten times its start or more, and no lower than half of its highest
    level.

When it stays silent:
    Runs other than reinforcement learning; a coefficient that falls, as it should once the policy
    knows what to do, or that comes back.

What to try:
    Scale the rewards to a size of about 1, set a reachable target entropy (minus the number of
    actions; for discrete actions less than ln of their number), lower the coefficient's learning
    rate, or fix it (ent_coef=0.1).

Sources:
    Haarnoja et al. 2018, "Soft actor-critic algorithms and applications", section 5.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.training_kinds import no_reinforcement


@diagnosis(
    family="reinforcement",
    severity=Severity.WARNING,
    leads_to=("reward-instability",),
    since="0.2",
    concerns=no_reinforcement,
)
class EntropyCoefficientBlowUp:
    growth = limit(10, alarm=">=", unit="× its start", source="a digit; it should fall")
    outweighs = limit(
        1, alarm=">", unit="reward per nat", source="the bonus outweighs rewards of 1"
    )

    @method("entropy coefficient", points={"entropy_coefficient": 4})
    def by_growth(self, entropy_coefficient: Curve) -> Iterator[Evidence]:
        curve = entropy_coefficient
        if curve.start is None or curve.end is None or curve.highest is None:
            return
        start, end = curve.start.value, curve.end.value
        growth = end / start if start > 0 else 0.0
        back = end < curve.highest.value / 2
        if back or not self.growth.exceeded(growth) or not self.outweighs.exceeded(end):
            return
        beyond = np.flatnonzero(curve.values >= self.growth * start)
        yield Evidence(
            message=f"{curve.name} grew from {number(start)} to {number(end)}, "
            f"{number(growth)} times its start: the entropy bonus outweighs the reward.",
            suggestion="Scale the rewards, set a target entropy that can be reached, or fix the "
            "coefficient (ent_coef=0.1).",
            tag=curve.name,
            steps=curve.span(int(beyond[0])),
            comparison=self.growth.compare(growth),
        )

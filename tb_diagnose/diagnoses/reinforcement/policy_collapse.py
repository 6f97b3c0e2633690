"""The policy stopped exploring before it earned anything.

Why it matters:
    A policy that always does the same never sees what else would have paid, however long it is
    trained.

How it is judged:
    The policy's entropy stays below a fifth of its first level for the last tenth of the run or
    longer, while the reward does not improve beyond its noise. Where no reward is logged it is a
    note, below a twentieth.

When it stays silent:
    An entropy that starts at 0 or below (that of a density, which has no floor); a reward that
    rose: a policy that has learned may be certain.

What to try:
    Raise the entropy coefficient by 3 to 10, lower the learning rate, normalize rewards.

Sources:
    Mnih et al. 2016, "Asynchronous methods for deep reinforcement learning"; Ahmed et al. 2019,
    "Understanding the impact of entropy on policy optimization".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.training_kinds import no_reinforcement


def _density(entropy: Curve) -> str:
    level = entropy.start_level
    return "" if level and level.value > 0 else "the entropy of a density has no floor"


@diagnosis(
    family="reinforcement",
    severity=Severity.WARNING,
    leads_to=("no-learning",),
    since="0.1",
    concerns=no_reinforcement,
)
class PolicyCollapse:
    entropy = limit(0.2, alarm="<", unit="of the first entropy", source="one action in all but few")
    alone = limit(0.05, alarm="<", unit="of the first entropy", source="without a reward")
    last = limit(0.1, alarm=">=", unit="of the run", source="no passing dip")

    @method("policy entropy", points={"entropy": 10}, unless=_density)
    def by_entropy(self, entropy: Curve, reward: Curve | None = None) -> Iterator[Evidence]:
        start, end = entropy.start, entropy.end
        level, begin_level = entropy.end_level, entropy.start_level
        if start is None or end is None or level is None or begin_level is None:
            return
        if reward is not None and (reward.finite < 10 or reward.improved is not False):
            return
        bound = self.entropy if reward is not None else self.alone
        left = max(level.value, 0.0) / begin_level.value
        high = np.flatnonzero(entropy.values >= bound * begin_level.value)
        begin = int(high[-1]) + 1 if len(high) else 0
        lasts = self.last.exceeded(1 - begin / len(entropy))
        if not bound.exceeded(left) or not lasts:
            return
        paid = f", and {reward.name} never improved" if reward is not None else ""
        yield Evidence(
            message=f"{entropy.name} fell from {number(start.value)} to {number(end.value)} at the "
            f"end{paid}.",
            suggestion="Raise the entropy coefficient by 3 to 10, or lower the learning rate, so "
            "that the policy goes on exploring until it earns something.",
            tag=entropy.name,
            steps=entropy.span(begin),
            comparison=bound.compare(left),
            severity=None if reward is not None else Severity.INFO,
            related=(reward.name,) if reward is not None else (),
        )

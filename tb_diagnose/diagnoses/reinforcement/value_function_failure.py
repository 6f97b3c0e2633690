"""The value function explains nothing of the returns.

Why it matters:
    The critic takes the noise out of the policy's gradient. At an explained variance of 0 a
    constant would do as well; below 0 it adds noise.

How it is judged:
    The explained variance, 1 - Var[return - value] / Var[return], in the second half of the run:
    its median is 0.05 or less, and more than half of the values are (sign test, p < 0.05). It is a
    note where the reward improved all the same.

When it stays silent:
    Fewer than 20 values; a critic that explains more, if little.

What to try:
    Normalize observations and returns (VecNormalize), scale the rewards, give the critic a network
    of its own.

Sources:
    Huang et al. 2022, "The 37 implementation details of proximal policy optimization"; Andrychowicz
    et al. 2021, "What matters for on-policy deep actor-critic methods?".
"""

from __future__ import annotations

from collections.abc import Iterator
from math import erfc, sqrt

import numpy as np

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.robust import SIGNIFICANT
from tb_diagnose.roles.training_kinds import no_reinforcement


@diagnosis(
    family="reinforcement",
    severity=Severity.WARNING,
    leads_to=("no-learning",),
    since="0.1",
    concerns=no_reinforcement,
)
class ValueFunctionFailure:
    explained = limit(0.05, alarm="<=", unit="of the variance", source="a constant explains 0")

    @method("explained variance", points={"explained_variance": 20})
    def by_variance(
        self, explained_variance: Curve, reward: Curve | None = None
    ) -> Iterator[Evidence]:
        curve = explained_variance
        late = curve.finite_values[curve.finite // 2 :]
        level, low = float(np.median(late)), int(np.sum(late <= self.explained))
        p = erfc((2 * low - len(late) - 1) / sqrt(2 * len(late))) / 2
        if not self.explained.exceeded(level) or p >= SIGNIFICANT:
            return
        rose = reward is not None and reward.improved
        yield Evidence(
            message=f"{curve.name} is {number(level)} in the second half of the run (median): the "
            "critic predicts returns hardly better than a constant would.",
            suggestion="Normalize observations and returns (VecNormalize), and give the critic a "
            "network of its own.",
            tag=curve.name,
            steps=curve.span(len(curve) // 2),
            comparison=self.explained.compare(level),
            confidence=f"p = {number(p)}, sign test over {len(late)} values",
            severity=Severity.INFO if rose else None,
        )

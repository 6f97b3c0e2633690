"""The value function explains nothing of the returns.

Why it matters:
    The critic is the baseline that takes the noise out of the policy's gradient. At an explained
    variance of 0 a constant would do as well; below 0 it adds noise.

How it is judged:
    On the explained variance, 1 - Var[return - value] / Var[return]. It fails where the median of
    its second half is 0 or below and more than half of those values are (sign test, p < 0.05). It
    is a note where the reward rose all the same.

When it stays silent:
    Fewer than 10 values in the second half; no explained variance in the log; a critic that
    explains little but more than nothing.

What to try:
    Normalise observations and returns (VecNormalize), raise the value coefficient or the critic's
    rate, give the critic a network of its own, and look at rewards that never vary: there is then
    nothing to explain.

Sources:
    Huang et al. 2022, "The 37 implementation details of proximal policy optimization"; Andrychowicz
    et al. 2021, "What matters for on-policy deep actor-critic methods?".
"""

from __future__ import annotations

from collections.abc import Iterator
from math import erfc, sqrt

import numpy as np

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import condense, finite
from tb_diagnose.measure.medians import median
from tb_diagnose.measure.trend import trend


class Limits(Thresholds):
    """How little is explained, how sure."""

    points: int = limit(10, unit="values", source="chosen: a sign test needs as many")
    explained: float = limit(0.0, unit="of the variance", source="what a constant explains")
    chance: float = limit(0.05, unit="p-value", source="convention")


@diagnosis(
    family="reinforcement", severity=Severity.WARNING, leads_to=("no-learning",), since="0.1"
)
def value_function_failure(
    explained_variance: Series, reward: Series | None, limits: Limits
) -> Iterator[Evidence]:
    """The second half of the explained variance against zero."""
    values = finite(explained_variance.values)
    late = values[len(values) // 2 :]
    if len(late) < limits.points:
        raise NotApplicable(f"fewer than {2 * limits.points} values of the explained variance")
    level, below = float(median(late)), int(np.sum(late <= limits.explained))
    p = 0.5 * erfc((2 * below - len(late) - 1) / sqrt(2 * len(late)))
    if level > limits.explained or p >= limits.chance:
        return
    rose = reward is not None and len(reward) > 2 and _rose(reward, limits)
    yield Evidence(
        message=f"{explained_variance.name} is {number(level)} over the second half of the run: the "
        "critic predicts returns no better than a constant would.",
        suggestion="Normalise observations and returns, and give the critic a higher learning rate or a "
        "network of its own.",
        tag=explained_variance.name,
        steps=(
            int(explained_variance.steps[len(explained_variance) // 2]),
            int(explained_variance.steps[-1]),
        ),
        measured=level,
        limit=limits.explained,
        unit="of the variance",
        confidence=f"p = {number(p)}, sign test over {len(late)} values",
        severity=Severity.INFO if rose else None,
    )


def _rose(reward: Series, limits: Limits) -> bool:
    return trend(condense(reward.values).values).rising < limits.chance

"""The policy became certain before it earned anything.

Why it matters:
    Without entropy there is no exploration: a policy that always does the same never sees what
    else would have paid. It stays where it is, however long it is trained.

How it is judged:
    On the policy's entropy, condensed to at most 50 medians. It has collapsed where it stays below
    a fifth of its first level for at least the last tenth of the run, while the reward's end is no
    more than 3 standard deviations of its noise above its start. Where no reward is logged it is a
    note, below a twentieth.

When it stays silent:
    Fewer than 10 values; an entropy that starts at zero or below (that of a density, which has no
    floor); a reward that rose: a policy that has learned may be certain.

What to try:
    Raise the entropy coefficient (ent_coef) by 3 to 10, or epsilon's final value; lower the
    learning rate; normalise rewards and advantages.

Sources:
    Mnih et al. 2016, "Asynchronous methods for deep reinforcement learning" (entropy against
    premature convergence); Ahmed et al. 2019, "Understanding the impact of entropy on policy
    optimization".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import best, condense, finite, noise, start_level
from tb_diagnose.measure.medians import median


class Limits(Thresholds):
    """How little entropy, for how long, and how little reward."""

    points: int = limit(10, unit="values", source="chosen: fewer show no course")
    entropy: float = limit(0.2, unit="of the first entropy", source="calibrated on the corpus")
    alone: float = limit(0.05, unit="of the first entropy", source="chosen: without a reward")
    last: float = limit(0.1, unit="of the run", source="chosen: no passing dip")
    noise: float = limit(3.0, unit="standard deviations", source="chosen: p < 0.002")


@diagnosis(
    family="reinforcement", severity=Severity.WARNING, leads_to=("no-learning",), since="0.1"
)
def policy_collapse(
    entropy: Series, reward: Series | None, limits: Limits, *, reinforcement: bool
) -> Iterator[Evidence]:
    """Where the entropy went, and whether the reward paid for it."""
    if not reinforcement:
        raise NotApplicable("this is no log of reinforcement learning")
    values = finite(entropy.values)
    if len(values) < limits.points or start_level(values) <= 0:
        raise NotApplicable(
            f"fewer than {limits.points} values of a policy's entropy that start above 0"
        )
    medians = condense(entropy.values)
    start = start_level(values)
    share = limits.entropy if reward is not None else limits.alone
    high = np.flatnonzero(medians.values > share * start)
    gone = int(high[-1]) + 1 if len(high) else 0
    if gone > (1 - limits.last) * len(medians) or (reward is not None and _paid(reward, limits)):
        return
    end = float(median(medians.values[gone:]))
    step = int(entropy.steps[medians.first[gone]])
    yield Evidence(
        message=f"{entropy.name} fell from {number(start)} to {number(end)} by step {step}"
        + (f", and {reward.name} never rose above its start." if reward is not None else "."),
        suggestion="Raise the entropy coefficient by 3 to 10, or lower the learning rate, so that the "
        "policy goes on exploring until it earns something.",
        tag=entropy.name,
        related=(reward.name,) if reward is not None else (),
        steps=(step, int(entropy.steps[-1])),
        measured=end / start,
        limit=share,
        unit="of the first entropy",
        severity=None if reward is not None else Severity.INFO,
    )


def _paid(reward: Series, limits: Limits) -> bool:
    values = finite(reward.values)
    if len(values) < limits.points:
        return True  # nothing can be said against it
    medians = condense(values).values
    _, negative = best(-medians)
    return -negative - start_level(values) > limits.noise * noise(medians)

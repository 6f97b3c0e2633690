"""Updates carry the policy far from the one that collected the data.

Why it matters:
    A policy gradient is only true near the policy that was sampled. Steps beyond that are taken
    blindly, and one of them is enough to destroy what was learned.

How it is judged:
    On the KL divergence between the policy before and after an update, as PPO and TRPO log it. It
    is a blow-up where at least 5 % of the updates, and no fewer than 3, exceed 0.1: ten times the
    usual target of 0.01 and twice the highest that is recommended.

When it stays silent:
    Fewer than 10 values; single updates; no KL in the log.

What to try:
    Set target_kl=0.02, so that an update stops in time. Divide the learning rate by 3, or take
    fewer epochs over each batch.

Sources:
    Schulman et al. 2017, "Proximal policy optimization algorithms", section 4; Achiam 2018,
    "Spinning up in deep RL" (target_kl: 0.01 to 0.05).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number, percent, steps_of
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import finite
from tb_diagnose.measure.reductions import max_of


class Limits(Thresholds):
    """How far, how often."""

    points: int = limit(10, unit="values", source="chosen: fewer are the beginning")
    kl: float = limit(0.1, unit="nats", source="Spinning Up: targets of 0.01 to 0.05")
    share: float = limit(0.05, unit="of the updates", source="chosen: more than accidents")
    least: int = limit(3, unit="updates", source="chosen: more than an accident")


@diagnosis(
    family="reinforcement",
    severity=Severity.WARNING,
    leads_to=("reward-instability", "policy-collapse"),
    since="0.1",
)
def kl_blow_up(kl: Series, limits: Limits) -> Iterator[Evidence]:
    """The share of updates that went too far."""
    count = len(finite(kl.values))
    if count < limits.points:
        raise NotApplicable(f"fewer than {limits.points} finite values of the KL divergence")
    far = np.flatnonzero(kl.values > limits.kl)
    if len(far) < max(limits.least, limits.share * count):
        return
    yield Evidence(
        message=f"{kl.name} exceeds {number(limits.kl)} in {len(far)} of {count} updates "
        f"({percent(len(far) / count)}), by up to {number(max_of(kl.values[far]))}.",
        suggestion="Set target_kl=0.02 so that an update stops in time, and divide the learning rate by "
        "3.",
        tag=kl.name,
        steps=steps_of(kl, far),
        measured=len(far) / count,
        limit=limits.share,
        unit="of the updates",
    )

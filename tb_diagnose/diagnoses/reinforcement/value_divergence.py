"""The value estimates blow up.

Why it matters:
    A critic that chases its own targets runs away: its loss grows without bound, and the policy
    follows estimates that mean nothing.

How it is judged:
    A value, critic or Q loss whose level ends beyond its noise at a hundred times its best, while
    the reward does not improve at the end.

When it stays silent:
    Fewer than ten values, a loss that grows with a reward that rises, excursions that return.

What to try:
    Update the target network more slowly, clip or normalize rewards, lower the critic's learning
    rate, clip its gradients, use two critics and their minimum.

Sources:
    van Hasselt et al. 2018, "Deep reinforcement learning and the deadly triad"; Fujimoto et al.
    2018, "Addressing function approximation error in actor-critic methods".
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import Optimizer
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code


@diagnosis(
    family="reinforcement",
    severity=Severity.CRITICAL,
    leads_to=("reward-instability",),
    since="0.2",
)
class ValueDivergence:
    growth = limit(100, alarm=">=", unit="× the best level", source="rewards grow by less")
    absurd = limit(1e9, alarm=">=", unit="of the loss", source="errors of 30,000 squared")

    @method("the value loss", points={"value_loss": 10})
    def by_loss(
        self,
        value_loss: Curve,
        code: Code,
        reward: Curve | None = None,
        optimizer: Optimizer | None = None,
    ) -> Iterator[Evidence]:
        rise, best, start, end = (
            value_loss.rise,
            value_loss.best_level,
            value_loss.start,
            value_loss.end_level,
        )
        if not (rise and rise.persistent and best and start and end and value_loss.end):
            return
        improving = reward is not None and reward.still_improving
        times = end.value / best.value if best.value > 0 else 0.0
        grown = self.growth.exceeded(times) and self.growth.exceeded(10 * end.value / start.value)
        absurd = self.absurd.exceeded(end.value)
        if absurd or (grown and not improving):
            rate = optimizer.learning_rate if optimizer else None
            lower = f"; {code.rate(optimizer, rate / 10)}" if rate else ""
            yield Evidence(
                message=f"{value_loss.name} goes from {number(start.value)} to "
                f"{number(value_loss.end.value)} at its end: the value estimates run away.",
                suggestion="Update the target network more slowly, normalize or clip the rewards, "
                f"and {code('clip the gradients')}{lower}.",
                tag=value_loss.name,
                steps=(best.step, value_loss.end.step),
                comparison=self.absurd.compare(end.value) if absurd else self.growth.compare(times),
            )

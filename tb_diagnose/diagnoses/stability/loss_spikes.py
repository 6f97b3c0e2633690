"""The loss jumps far up and comes back.

Why it matters:
    A spike is a step that went far too far: one bad batch, or a learning rate at the edge of what
    the model stands. The next one may not be recovered from.

How it is judged:
    On every loss: excursions from its course that return, to twice the course or more, and
    8 times the noise. Threefold ones that are 16 times the noise are a warning.

When it stays silent:
    Fewer than 20 values, a level that stays up (loss-divergence), jumps that are the curve's
    usual noise, and jumps in an exact period (periodic-loss).

What to try:
    Clip the gradients, and look at the batches of the named steps. With Adam lower beta_2 to 0.95
    or warm up for longer.

Sources:
    Chowdhery et al. 2022, "PaLM", section 5.1 (spikes, and skipping their batches).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.curve_parts import Excursion
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import MOST_STEPS, listed, number, plural
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code


@diagnosis(
    family="stability",
    severity=Severity.INFO,
    leads_to=("loss-divergence", "non-finite-values"),
    since="0.1",
)
class LossSpikes:
    points = limit(20, alarm=">=", unit="values", source="fewer show no usual noise")
    factor = limit(2, alarm=">=", unit="× the course", source="batches differ by less")
    noise = limit(8, alarm=">=", unit="× the noise", source="healthy language models: 4.5 at most")
    large = limit(
        3, alarm=">=", unit="× the course", source="beyond the noise of any mean of a batch"
    )

    @method("every loss")
    def by_losses(
        self, losses: tuple[Curve, ...], code: Code, gradient_norm: Curve | None = None
    ) -> Iterator[Evidence]:
        found = [(curve, spikes) for curve in losses if (spikes := self._spikes(curve))]
        if not found:
            return
        curve, spikes = max(found, key=lambda pair: max(spike.score for spike in pair[1]))
        worst = max(spikes, key=lambda spike: spike.factor or 0.0)
        times = worst.factor or 0.0
        steps = [spike.peak.step for spike in spikes]
        severe = self.large.exceeded(times) and self.noise.exceeded(worst.score / 2)
        usual = ""
        if gradient_norm is not None and gradient_norm.finite:
            usual = (
                f", at its usual norm of {number(float(np.median(gradient_norm.finite_values)))}"
            )
        yield Evidence(
            message=f"{curve.name} has {plural(len(spikes), 'spike')}, the largest at step "
            f"{worst.peak.step}: {number(worst.peak.value)}, {number(times)} times its course "
            "there.",
            suggestion=f"Look at the batches before {listed([f'step {step}' for step in steps])}, "
            f"and {code('clip the gradients')}{usual}.",
            tag=curve.name,
            related=tuple(other.name for other, _ in found if other is not curve),
            steps=tuple(sorted(set(steps))[:MOST_STEPS]),
            comparison=(self.large if severe else self.factor).compare(times),
            severity=Severity.WARNING if severe else None,
        )

    def _spikes(self, curve: Curve) -> list[Excursion]:
        if not self.points.exceeded(curve.finite):
            return []
        spikes = [
            spike
            for spike in curve.excursions
            if spike.factor is not None
            and self.factor.exceeded(spike.factor)
            and self.noise.exceeded(spike.score)
        ]
        return [] if _periodic(curve, spikes) else spikes


def _periodic(curve: Curve, spikes: list[Excursion]) -> bool:
    """Whether spikes come at the same place of a period that the curve has."""
    if curve.period is None or len(spikes) < 2:
        return False
    places = [spike.peak.index % curve.period.points for spike in spikes]
    return max(places) - min(places) <= 1

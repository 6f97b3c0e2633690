"""The loss jumps far up and comes back.

Why it matters:
    A step went far too far: a bad batch, or a learning rate at the edge. The next may be the last.

How it is judged:
    On every loss: values at least twice the medians of what lies before and behind them, and
    5 standard deviations above, as nine of ten values scatter about their local median. A single
    one is a note, unless it is 10 above.

When it stays silent:
    Fewer than 20 values, a level that stays up (loss-divergence), batches that scatter as much,
    and jumps in an exact period (periodic-loss).

What to try:
    Clip the gradients, and look at the batches of the named steps. With Adam lower beta_2 to 0.95
    or warm up for longer.

Sources:
    Chowdhery et al. 2022, "PaLM", section 5.1 (spikes, and skipping their batches).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.curve_parts import Spike
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import few_steps, listed, number, plural
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code


@diagnosis(
    family="stability",
    severity=Severity.WARNING,
    leads_to=("loss-divergence", "non-finite-values"),
    since="0.1",
)
class LossSpikes:
    factor = limit(2, alarm=">=", unit="× its surroundings", source="batches differ by less")
    spread = limit(5, alarm=">=", unit="× the spread", source="normal noise: 1 in 3,000,000")
    alone = limit(10, alarm=">=", unit="× the spread", source="one may be one odd batch")

    @method("every loss")
    def by_losses(
        self, losses: tuple[Curve, ...], code: Code, gradient_norm: Curve | None = None
    ) -> Iterator[Evidence]:
        found = [(curve, spikes) for curve in losses if (spikes := self._spikes(curve))]
        if not found:
            return
        curve, spikes = max(found, key=lambda pair: max(spike.score for spike in pair[1]))
        worst = max(spikes, key=lambda spike: spike.factor)
        steps = [spike.peak.step for spike in spikes]
        high = self.alone.exceeded(worst.score) or self.alone.exceeded(worst.factor)
        usual = ""
        if gradient_norm is not None and gradient_norm.finite:
            usual = (
                f", at its usual norm of {number(float(np.median(gradient_norm.finite_values)))}"
            )
        yield Evidence(
            message=f"{curve.name} has {plural(len(spikes), 'spike')}, the largest at step "
            f"{worst.peak.step}: {number(worst.peak.value)}, {number(worst.factor)} times what "
            "lies beside it.",
            suggestion=f"Look at the batches before {listed([f'step {step}' for step in steps])}, "
            f"and {code('clip the gradients')}{usual}.",
            tag=curve.name,
            related=tuple(other.name for other, _ in found if other is not curve),
            steps=few_steps(sorted(set(steps))),
            comparison=self.factor.compare(worst.factor),
            severity=None if len(steps) > 1 or high else Severity.INFO,
        )

    def _spikes(self, curve: Curve) -> tuple[Spike, ...]:
        spikes = curve.spikes(self.factor, self.spread)
        return () if _periodic(curve, spikes) else spikes


def _periodic(curve: Curve, spikes: tuple[Spike, ...]) -> bool:
    """Whether spikes come at the same place of a period that the curve has."""
    if len(spikes) < 2 or curve.period is None:
        return False
    places = [spike.peak.index % curve.period.points for spike in spikes]
    return max(places) - min(places) <= 1

"""The run swings up and down by much of what it has learned, and does not settle.

Why it matters:
    Steps are so large that each one undoes the last. Which weights one ends with is a matter of
    luck.

How it is judged:
    On losses and validation scores, batches averaged: turns by a quarter of the range, a tenth of
    the level, and in validation two fifths of the gain. There are at least four, one in every
    eight points, some in the last third. A score counts only where a loss turns too.

When it stays silent:
    Fewer than 8 points, swings that die out, or of training alone.

What to try:
    Divide the learning rate by 3, or let it decay. Enlarge a batch below 16.

Sources:
    Zhang et al. 2021, "AUTOTRAINER", section 3.2; Cohen et al. 2021, "Gradient descent typically
    occurs at the edge of stability".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from tb_diagnose.analysis.learning_state import ENOUGH
from tb_diagnose.analysis.oscillation import (
    TURNS,
    Oscillation,
    averaged,
    is_per_batch,
    oscillation,
)
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import few_steps, number, plural
from tb_diagnose.core.model import Optimizer
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code


def _nothing(losses: tuple[Curve, ...] | None, val_score: Curve | None) -> str:
    return "" if losses or val_score is not None else "no loss and no validation score in this log"


@diagnosis(
    family="stability", severity=Severity.WARNING, leads_to=("noisy-validation",), since="0.1"
)
class LossOscillation:
    size = limit(0.25, alarm=">=", unit="of the range", source="calibrated on demo_logs")
    level = limit(0.1, alarm=">=", unit="of the level", source="calibrated on demo_logs")
    gain = limit(0.4, alarm=">=", unit="of the gain", source="calibrated: less is jitter")

    @method("losses and validation scores", unless=_nothing)
    def by_curves(
        self,
        code: Code,
        losses: tuple[Curve, ...] = (),
        errors: tuple[Curve, ...] = (),
        val_loss: Curve | None = None,
        val_score: Curve | None = None,
        optimizer: Optimizer | None = None,
    ) -> Iterator[Evidence]:
        totals = [curve for curve in losses if not curve.info.part or curve is losses[0]]
        if val_loss is None:
            totals += [error for error in errors if error.split == "validation"]
        if val_loss is not None and not self._confirmed([val_loss], val_loss):
            # What swings in training alone are its batches.
            totals = [curve for curve in totals if curve.split == "validation"]
        found = [(curve, swung) for curve in totals if (swung := self._swings(curve, val_loss))]
        if val_score is not None and (found or not totals or self._confirmed(totals, val_loss)):
            swung = self._swings(val_score, val_loss)
            found += [(val_score, swung)] if swung else []
        if found:
            curve, swung = max(found, key=lambda pair: len(pair[1].turns))
            yield self._evidence(curve, swung, code, optimizer)

    def _swings(self, curve: Curve, validation: Curve | None) -> Oscillation | None:
        values = averaged(curve, single=is_per_batch(curve, validation))
        if len(values) < ENOUGH:
            return None
        late = values[len(values) // 10 :]
        level = 1.0 if curve.info.kind == "score" else float(np.median(np.abs(late)))
        size = max(self.size * float(np.ptp(values)), self.level * level)
        if curve.split == "validation" and curve.start and curve.end_level:
            size = max(size, self.gain * abs(curve.end_level.value - curve.start.value))
        swung = oscillation(curve, values, size)
        return swung if swung is not None and len(swung.turns) >= TURNS else None

    def _confirmed(self, losses: Sequence[Curve], validation: Curve | None) -> bool:
        """Whether a loss turns by a quarter of its range at least there and back."""
        for curve in losses:
            values = averaged(curve, single=is_per_batch(curve, validation))
            late = values[len(values) // 10 * 2 :]
            swung = oscillation(curve, late, self.size * float(np.ptp(late))) if len(late) else None
            if swung is not None and len(swung.turns) > 1:
                return True
        return False

    def _evidence(
        self, curve: Curve, swung: Oscillation, code: Code, optimizer: Optimizer | None
    ) -> Evidence:
        rate = optimizer.learning_rate if optimizer else None
        lower = code.rate(optimizer, rate / 3) if rate else "Divide the learning rate by 3"
        middle, wide = abs(swung.high + swung.low) / 2, swung.high - swung.low
        gained = curve.gained or 0.0
        return Evidence(
            message=f"{curve.name} swings between levels around {number(swung.low)} and "
            f"{number(swung.high)} and does not settle: {plural(len(swung.turns), 'turn')} of at "
            f"least {number(swung.size)} in {swung.points} points.",
            suggestion=f"{lower}, or {code('decay the rate')}; with a small batch, enlarge it.",
            tag=curve.name,
            steps=few_steps(sorted(set(curve.steps[list(swung.turns)].tolist()))),
            comparison=self.size.compare((swung.high - swung.low) / swung.range),
            severity=None if wide >= middle / 2 or wide >= 2 * gained else Severity.INFO,
        )

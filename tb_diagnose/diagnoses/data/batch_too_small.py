"""Batches are so small that the gradient is mostly noise.

Why it matters:
    Steps point in a new direction each time and cancel out: the loss jumps about instead of
    falling, and batch normalisation has nothing to average.

How it is judged:
    The standard deviation of the gradient's norm over a window of steps against its mean, as the
    median over the run: above 1 the noise is larger than the signal. A warning where the loss
    shows no learning, else a note: with a small enough rate a noisy gradient gets there too.

When it stays silent:
    Not measured; 128 examples a batch and more, where noise has other reasons.

What to try:
    Double the batch size, as long as memory lasts, or accumulate gradients over a few batches;
    else divide the learning rate by the same factor.

Sources:
    McCandlish et al. 2018, "An empirical model of large-batch training" (gradient noise scale);
    Masters and Luschi 2018, "Revisiting small batch training" (small is not bad by itself).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tb_diagnose.chance import Chance
from tb_diagnose.diagnosis import diagnosis, limit
from tb_diagnose.findings import Evidence, NotApplicable, Severity
from tb_diagnose.headway import stalled
from tb_diagnose.measure.levels import typical
from tb_diagnose.measure.medians import median
from tb_diagnose.runs import Series, Vitals
from tb_diagnose.words import number


@dataclass(frozen=True)
class Limits:
    """How much noise, in how large a batch."""

    noise: float = limit(1.0, unit="of the mean norm", source="McCandlish et al. 2018, section 2.2")
    large: float = limit(128, unit="examples a batch", source="chosen: beyond this it is not size")


@diagnosis(
    family="data",
    severity=Severity.WARNING,
    leads_to=("loss-oscillation", "slow-convergence", "loss-plateau", "no-learning"),
    since="0.1",
)
def batch_too_small(
    step_vitals: Vitals, train_loss: Series | None, chance: Chance | None, limits: Limits
) -> Iterator[Evidence]:
    """The median window."""
    noise = step_vitals.column("gradient_noise")[:, 0]
    known = noise[np.isfinite(noise)]
    if not len(known):
        raise NotApplicable("the noise of the gradient was not measured")
    sizes = step_vitals.column("batch_size")[:, 0]
    size = float(np.nan_to_num(typical(sizes[:, None])[0]))
    level = float(median(known))
    if level <= limits.noise or size >= limits.large:
        return
    why = stalled(train_loss, chance)
    of = f"batches of {number(size)} examples" if size else "these batches"
    yield Evidence(
        says=f"With {of} the gradient's norm varies by {number(level)} times its mean from step to "
        "step" + (f"; {why}." if why else "."),
        fix=f"model.fit(..., batch_size={4 * round(size)})" if size else "Batches 4 times as large",
        tag=step_vitals.name,
        steps=(int(step_vitals.steps[0]), int(step_vitals.steps[-1])),
        measured=level,
        limit=limits.noise,
        unit="of the mean norm",
        severity=None if why else Severity.INFO,
    )

"""A part of the labels contradicts what the network has learned.

Why it matters:
    Wrong labels set the ceiling of every score, and a network that is trained long enough learns
    them by heart: then it is worse on everything else.

How it is judged:
    The quantiles of the loss of single examples, over the last quarter of the run. Where half of
    the examples are well below guessing (the median under half of ln K and under ln 2, so that
    their label is likelier to the network than all others together) and a tenth of them above it
    (the 90th percentile over ln K), the network is sure of the one and contradicted by the other.
    Over twice ln K, surely contradicted, it is a warning; below that a note, since examples that
    are merely hard look the same.

When it stays silent:
    Losses of single examples were not measured; the number of classes is not known; the network
    has not learned the other half yet; the tail is falling, down by a tenth over that quarter.

What to try:
    Look at the 20 examples with the largest loss: wrong labels are seen at once. Correct or drop
    them; label_smoothing=0.1; stop early, at the best validation loss.

Sources:
    Arpit et al. 2017, "A closer look at memorization in deep networks" (clean labels are learned
    first); Northcutt et al. 2021, "Confident learning"; Swayamdipta et al. 2020, "Dataset
    cartography".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.run import Vitals
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.medians import median
from tb_diagnose.roles.chance_level import ChanceLevel


class Limits(Thresholds):
    """How sure of the one half, how far off on the tail."""

    points: int = limit(8, unit="steps", source="chosen: a quarter of them must be 2")
    sure: float = limit(0.5, unit="of ln K", source="chosen: the label beats an even guess clearly")
    likely: float = limit(0.69, unit="nats", source="ln 2: likelier than all others together")
    tail: float = limit(1.0, unit="of ln K", source="chosen: worse than guessing")
    surely: float = limit(2.0, unit="of ln K", source="chosen: contradicted, not just hard")
    falling: float = limit(0.1, unit="of the tail", source="chosen: it is still being learned")


@diagnosis(family="data", severity=Severity.WARNING, leads_to=("overfitting",), since="0.1")
def noisy_labels(step_vitals: Vitals, chance: ChanceLevel, limits: Limits) -> Iterator[Evidence]:
    """The median example against the tenth that is worst."""
    middle, tail = (step_vitals.column(name)[:, 0] for name in ("loss_q50", "loss_q90"))
    known = np.flatnonzero(np.isfinite(middle) & np.isfinite(tail))
    if not chance.cross_entropy or len(known) < limits.points:
        raise NotApplicable(
            f"fewer than {limits.points} steps with the losses of single examples",
            'model.fit(..., callbacks=[tb_diagnose.attach.keras("logs")])',
        )
    late = known[-(len(known) // 4) :]
    half = len(late) // 2
    typical, worst = float(median(middle[late])), float(median(tail[late]))
    sure = min(limits.sure * chance.loss, limits.likely)
    before, after = median(tail[late[:half]]), median(tail[late[half:]])
    if after < (1 - limits.falling) * before or typical > sure:
        return
    if worst > limits.tail * chance.loss:
        yield Evidence(
            message=f"Half of the examples have a loss below {number(typical)} and a tenth one above "
            f"{number(worst)}, where guessing among {chance.classes} classes gives "
            f"{number(chance.loss)}: their labels contradict what the network has learned.",
            suggestion="Sort the training examples by their loss and look at the first 20; correct or "
            "drop wrong labels, or use label_smoothing=0.1.",
            tag=step_vitals.name,
            steps=(int(step_vitals.steps[late[0]]), int(step_vitals.steps[late[-1]])),
            measured=worst / chance.loss,
            limit=limits.tail,
            unit="of ln K",
            severity=None if worst > limits.surely * chance.loss else Severity.INFO,
        )

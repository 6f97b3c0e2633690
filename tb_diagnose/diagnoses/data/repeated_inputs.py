"""The same examples come again and again within an epoch.

Why it matters:
    A pipeline that repeats one batch, a shuffle buffer that is refilled with the same file, a
    generator that starts anew at every call: the network learns a few examples by heart, and most
    of the data are never seen.

How it is judged:
    The share of the examples of a window of batches, all of one epoch, that came more than once in
    it, as the median over the run. From a tenth on it is a note, from a half on a warning.

When it stays silent:
    Not measured; oversampling and copies below a tenth; examples that come back in the next epoch.

What to try:
    dataset.shuffle(n).repeat() in this order, one iterator for the whole run, and a look at two
    batches in a row.

Sources:
    Lee et al. 2022, "Deduplicating training data makes language models better"; TensorFlow guide,
    "Better performance with the tf.data API" (order of shuffle and repeat).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import percent
from tb_diagnose.core.run import Vitals
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.medians import median


class Limits(Thresholds):
    """How many may come twice."""

    share: float = limit(0.1, unit="of the examples", source="chosen: beyond usual duplicates")
    most: float = limit(0.5, unit="of the examples", source="chosen: most of what is seen")


@diagnosis(family="data", severity=Severity.WARNING, leads_to=("overfitting",), since="0.1")
def repeated_inputs(step_vitals: Vitals, limits: Limits) -> Iterator[Evidence]:
    """The median window."""
    repeated = step_vitals.column("repeated")[:, 0]
    known = repeated[np.isfinite(repeated)]
    if not len(known):
        raise NotApplicable("repeated examples were not counted")
    window = step_vitals.layout.get("window", "the watched")
    share = float(median(known))
    if share >= limits.share:
        above = np.nan_to_num(repeated) >= limits.share
        yield Evidence(
            message=f"{percent(share)} of the examples of {window} batches in a row came "
            "more than once among them.",
            suggestion="dataset.shuffle(n).repeat() in this order, with one iterator for the whole run; "
            "print two batches in a row.",
            tag=step_vitals.name,
            steps=(int(step_vitals.steps[int(np.argmax(above))]), int(step_vitals.steps[-1])),
            measured=share,
            limit=limits.share,
            unit="of the examples",
            severity=None if share >= limits.most else Severity.INFO,
        )

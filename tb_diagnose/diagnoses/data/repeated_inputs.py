"""The same examples come again and again within an epoch.

Why it matters:
    A pipeline repeats one batch, a shuffle buffer is refilled from the same file, or a generator
    starts again at every call: the network learns a few examples by heart, and most of the data
    are never seen.

How it is judged:
    By the share of the examples of a window of batches, all of one epoch, that came more than once
    in it, as the median over the run. A tenth is a note, more than half (0.53) a warning.

When it stays silent:
    Oversampling and copies below a tenth; examples that come back in the next epoch.

What to try:
    Shuffle before you repeat, keep one iterator for the whole run, and print two batches in a row.

Sources:
    Lee et al. 2022, "Deduplicating training data makes language models better".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import percent, sentence
from tb_diagnose.core.run import Vitals
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.robust import finite_median
from tb_diagnose.roles.code import Code


def _not_counted(step_vitals: Vitals) -> str:
    counted = np.isfinite(step_vitals.column("repeated")).any()
    return "" if counted else "repeated examples were not counted"


@diagnosis(family="data", severity=Severity.WARNING, leads_to=("overfitting",), since="0.1")
class RepeatedInputs:
    share = limit(0.1, alarm=">=", unit="of the examples", source="beyond usual duplicates")

    @method("counts of repeated examples", unless=_not_counted)
    def by_counts(self, step_vitals: Vitals, code: Code) -> Iterator[Evidence]:
        repeated = step_vitals.column("repeated")[:, 0]
        share = finite_median(repeated)
        if self.share.exceeded(share):
            window = step_vitals.layout.get("window", "the watched")
            first = int(np.argmax(np.nan_to_num(repeated) >= self.share))
            yield Evidence(
                message=f"{percent(share)} of the examples of {window} batches in a row came more "
                "than once among them.",
                suggestion=sentence(
                    f"{code('shuffle')} before repeating them, keep one iterator for the whole "
                    "run, and print two batches in a row"
                ),
                tag=step_vitals.name,
                steps=(int(step_vitals.steps[first]), int(step_vitals.steps[-1])),
                comparison=self.share.compare(share),
                severity=None if self.share.far_exceeded(share) else Severity.INFO,
            )

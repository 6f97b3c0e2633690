"""Some classes are hardly ever seen.

Why it matters:
    Where one class makes up 99 of 100 examples, always answering it scores 99 %. Accuracy then
    says nothing, and the rare classes, mostly those that matter, are not learned.

How it is judged:
    The labels that were counted while training, summed over the run: how often the most frequent
    class came for each time the rarest came. From 10 on it is a note, from 100 on a warning, as is
    a class that never came although its share of the counts would be 30 or more.

When it stays silent:
    Fewer than 30 labels for each class; labels that are numbers, not classes; ratios below 10.

What to try:
    class_weight={...} in model.fit, in proportion to 1 / count; draw rare classes more often;
    judge by recall for each class or the area under the precision-recall curve.

Sources:
    Amazon SageMaker Debugger, rule ClassImbalance (10); Johnson and Khoshgoftaar 2019, "Survey on
    deep learning with class imbalance" (100 and more is severe).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import listed, number, percent
from tb_diagnose.core.run import Vitals
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit


class Limits(Thresholds):
    """How much more often one class may come than another."""

    ratio: float = limit(10.0, unit="times", source="SageMaker Debugger: 10")
    severe: float = limit(100.0, unit="times", source="Johnson and Khoshgoftaar 2019: severe")
    each: float = limit(30.0, unit="labels a class", source="chosen: 0 of 30 is no chance")


@diagnosis(
    family="data",
    severity=Severity.WARNING,
    leads_to=("metric-loss-disagreement", "constant-output", "majority-guessing"),
    since="0.1",
)
def class_imbalance(label_vitals: Vitals, limits: Limits) -> Iterator[Evidence]:
    """All windows together."""
    counts = np.nansum(label_vitals.column("count"), axis=0)
    if "count" not in label_vitals.columns or len(counts) < 2:
        raise NotApplicable("the labels are no classes")
    if counts.sum() < limits.each * len(counts):
        raise NotApplicable(f"fewer than {number(limits.each)} labels for each class")
    most, least = int(np.argmax(counts)), int(np.argmin(counts))
    ratio = float(counts[most] / max(counts[least], 1.0))
    if ratio < limits.ratio:
        return
    rows = label_vitals.rows
    never = [rows[at] for at in np.flatnonzero(counts == 0)]
    message = (
        f"Class {rows[most]} makes up {percent(float(counts[most] / counts.sum()))} of "
        f"{number(float(counts.sum()))} labels"
    )
    if never:
        message += f"; {listed(never)} never came."
    else:
        message += f", class {rows[least]} {percent(float(counts[least] / counts.sum()))}."
    yield Evidence(
        message=message,
        suggestion=f"model.fit(..., class_weight={{...}}) with {number(ratio)} for class {rows[least]} "
        f"and 1 for {rows[most]}, and a score that does not reward the frequent class."
        if not never
        else "See whether the training data hold these classes at all and their order in time.",
        tag=label_vitals.name,
        steps=(int(label_vitals.steps[0]),),
        measured=ratio,
        limit=limits.ratio,
        unit="times",
        severity=None if never or ratio >= limits.severe else Severity.INFO,
    )

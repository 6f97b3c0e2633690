"""Some classes are hardly ever seen.

Why it matters:
    Where one class makes up 99 of 100 examples, always answering it scores 99 %. Accuracy then says
    nothing, and the rare classes, mostly those that matter, are not learned.

How it is judged:
    By the labels counted while training: how often the most frequent class came for each time the
    rarest came. From 10 on it is a note, from 100 on a warning, as is a class that never came.

When it stays silent:
    Fewer than 30 labels per class; labels that are numbers, not classes.

What to try:
    Weigh the classes by 1 / count, draw rare classes more often, and judge by the recall of each
    class.

Sources:
    Amazon SageMaker Debugger, rule ClassImbalance (10); Johnson and Khoshgoftaar 2019, "Survey on
    deep learning with class imbalance" (100 is severe).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import listed, number, percent, sentence
from tb_diagnose.core.run import Vitals
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code


def _counts(label_vitals: Vitals) -> NDArray[np.float64]:
    """How often each class came. [classes]"""
    return np.asarray(np.nansum(label_vitals.column("count"), axis=0))


def _no_classes(label_vitals: Vitals) -> str:
    counted = "count" in label_vitals.columns and len(label_vitals.rows) > 1
    return "" if counted else "the labels are no classes"


@diagnosis(
    family="data",
    severity=Severity.WARNING,
    leads_to=("metric-loss-disagreement", "constant-output", "majority-guessing"),
    since="0.1",
)
class ClassImbalance:
    ratio = limit(10, alarm=">=", unit="× the rarest class", source="SageMaker Debugger: 10")
    least = limit(30, unit="labels per class", source="0 of 30 expected ones is no chance")

    @method("the counted labels", unless=_no_classes)
    def by_labels(self, label_vitals: Vitals, code: Code) -> Iterator[Evidence]:
        counts, rows = _counts(label_vitals), label_vitals.rows
        most, rare = int(np.argmax(counts)), int(np.argmin(counts))
        ratio = float(counts[most] / max(counts[rare], 1.0))
        if counts.sum() < self.least * len(counts) or not self.ratio.exceeded(ratio):
            return
        never = [rows[at] for at in np.flatnonzero(counts == 0)]
        share = percent(float(counts[most] / counts.sum()))
        rest = (
            f"; {listed(never)} never came"
            if never
            else f", class {rows[rare]} {percent(float(counts[rare] / counts.sum()))}"
        )
        yield Evidence(
            message=f"Class {rows[most]} makes up {share} of {number(float(counts.sum()))} labels"
            f"{rest}.",
            suggestion="Check whether the training data hold these classes at all, and their order."
            if never
            else sentence(f"{code('weigh the classes')}, {number(ratio)} for class {rows[rare]}"),
            tag=label_vitals.name,
            steps=(int(label_vitals.steps[0]),),
            comparison=self.ratio.compare(ratio),
            severity=None if never or self.ratio.far_exceeded(ratio) else Severity.INFO,
        )

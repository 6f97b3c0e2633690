"""The data come in an order.

Why it matters:
    Examples that are sorted by class or by file teach one thing after the other: each undoes the
    last.

How it is judged:
    By the labels: Cramér's V of the classes in single batches (0 for the same mix everywhere, 1 for
    one class at a time) above 0.5 and beyond chance. Else by a period in the loss of single
    batches: the same course in every epoch is a note, and a warning where it is a slow wave, which
    sorted data make.

When it stays silent:
    Fewer than three epochs of 20 logged batches, or epochs of unknown length; running means, which
    repeat themselves whatever the data do.

What to try:
    Shuffle the files, then the examples.

Sources:
    Bottou 2012, "Stochastic gradient descent tricks", section 5.1.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import few_steps, number, sentence
from tb_diagnose.core.run import Vitals
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.association import DRAWN, association, single_windows
from tb_diagnose.measure.cycles import LEAST, is_running_mean, levelled, repeats, wave
from tb_diagnose.roles.code import Code


def _counts(label_vitals: Vitals) -> NDArray[np.float64]:
    """Labels of each sampled batch by class, without empty rows and columns. [n, classes]"""
    window = label_vitals.layout.get("window")
    counts = single_windows(np.nan_to_num(label_vitals.column("count")), window)
    counts = counts[counts.sum(axis=1) > 0]
    return np.asarray(counts[:, counts.sum(axis=0) > 0] if len(counts) else counts)


def _not_counted(label_vitals: Vitals) -> str:
    if "count" not in label_vitals.columns:
        return "the labels are no classes"
    return "" if len(label_vitals) > 2 else "labels were counted fewer than three times"


def _no_epochs(train_loss: Curve, val_loss: Curve) -> str:
    period = _period(train_loss, val_loss)
    long = period >= LEAST and len(train_loss) >= 3 * period
    return "" if long else f"fewer than 3 epochs of {LEAST} batches of a known length"


@diagnosis(
    family="data",
    severity=Severity.WARNING,
    leads_to=("loss-oscillation", "loss-spikes", "slow-convergence", "noisy-validation"),
    since="0.1",
)
class UnshuffledData:
    mix = limit(0.5, alarm=">", unit="Cramér's V", source="Cohen 1988: a large effect")
    alike = limit(0.5, alarm=">", unit="correlation", source="noise of 3 × 20 has 0.2")

    @method("counted labels", unless=_not_counted)
    def by_labels(self, label_vitals: Vitals, code: Code) -> Iterator[Evidence]:
        counts = _counts(label_vitals)
        if min(counts.shape) < 2:
            return
        mix, times = association(counts)
        if self.mix.exceeded(mix) and times > DRAWN:
            yield Evidence(
                message=f"The classes come one after the other: over {len(counts)} label counts "
                f"their mix differs with a Cramér's V of {number(mix)}.",
                suggestion=sentence(code("shuffle")),
                tag=label_vitals.name,
                steps=(int(label_vitals.steps[0]), int(label_vitals.steps[-1])),
                comparison=self.mix.compare(mix),
            )

    @method("a period in the loss of batches", unless=_no_epochs)
    def by_loss(self, train_loss: Curve, val_loss: Curve, code: Code) -> Iterator[Evidence]:
        period = _period(train_loss, val_loss)
        if train_loss.non_finite or is_running_mean(train_loss.values, period):
            return
        level = levelled(train_loss.values, period)
        alike, smooth = repeats(level, period), wave(level, period)
        if self.alike.exceeded(alike):
            slow = self.alike.exceeded(smooth)
            how = "slow waves, as sorted data make" if slow else "the batches keep their order"
            yield Evidence(
                message=f"{train_loss.name} takes the same course in every epoch of {period} "
                f"values (correlation {number(alike)}): {how}.",
                suggestion=sentence(code("shuffle")),
                tag=train_loss.name,
                steps=few_steps(train_loss.steps[::period].tolist()),
                comparison=self.alike.compare(alike),
                severity=None if slow else Severity.INFO,
            )


def _period(loss: Curve, val_loss: Curve) -> int:
    """Values of a loss between two validations, 0 where that is no even number."""
    epochs, gaps = np.diff(val_loss.steps), np.diff(loss.steps)
    regular = len(epochs) > 1 and len(gaps) > 0 and not np.ptp(epochs) and not np.ptp(gaps)
    if not regular or gaps[0] <= 0 or epochs[0] <= 0 or epochs[0] % gaps[0]:
        return 0
    return int(epochs[0] // gaps[0])

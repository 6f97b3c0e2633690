"""The data come in an order.

Why it matters:
    Examples that are sorted by class or by file teach one thing after the other: each stretch
    undoes the last. Even a good order that stays the same makes every epoch's gradient the same
    sequence, with the last batches having the last word.

How it is judged:
    By the labels, where they were counted: the counts of single batches against the same mix
    throughout, as Cramér's V (0 for the same mix everywhere, 1 for one class at a time), above 0.5
    and more than 5 times what drawing at random gives. Else by the loss of single batches: the
    correlation of an epoch with the one before, point by point, the mean over the epoch around
    each point taken out. Above 0.5 the batches come back in the same order; it is a warning where
    the mean course through an epoch is a slow wave (correlation of neighbours above 0.5), which
    sorted data make, else a note.

When it stays silent:
    Fewer than 3 epochs of 20 logged batches; validation does not tell where epochs end; running
    means, which start afresh each epoch and so repeat themselves whatever the data do.

What to try:
    model.fit(..., shuffle=True) (no effect on a tf.data.Dataset: dataset.shuffle(len(x_train))
    there), DataLoader(..., shuffle=True); shuffle the files, then the examples.

Sources:
    Bottou 2012, "Stochastic gradient descent tricks", section 5.1 (shuffle); Cramér 1946,
    "Mathematical methods of statistics", section 21.9 (V).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.run import Series, Vitals
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.cycles import levelled, repeats, wave
from tb_diagnose.measure.levels import differences
from tb_diagnose.measure.medians import median
from tb_diagnose.measure.reductions import all_of, range_of

FIX = "dataset.shuffle(len(x_train)) before batch(), or shuffle=True where arrays are given."


class Limits(Thresholds):
    """How alike epochs are, how unlike windows."""

    mix: float = limit(0.5, unit="Cramér's V", source="Cohen 1988: 0.5 is a large effect")
    drawn: float = limit(5.0, unit="times a random draw's chi-square", source="chosen: p < 1e-9")
    epochs: int = limit(3, unit="epochs", source="chosen: two likenesses")
    batches: int = limit(20, unit="values an epoch", source="chosen: p < 0.02 for 0.5")
    alike: float = limit(0.5, unit="correlation", source="calibrated on demo_logs: noise has 0.2")
    smooth: float = limit(0.5, unit="correlation", source="chosen: noise has 0.2 at most")


@diagnosis(
    family="data",
    severity=Severity.WARNING,
    leads_to=("loss-oscillation", "loss-spikes", "slow-convergence", "noisy-validation"),
    since="0.1",
)
def unshuffled_data(
    label_vitals: Vitals | None,
    train_loss: Series | None,
    val_loss: Series | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """By the labels where they were counted, else by the loss."""
    if label_vitals is not None and "count" in label_vitals.columns and len(label_vitals) > 2:
        yield from _by_labels(label_vitals, limits)
        return
    period = _points(train_loss, _between(val_loss)) if train_loss is not None else 0
    values = np.asarray(train_loss.values, np.float64) if train_loss is not None else np.empty(0)
    if (
        train_loss is None
        or period < limits.batches
        or len(values) < limits.epochs * period
        or not all_of(np.isfinite(values))
    ):
        raise NotApplicable(
            f"fewer than {limits.epochs} epochs of {limits.batches} batches of a known length",
            'model.fit(..., callbacks=[tb_diagnose.attach.keras("logs")])',
        )
    if not _running_mean(values, period):
        yield from _by_loss(train_loss, values, period, limits)


def _by_labels(vitals: Vitals, limits: Limits) -> Iterator[Evidence]:
    counts = _batches(np.nan_to_num(vitals.column("count")), vitals.layout.get("window"))
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if min(counts.shape) < 2:
        return
    total = counts.sum()
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0, keepdims=True) / total
    square = float(np.sum((counts - expected) ** 2 / expected))
    freedom = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    mix = float(np.sqrt(square / (total * (min(counts.shape) - 1))))
    if mix > limits.mix and square > limits.drawn * freedom:
        yield Evidence(
            message=f"The classes come one after the other: over {len(counts)} counts of labels "
            f"their mix differs with a Cramér's V of {number(mix)}, "
            f"{number(square / freedom)} times what drawing at random gives.",
            suggestion=FIX,
            tag=vitals.name,
            steps=(int(vitals.steps[0]), int(vitals.steps[-1])),
            measured=mix,
            limit=limits.mix,
            unit="Cramér's V",
        )


def _batches(counts: NDArray[np.float64], window: object) -> NDArray[np.float64]:
    """[n, classes] the labels of each sampled batch, from their sums over a sliding window.

    What one sum has more than the last is the new batch less the one that fell out. Where that is
    no count, the sums were made otherwise and stay as they are.
    """
    batches = np.diff(counts, axis=0, prepend=0)
    if not isinstance(window, int) or window < 1:
        return counts
    for at in range(window, len(batches)):
        batches[at] += batches[at - window]
    return batches if all_of(batches >= 0) else counts


def _by_loss(
    loss: Series, values: NDArray[np.float64], period: int, limits: Limits
) -> Iterator[Evidence]:
    level = levelled(values, period)
    alike, smooth = repeats(level, period), wave(level, period)
    if alike > limits.alike:
        sorted_ = smooth > limits.smooth
        yield Evidence(
            message=f"{loss.name} goes through the same course in every epoch of {period} values "
            f"(correlation {number(alike)}): "
            + ("slow waves, as sorted data make." if sorted_ else "the batches keep their order."),
            suggestion=FIX,
            tag=loss.name,
            steps=tuple(int(step) for step in loss.steps[::period][:20]),
            measured=alike,
            limit=limits.alike,
            unit="correlation",
            severity=None if sorted_ else Severity.INFO,
        )


def _between(val_loss: Series | None) -> float:
    """Steps between two validations, where they come at even distances; 0 if not."""
    gaps = differences(val_loss.steps) if val_loss is not None else np.empty(0)
    return float(gaps[0]) if len(gaps) > 1 and gaps[0] > 0 and range_of(gaps) == 0 else 0.0


def _points(loss: Series, epoch: float) -> int:
    """Values of a loss in an epoch of so many steps, 0 where they do not divide it evenly."""
    gaps = differences(loss.steps)
    if not epoch or not len(gaps) or gaps[0] <= 0 or range_of(gaps) > 0 or epoch % gaps[0]:
        return 0
    return int(epoch / gaps[0])


def _running_mean(values: NDArray[np.float64], period: int) -> bool:
    """Whether the noise dies down within each epoch, as that of a mean since its start does."""
    changes = np.abs(differences(values))
    place = np.arange(len(changes)) % period
    early, late = (
        changes[place < period // 4],
        changes[(place >= period // 2) & (place < period - 1)],
    )
    return bool(median(late) < 0.4 * median(early))

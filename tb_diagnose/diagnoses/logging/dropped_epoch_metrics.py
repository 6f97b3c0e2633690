"""Keras dropped epochs from the log, because update_freq did not divide them.

Why it matters:
    With ``update_freq=N`` Keras writes the metrics of an epoch, its histograms and its validation
    only where the epoch's last batch is a multiple of N. What is missing looks as if it had never
    been computed.

How it is judged:
    ``batch_loss`` is in the log with more than one batch from value to value, while the numbers of
    the epochs in ``epoch_loss`` have gaps, or there are none at all.

When it stays silent:
    Every epoch is there; ``update_freq="batch"`` or ``"epoch"``; a loop that logs by itself.

What to try:
    update_freq="epoch" or "batch", or an N that divides the number of batches of an epoch.

Sources:
    Keras 3, ``TensorBoard.on_train_batch_end`` and ``_should_record``; tensorboard issue 4975.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.diagnosis import diagnosis
from tb_diagnose.findings import Evidence, Severity
from tb_diagnose.runs import Series
from tb_diagnose.words import plural


@diagnosis(family="logging", severity=Severity.WARNING, since="0.1")
def dropped_epoch_metrics(batch_loss: Series, scalars: tuple[Series, ...]) -> Iterator[Evidence]:
    """The distance of the batches, and the numbers of the epochs."""
    if len(batch_loss) < 2:
        return
    every = int(np.median(np.diff(batch_loss.steps)))
    if every < 2:
        return
    epochs = next(
        (s for s in scalars if s.tag == "epoch_loss" and s.folder == batch_loss.folder), None
    )
    if epochs is None:
        missing, says = 0, "not one epoch"
    else:
        gaps = np.diff(np.unique(epochs.steps)) - 1
        missing = int(epochs.steps[0]) + int(np.sum(gaps))
        if missing <= 0 or np.any(gaps < 0):
            return
        says = f"{plural(len(epochs), 'epoch')} and not the {missing} between them"
    yield Evidence(
        says=f"{batch_loss.name} is logged at every {every}th batch, and {says}: Keras writes an "
        "epoch's metrics and validation only where its last batch is one of those.",
        fix=f'TensorBoard(update_freq={every}) → update_freq="epoch", or a number that divides '
        "the batches of an epoch.",
        tag=epochs.name if epochs is not None else batch_loss.name,
        steps=(int((epochs if epochs is not None else batch_loss).steps[0]),),
        measured=float(missing) if epochs is not None else None,
        limit=0.0 if epochs is not None else None,
        unit="epochs missing" if epochs is not None else "",
    )

"""Keras dropped epochs from the log, because update_freq did not divide them.

Why it matters:
    With ``update_freq=N`` Keras writes an epoch's metrics, histograms and validation only where
    its last batch is a multiple of N. What is missing looks as if it had never been computed.

How it is judged:
    ``batch_loss`` is in the log from the start with more than one batch from value to value, while
    ``epoch_loss`` does not begin with epoch 0, or is not there at all.

When it stays silent:
    The first epoch is there; a training that was resumed; ``update_freq="batch"`` or ``"epoch"``;
    a loop that logs by itself.

What to try:
    update_freq="epoch" or "batch", or an N that divides the number of batches of an epoch.

Sources:
    Keras 3, ``TensorBoard.on_train_batch_end`` and ``_should_record``; tensorboard issue 4975.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import diagnosis, method


@diagnosis(family="logging", severity=Severity.WARNING, since="0.1")
class DroppedEpochMetrics:
    @method("batches and epochs of the log", points={"batch_loss": 2})
    def by_epochs(self, batch_loss: Curve, scalars: tuple[Series, ...]) -> Iterator[Evidence]:
        every = int(np.median(np.diff(batch_loss.steps)))
        if every <= 1 or batch_loss.steps[0] > every:
            return
        folder = batch_loss.series.folder
        epochs = next((s for s in scalars if s.tag == "epoch_loss" and s.folder == folder), None)
        if epochs is not None and epochs.steps[0] <= 0:
            return
        # Epoch e is kept where N divides B (e + 1): every m-th one, and the first is m - 1.
        message = f"one epoch of {epochs.steps[0] + 1}" if epochs is not None else "not one epoch"
        shown = epochs if epochs is not None else batch_loss.series
        yield Evidence(
            message=f"{batch_loss.name} is logged at every {every}th batch, and {message} is: "
            "Keras writes an epoch's metrics and validation only where its last batch is one of "
            "those.",
            suggestion=f'TensorBoard(update_freq={every}) → update_freq="epoch", or a number that '
            "divides the batches of an epoch.",
            tag=shown.name,
            steps=(int(shown.steps[0]),),
        )

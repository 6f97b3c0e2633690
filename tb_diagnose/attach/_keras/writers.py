"""Finds the writers of the TensorBoard callback that runs beside ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras

from tb_diagnose.attach.core.callers import calling
from tb_diagnose.attach.core.sinks import FileSink, Sink, TensorFlowSink
from tb_diagnose.attach.core.table_writer import TableWriter


def tensorboard() -> Any:
    """The TensorBoard callback in the list that is calling just now, or None.

    Callbacks are not told of each other, and a second live file in the same folder would make
    TensorBoard stop reading the first: so the list is looked up among the callers.
    """
    siblings = calling(keras.callbacks.CallbackList)
    for callback in siblings.callbacks if siblings is not None else ():
        if isinstance(callback, keras.callbacks.TensorBoard):
            return callback
    return None


def table_writers(logdir: Path | None, beside: Any) -> tuple[Path, TableWriter, TableWriter]:
    """The log directory, and what writes to its ``train`` and to its ``validation`` folder.

    Raises ValueError where neither a folder nor a TensorBoard callback says where to write.
    """
    train: Sink
    validation: Sink
    folder = Path(beside.log_dir) if beside is not None else None
    if folder is not None and (logdir is None or logdir.resolve() == folder.resolve()):
        train = TensorFlowSink(lambda: beside._train_writer)  # noqa: SLF001 - one live file
        validation = TensorFlowSink(lambda: beside._val_writer)  # noqa: SLF001 - the same
        return folder, TableWriter(train), TableWriter(validation)
    if logdir is None:
        raise ValueError(
            'where to write? attach.keras("logs"), or a TensorBoard callback beside it'
        )
    train, validation = FileSink(logdir / "train"), FileSink(logdir / "validation")
    return logdir, TableWriter(train), TableWriter(validation)


def flush(beside: Any) -> None:
    """Hand what the TensorBoard callback has written so far to the operating system."""
    for writer in getattr(beside, "_writers", {}).values():
        writer.flush()

"""Finds the writers of the TensorBoard callback that runs beside ours."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras

from tb_diagnose.attach.core.sinks import FileSink, TensorFlowSink
from tb_diagnose.attach.core.table_writer import TableWriter


def tensorboard(ours: Any) -> Any:
    """The TensorBoard callback in the list that is calling ``ours`` just now, or None.

    Callbacks are not told of each other, and a second live file in the same folder would make
    TensorBoard stop reading the first: so the list is looked up among the callers.
    """
    for each in _siblings(ours):
        if isinstance(each, keras.callbacks.TensorBoard):
            return each
    return None


def _siblings(ours: Any) -> Iterator[Any]:
    frame = inspect.currentframe()
    while frame is not None:
        caller = frame.f_locals.get("self")
        if isinstance(caller, keras.callbacks.CallbackList) and ours in caller.callbacks:
            yield from caller.callbacks
            return
        frame = frame.f_back


def table_writers(
    logdir: str | os.PathLike[str] | None, beside: Any
) -> tuple[Path, TableWriter, TableWriter]:
    """The log directory, and what writes to its ``train`` and to its ``validation`` folder.

    Raises ValueError where neither a folder nor a TensorBoard callback says where to write.
    """
    if beside is not None and (logdir is None or _same(logdir, beside.log_dir)):
        return (
            Path(beside.log_dir),
            TableWriter(TensorFlowSink(lambda: beside._train_writer)),  # noqa: SLF001 - one live file
            TableWriter(TensorFlowSink(lambda: beside._val_writer)),  # noqa: SLF001 - the same
        )
    if logdir is None:
        raise ValueError(
            'where to write? attach.keras("logs"), or a TensorBoard callback beside it'
        )
    folder = Path(logdir)
    return (
        folder,
        TableWriter(FileSink(folder / "train")),
        TableWriter(FileSink(folder / "validation")),
    )


def flush(beside: Any) -> None:
    """Hand what the TensorBoard callback has written so far to the operating system."""
    for writer in getattr(beside, "_writers", {}).values():
        writer.flush()


def _same(one: str | os.PathLike[str], other: str | os.PathLike[str]) -> bool:
    return os.fspath(one) == os.fspath(other) or Path(one).resolve() == Path(other).resolve()

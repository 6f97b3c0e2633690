"""``tb_diagnose.attach.torch``: checks what it is given, and attaches."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from tb_diagnose.attach._torch import names
from tb_diagnose.attach._torch.attachment import Attachment
from tb_diagnose.attach.core.options import checked_folder, described_error
from tb_diagnose.attach.core.sinks import FileSink, Sink, SummaryWriterSink


class Nothing:
    """Stands in for an attachment in a process that writes no log."""

    stop = False

    def close(self) -> None: ...
    def new_epoch(self) -> None: ...
    def batch(self, *_: Any, **__: Any) -> None: ...
    def __enter__(self) -> Nothing:  # noqa: PYI034 - typing has no Self in Python 3.10
        return self

    def __exit__(self, *_: object) -> None: ...


def attach(
    model: Any, optimizer: Any, writer: Any, loss: Any, scheduler: Any, **options: Any
) -> Attachment | Nothing:
    """The arguments are those of ``tb_diagnose.attach.torch``."""
    if not isinstance(model, torch.nn.Module):
        raise described_error("model", "a torch.nn.Module", model)
    optimizers = _optimizers(optimizer)
    if loss is not None and not (isinstance(loss, str) or callable(loss)):
        raise described_error("loss", "a loss module, a function or its name", loss)
    schedulers = _schedulers(scheduler)
    if writer is None:
        return Nothing()
    sink, folder = _target(writer)
    _replace(model, optimizers)
    options |= {"loss": loss, "schedulers": schedulers}
    return Attachment(model, optimizers, sink, folder, **options)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, tuple | list) else [value]


def _optimizers(optimizer: Any) -> list[Any]:
    several = [names.unwrapped(one) for one in _listed(optimizer)]
    wrong = [one for one in several if not isinstance(one, torch.optim.Optimizer)]
    if wrong or not several:
        value = wrong[0] if wrong else optimizer
        raise described_error("optimizer", "a torch.optim.Optimizer or a list of them", value)
    return list(dict.fromkeys(several))


def _schedulers(scheduler: Any) -> list[Any]:
    schedulers = [] if scheduler is None else _listed(scheduler)
    for one in schedulers:
        if isinstance(one, type) or not callable(getattr(one, "step", None)):
            wanted = "a learning-rate scheduler or a list of them"
            raise described_error("scheduler", wanted, one)
    return schedulers


def _target(writer: Any) -> tuple[Sink, Path | None]:
    """Where to write, and the folder in which it lies, if that is on this machine."""
    folder = getattr(writer, "log_dir", None) or getattr(writer, "logdir", None)
    if hasattr(writer, "_get_file_writer") and folder:
        return SummaryWriterSink(writer), None if "://" in str(folder) else Path(folder)
    path = checked_folder(writer, "writer", "a SummaryWriter, a folder's path or None")
    return FileSink(path), path


def _replace(model: Any, optimizers: Sequence[Any]) -> None:
    """End an earlier attachment of the same model: a notebook's cell was run twice."""
    for optimizer in optimizers:
        for hook in list(optimizer._optimizer_step_pre_hooks.values()):  # noqa: SLF001
            before = getattr(hook, "__self__", None)
            if isinstance(before, Attachment) and before.model is model:
                before.close()

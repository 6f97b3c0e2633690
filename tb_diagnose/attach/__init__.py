"""Attach to a training: one line writes what ordinary logs lack.

Each function needs its framework, and only when it is called.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tb_diagnose.attach.core.sampling_schedule import check
from tb_diagnose.attach.core.sinks import SummaryWriterSink

if TYPE_CHECKING:
    from tb_diagnose.attach.core.live_monitor import OnFinding

__all__ = ["hugging_face", "keras", "lightning", "tf", "torch"]


def keras(
    logdir: str | os.PathLike[str] | None = None,
    *,
    every: int | None = None,
    budget: float = 0.02,
    on_finding: OnFinding = None,
) -> Any:
    """A Keras callback for ``fit`` and ``evaluate``.

    Args:
        logdir: the TensorBoard callback's ``log_dir``; its writers are used where it is in the
            same list. May be left out there.
        every: sample every so-manieth step; by default, as often as the budget allows.
        budget: share of the training's time that sampling may take.
        on_finding: examine the log at the end of epochs: ``"warn"`` logs each new finding,
            ``"stop"`` also ends the training at a critical one, a function is called with each
            ``Finding``.

    Raises:
        ImportError: where Keras 3 is not installed.
        ValueError: where an argument makes no sense.
    """
    backend = _shell("keras_callback", "keras", "Keras 3", "pip install tensorflow")
    check(every, budget)
    return backend.attachment(logdir, every=every, budget=budget, on_finding=on_finding)


def tf(
    step: Callable[..., Any],
    model: Any,
    optimizer: Any,
    *,
    writer: Any,
    loss: Any = None,
    every: int | None = None,
    budget: float = 0.02,
    logdir: str | os.PathLike[str] | None = None,
    on_finding: OnFinding = None,
) -> Any:
    """The same training step, to be called in the place of ``step``, sampled now and then.

    Args:
        step: a function, or ``tf.function``, of a batch: inputs first, then targets. It computes
            gradients, applies them and returns the loss, alone or first of several results.
        model: the Keras model it trains.
        optimizer: the Keras optimizer it applies, or a list of several.
        writer: the ``tf.summary`` writer that the loop logs to.
        loss: the loss as ``compile`` takes it, for the labels and the loss of each example.
        every, budget, on_finding: as for ``keras``; ``"stop"`` sets ``.stop`` on what is returned.
        logdir: the writer's folder; only ``on_finding`` needs it.

    Raises:
        ImportError: where TensorFlow is not installed.
        ValueError: where an argument makes no sense.
    """
    backend = _shell("tf_loop", "tensorflow", "TensorFlow", "pip install tensorflow")
    check(every, budget)
    folder = Path(logdir) if logdir is not None else None
    options = {"every": every, "budget": budget, "folder": folder, "on_finding": on_finding}
    return backend.attached(step, model, optimizer, writer, loss, **options)


def torch(
    model: Any,
    optimizer: Any,
    writer: Any,
    *,
    every: int | None = None,
    budget: float = 0.02,
    on_finding: OnFinding = None,
) -> Any:
    """Watch a PyTorch training; ``.close()`` ends it, ``.batch(...)`` adds labels and losses.

    Args:
        model: the module; a compiled one shows its weights and gradients alone.
        optimizer: its optimizer.
        writer: the ``SummaryWriter`` that the loop logs to.
        every, budget, on_finding: as for ``keras``; ``"stop"`` sets ``.stop`` on what is returned.

    Raises:
        ImportError: where PyTorch is not installed.
        ValueError: where an argument makes no sense.
    """
    backend = _shell("torch_watch", "torch", "PyTorch", "pip install torch tensorboard")
    check(every, budget)
    sink, folder = SummaryWriterSink(writer), Path(writer.log_dir)
    options = {"every": every, "budget": budget, "on_finding": on_finding}
    return backend.LiveMonitor(model, optimizer, sink, folder, **options)


def lightning(
    *, every: int | None = None, budget: float = 0.02, on_finding: OnFinding = None
) -> Any:
    """A Lightning callback that writes beside the ``TensorBoardLogger``.

    Takes the arguments of ``keras``. Raises ImportError where Lightning is not installed.
    """
    package = "lightning" if find_spec("lightning") else "pytorch_lightning"
    backend = _shell(
        "lightning_callback", package, "Lightning", "pip install lightning tensorboard"
    )
    check(every, budget)
    return backend.Attachment(every=every, budget=budget, on_finding=on_finding)


def hugging_face(
    *, every: int | None = None, budget: float = 0.02, on_finding: OnFinding = None
) -> Any:
    """A callback for the Hugging Face ``Trainer``, beside its TensorBoard callback.

    Takes the arguments of ``keras``. Raises ImportError where transformers is not installed.
    """
    cure = "pip install transformers torch tensorboard"
    backend = _shell("hugging_face_callback", "transformers", "the Hugging Face Trainer", cure)
    check(every, budget)
    return backend.Attachment(every=every, budget=budget, on_finding=on_finding)


def _shell(module: str, package: str, name: str, cure: str) -> ModuleType:
    """A shell's module. Raises ImportError with one sentence where its framework is missing."""
    try:
        importlib.import_module(package)
    except ImportError as error:
        raise ImportError(f"attaching to {name} needs it installed: {cure}") from error
    return importlib.import_module(f"tb_diagnose.attach.{module}")

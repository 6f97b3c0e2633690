"""Attach to a training: one line writes what ordinary logs lack.

Each function needs its framework, and only when it is called. Wrong arguments raise TypeError or
ValueError at once; what fails later is logged and ends the measuring, never the training.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from tb_diagnose.attach.core.options import check_options, checked_folder

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
        every: sample one step of so many; by default, as often as the budget allows.
        budget: share of the training's time that sampling may take.
        on_finding: examine the log at the end of epochs: ``"warn"`` logs each new finding,
            ``"stop"`` also ends the training at a critical one, a function is called with each
            ``Finding``.

    Raises:
        ImportError: where Keras 3 is not installed.
        TypeError, ValueError: where an argument makes no sense.
    """
    check_options(every, budget, on_finding)
    folder = None if logdir is None else checked_folder(logdir)
    module = _module("_keras.callback", "keras", "Keras 3", "pip install tensorflow")
    return module.callback(folder, every=every, budget=budget, on_finding=on_finding)


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

    ``.close()`` ends it; with ``on_finding`` it examines the finished log.

    Args:
        step: a function, or ``tf.function``, of a batch: inputs first, then targets. It computes
            gradients, applies them and returns the loss, alone or first of several results.
        model: the Keras model it trains.
        optimizer: the Keras optimizer it applies, or a list of several.
        writer: the ``tf.summary`` writer that the loop logs to, or a folder's path; None where
            another process writes the log: then nothing is done.
        loss: the loss as ``compile`` takes it, for the labels and the loss of each example.
        every, budget, on_finding: as for ``keras``; ``"stop"`` sets ``.stop`` on what is returned.
        logdir: the writer's folder; only ``on_finding`` needs it.

    Raises:
        ImportError: where TensorFlow is not installed.
        TypeError, ValueError: where an argument makes no sense.
    """
    check_options(every, budget, on_finding)
    folder = None if logdir is None else checked_folder(logdir)
    module = _module("_keras.gradient_tape", "tensorflow", "TensorFlow", "pip install tensorflow")
    options = {"every": every, "budget": budget, "folder": folder, "on_finding": on_finding}
    return module.attach(step, model, optimizer, writer, loss, **options)


def torch(
    model: Any,
    optimizer: Any,
    writer: Any,
    *,
    loss: Any = None,
    scheduler: Any = None,
    every: int | None = None,
    budget: float = 0.02,
    on_finding: OnFinding = None,
) -> Any:
    """Attach to a PyTorch training until ``.close()``, or for a ``with`` block.

    ``.batch(labels=…, losses=…)`` adds what cannot be seen from outside.

    Args:
        model: the module; a compiled one shows its weights and gradients alone.
        optimizer: its optimizer, or a list of several: a step is over when each has stepped.
        writer: the ``SummaryWriter`` that the loop logs to, or a folder's path; None where another
            process writes the log: then nothing is done.
        loss: the loss module or function, for the setup; a module that is called shows itself.
        scheduler: the learning-rate scheduler, or a list of several, for the setup.
        every, budget, on_finding: as for ``keras``; ``"stop"`` sets ``.stop`` on what is returned.

    Raises:
        ImportError: where PyTorch is not installed.
        TypeError, ValueError: where an argument makes no sense.
    """
    check_options(every, budget, on_finding)
    module = _module("_torch.attach", "torch", "PyTorch", "pip install torch tensorboard")
    options = {"every": every, "budget": budget, "on_finding": on_finding}
    return module.attach(model, optimizer, writer, loss, scheduler, **options)


def lightning(
    *, every: int | None = None, budget: float = 0.02, on_finding: OnFinding = None
) -> Any:
    """A Lightning callback that writes beside the ``TensorBoardLogger``.

    Takes the arguments of ``keras``. Raises ImportError where Lightning is not installed.
    """
    check_options(every, budget, on_finding)
    package = "lightning" if find_spec("lightning") else "pytorch_lightning"
    cure = "pip install lightning tensorboard"
    module = _module("_torch.lightning", package, "Lightning", cure)
    return module.LightningCallback(every=every, budget=budget, on_finding=on_finding)


def hugging_face(
    *, every: int | None = None, budget: float = 0.02, on_finding: OnFinding = None
) -> Any:
    """A callback for the Hugging Face ``Trainer``, beside its TensorBoard callback.

    Takes the arguments of ``keras``. Raises ImportError where transformers is not installed.
    """
    check_options(every, budget, on_finding)
    cure = "pip install transformers torch tensorboard"
    module = _module("_torch.hugging_face", "transformers", "the Hugging Face Trainer", cure)
    return module.HuggingFaceCallback(every=every, budget=budget, on_finding=on_finding)


def _module(module: str, package: str, name: str, cure: str) -> ModuleType:
    """A module of this room. Raises ImportError where its framework is missing."""
    try:
        importlib.import_module(package)
    except ImportError as error:
        raise ImportError(f"attaching to {name} needs it installed: {cure}") from error
    return importlib.import_module(f"tb_diagnose.attach.{module}")

"""Attach to a training: one line writes what ordinary logs lack.

Each function needs its framework, and only when it is called.
"""

from __future__ import annotations

import importlib
import os
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tb_diagnose.attach.loop import OnFinding

__all__ = ["keras"]


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
    shell = _shell("keras_callback", "keras", "Keras 3", "pip install tensorflow")
    from tb_diagnose.attach.cadence import check

    check(every, budget)
    return shell.attachment(logdir, every=every, budget=budget, on_finding=on_finding)


def _shell(module: str, package: str, name: str, cure: str) -> ModuleType:
    """A shell's module. Raises ImportError with one sentence where its framework is missing."""
    try:
        importlib.import_module(package)
    except ImportError as error:
        raise ImportError(f"attaching to {name} needs it installed: {cure}") from error
    return importlib.import_module(f"tb_diagnose.attach.{module}")

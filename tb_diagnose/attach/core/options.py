"""Arguments are checked where they are given: one sentence says what is wrong."""

from __future__ import annotations

import os
from numbers import Integral, Real
from pathlib import Path
from typing import Any


def check_options(every: Any, budget: Any, on_finding: Any) -> None:
    """Raises TypeError or ValueError where an option makes no sense."""
    if every is not None and (isinstance(every, bool) or not isinstance(every, Integral)):
        raise TypeError(f"every must be a whole number of steps or None, not {every!r}")
    if every is not None and every < 1:
        raise ValueError(f"every must be 1 or more, or None for as often as pays, not {every}")
    share = "budget must be a share of the training's time such as 0.02, not"
    if isinstance(budget, bool) or not isinstance(budget, Real):
        raise TypeError(f"{share} {budget!r}")
    if not 0 < float(budget) <= 1:
        raise ValueError(f"{share} {budget}")
    if not (on_finding is None or callable(on_finding) or on_finding in ("warn", "stop")):
        raise ValueError(
            f'on_finding must be "warn", "stop", a function or None, not {on_finding!r}'
        )


def checked_folder(folder: Any, name: str = "logdir", wanted: str = "a folder's path") -> Path:
    """A folder's path. Raises TypeError or ValueError for one that cannot be written to."""
    if not isinstance(folder, str | os.PathLike):
        raise described_error(name, wanted, folder)
    path = Path(os.fspath(folder))
    if not os.fspath(folder):
        raise ValueError(f'{name} must be {wanted}, not empty; "." is the current folder')
    if "://" in os.fspath(folder):
        raise ValueError(f"{name} must be {wanted}, on this machine, not {folder}")
    nearest = next((there for there in (path, *path.parents) if there.exists()), Path())
    if not nearest.is_dir():
        raise ValueError(f"{name} must be {wanted}, but {nearest} is a file")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise ValueError(f"{name} must be {wanted}, but {nearest} cannot be written to")
    return path


def described_error(name: str, wanted: str, value: Any) -> TypeError:
    """``writer must be a SummaryWriter, a folder's path or None, not a list``."""
    kind = type(value).__name__
    article = "an" if kind[0].lower() in "aeiou" else "a"
    return TypeError(
        f"{name} must be {wanted}, not {'None' if value is None else f'{article} {kind}'}"
    )

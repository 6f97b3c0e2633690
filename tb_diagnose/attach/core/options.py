"""Arguments are checked where they are given: one sentence says what is wrong."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def check_options(every: Any, budget: Any, on_finding: Any) -> None:
    """Raises TypeError or ValueError where an option makes no sense."""
    if every is not None and (isinstance(every, bool) or not isinstance(every, int)):
        raise TypeError(f"every is a whole number of steps or None, not {every!r}")
    if every is not None and every < 1:
        raise ValueError(f"every is 1 or more, or None for as often as pays, not {every}")
    if isinstance(budget, bool) or not isinstance(budget, int | float):
        raise TypeError(f"budget is a share of the training's time such as 0.02, not {budget!r}")
    if not 0 < budget <= 1:
        raise ValueError(f"budget is a share of the training's time such as 0.02, not {budget}")
    if not (on_finding is None or callable(on_finding) or on_finding in ("warn", "stop")):
        raise ValueError(f'on_finding is "warn", "stop", a function or None, not {on_finding!r}')


def checked_folder(logdir: Any) -> Path | None:
    """A folder's path. Raises TypeError for what is none."""
    if logdir is None:
        return None
    if not isinstance(logdir, str | os.PathLike):
        raise described_error("logdir", "a folder's path", logdir)
    return Path(os.fspath(logdir))


def described_error(what: str, wanted: str, given: Any) -> TypeError:
    """``writer is a SummaryWriter, a folder's path or None, not a list``."""
    name = type(given).__name__
    article = "an" if name[0].lower() in "aeiou" else "a"
    return TypeError(f"{what} is {wanted}, not {'None' if given is None else f'{article} {name}'}")

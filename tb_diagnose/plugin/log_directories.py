"""Where TensorBoard was told to look for logs."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from tb_diagnose.live.sources import LogDirectory

_SCHEME = re.compile(r"[a-zA-Z][0-9a-zA-Z.+-]*://")


def log_directories(context: Any) -> tuple[LogDirectory, ...]:
    """The folders behind a TBContext; none where the logs cannot be reached as local files."""
    flags = context.flags
    logdir = context.logdir or getattr(flags, "logdir", "") or ""
    if logdir:
        found = [("", logdir)]
    else:
        spec = getattr(flags, "logdir_spec", "") or ""
        found = [_grouped(item) for item in spec.split(",") if item]
    if any(_SCHEME.match(path) for _, path in found):
        return ()
    return tuple(LogDirectory(Path(path).expanduser(), group) for group, path in found)


def _grouped(item: str) -> tuple[str, str]:
    """``name:path`` or ``path``: a colon behind a slash or a drive's letter names no group."""
    group, colon, path = item.partition(":")
    if not colon or _SCHEME.match(item) or item.startswith("/") or os.path.splitdrive(item)[0]:
        return "", item
    return group, path

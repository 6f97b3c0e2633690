"""Where TensorBoard was told to look for logs."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SCHEME = re.compile(r"[a-zA-Z][0-9a-zA-Z.+-]*://")


@dataclass(frozen=True)
class Place:
    """A folder on this machine, and the group that ``--logdir_spec`` gives its runs, or ``""``."""

    path: Path
    group: str = ""


def places(context: Any) -> tuple[Place, ...]:
    """The folders behind a TBContext; none where the logs cannot be reached as local files."""
    flags = context.flags
    logdir = context.logdir or getattr(flags, "logdir", "") or ""
    if logdir:
        found = [("", logdir)]
    else:
        spec = getattr(flags, "logdir_spec", "") or ""
        found = [_grouped(each) for each in spec.split(",") if each]
    if any(_SCHEME.match(path) for _, path in found):
        return ()
    return tuple(Place(Path(path).expanduser(), group) for group, path in found)


def _grouped(each: str) -> tuple[str, str]:
    """``name:path`` or ``path``: a colon behind a slash or a drive's letter names no group."""
    group, colon, path = each.partition(":")
    if not colon or _SCHEME.match(each) or each.startswith("/") or os.path.splitdrive(each)[0]:
        return "", each
    return group, path

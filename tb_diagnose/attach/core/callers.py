"""Who is calling: what a framework does not tell its callbacks and hooks."""

from __future__ import annotations

import sys
from typing import Any


def calling(kind: type) -> Any:
    """The object of this class whose own method is among the callers, the nearest; else None.

    Only frames of the file that defines the class are looked into: looking into a frame keeps all
    that its variables hold alive for as long as it runs.
    """
    file = sys.modules[kind.__module__].__file__
    frame: Any = sys._getframe(1)  # noqa: SLF001
    while frame is not None:
        if frame.f_code.co_filename == file:
            caller = frame.f_locals.get("self")
            if isinstance(caller, kind):
                return caller
        frame = frame.f_back
    return None

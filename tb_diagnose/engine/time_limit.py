"""Ending what takes too long.

Python cannot end a thread, but can raise an exception in one: a second thread does so once the
time is over. What hangs in C code without returning to Python cannot be ended.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
#: Seconds between two looks at the clock, seconds after which the exception is raised again where
#: it had no effect, and looks without work after which the second thread ends (chosen).
_LOOK, _AGAIN, _IDLE = 0.1, 1.0, 50


class TookTooLong(BaseException):
    """Raised within the work that is ended; no ``except Exception`` on its way hides it."""


class TimeLimit:
    """Of the seconds for a run, each diagnosis may take a third of what those before it left, and
    at least a hundredth of all.

    So one that hangs is ended and leaves time for the others. For one thread at a time.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = self._left = seconds
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._worker = 0
        self._end = math.inf
        self._raised = False

    def restart(self) -> None:
        """From here on it is the next run's time."""
        self._left = self._seconds

    def run(self, work: Callable[[], T]) -> T:
        """What ``work`` returns. Raises TookTooLong, with a message, if it took too long."""
        if self._seconds == math.inf:
            return work()
        begin, seconds = time.monotonic(), max(self._left / 3, self._seconds / 100)
        try:
            try:
                self._start(begin + seconds)
                return work()
            finally:
                self._stop()
        except TookTooLong:
            self._stop()  # the exception may have come while the first one was at it
            raise TookTooLong(f"took longer than {seconds:.2g} s") from None
        finally:
            self._left -= time.monotonic() - begin

    def _start(self, end: float) -> None:
        with self._lock:
            self._end, self._worker, self._raised = end, threading.get_ident(), False
            if self._thread is None:
                name = "tb-diagnose-time"
                self._thread = threading.Thread(target=self._watch, name=name, daemon=True)
                self._thread.start()

    def _stop(self) -> None:
        with self._lock:
            self._end = math.inf
            if self._raised:
                _raise(self._worker, None)  # one that is still on its way comes too late

    def _watch(self) -> None:
        idle = 0
        while idle < _IDLE:
            time.sleep(_LOOK)
            with self._lock:
                idle = idle + 1 if self._end == math.inf else 0
                if time.monotonic() > self._end:
                    _raise(self._worker, TookTooLong)
                    self._raised, self._end = True, time.monotonic() + _AGAIN
                if idle == _IDLE:
                    self._thread = None


def _raise(thread: int, error: type[BaseException] | None) -> None:
    """Raises an exception in a thread as soon as that gets to the next line; None takes it back."""
    import ctypes  # noqa: PLC0415  takes a while, and is needed hardly ever

    value = None if error is None else ctypes.py_object(error)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), value)


#: No limit.
UNLIMITED = TimeLimit(math.inf)

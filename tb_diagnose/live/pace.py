"""When to do again what takes time: walk, read, judge, compare."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from types import TracebackType


class Pace:
    """Work that is to take at most a share of the time, however long it takes each time.

    ``with pace:`` does it; ``is_due`` once as long has passed since as ``share`` (of 1) asks for,
    and ``at_least`` so many seconds.
    """

    def __init__(
        self, share: float, *, at_least: float = 0.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rest = 1.0 / share - 1.0
        self._at_least = at_least
        self._clock = clock
        self._begin = 0.0
        self._due = -math.inf

    @property
    def is_due(self) -> bool:
        return self._clock() >= self._due

    def __enter__(self) -> None:
        self._begin = self._clock()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        end = self._clock()
        self._due = end + max(self._at_least, self._rest * (end - self._begin))

"""An array that grows at its end, without moving what has been handed out of it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Growing:
    """A column in the making.

    Views of it stay true while it grows: growing writes only behind them, or elsewhere. Memory
    that is reserved but not yet written to costs nothing.

    Attributes:
        size: number of elements so far.
    """

    __slots__ = ("_room", "size")

    def __init__(self, kind: np.dtype[Any], first: NDArray[Any] | None = None) -> None:
        self._room = _nothing(kind) if first is None else first
        self.size = len(self._room)

    @classmethod
    def adopting(cls, values: NDArray[Any]) -> Growing:
        """One whose first elements are an array that is not written to any more, as it is."""
        return cls(values.dtype, values)

    def stretch(self, count: int, outlook: float = 1.0) -> NDArray[Any]:
        """Room for ``count`` more elements, to be written to.

        ``outlook`` is how many times as long the column may come to be as it is then.
        """
        first, self.size = self.size, self.size + count
        if self.size > len(self._room):
            # Half as much again at least, so that growth costs in proportion to what is added.
            ahead = self.size * outlook if outlook > 1 else 1.5 * first
            room = np.empty(max(self.size, int(ahead) + 1), self._room.dtype)
            room[:first] = self._room[:first]
            self._room = room
        return self._room[first : self.size]

    def reaches(self, count: int) -> bool:
        """Whether there is room for ``count`` more elements without moving those there are."""
        return self.size + count <= len(self._room)

    def view(self) -> NDArray[Any]:
        """What is there so far, read-only."""
        view = self._room[: self.size]
        view.flags.writeable = False
        return view


@lru_cache(maxsize=16)
def _nothing(kind: np.dtype[Any]) -> NDArray[Any]:
    return np.empty(0, kind)

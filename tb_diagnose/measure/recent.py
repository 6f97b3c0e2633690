"""What was worked out of the last few arrays: many diagnoses ask the same of the same curve."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Generic, TypeVar

from numpy.typing import NDArray

T = TypeVar("T")


class Recent(Generic[T]):
    """Results by the array that they are of, and by what was asked.

    An array is known by itself, not by its values: it must not be written to meanwhile.
    """

    def __init__(self, kept: int) -> None:
        self._kept = kept
        # The array is kept as well, so that nothing else can come to have its id.
        self._known: OrderedDict[tuple[int, int], tuple[NDArray[Any], T]] = OrderedDict()

    def get(self, values: NDArray[Any], asked: int = 0) -> T | None:
        """What was noted of that array, None if it is not known."""
        known = self._known.get((id(values), asked))
        return None if known is None else known[1]

    def note(self, values: NDArray[Any], result: T, asked: int = 0) -> T:
        """Keeps a result for as long as there are not many others; returns it."""
        self._known[id(values), asked] = values, result
        if len(self._known) > self._kept:
            self._known.popitem(last=False)
        return result

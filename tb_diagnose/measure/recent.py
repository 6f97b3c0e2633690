"""What was worked out of the latest arrays: many diagnoses ask the same of the same curve."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any, Generic, TypeVar

from numpy.typing import NDArray

T = TypeVar("T")


#: So many results are kept: all that is asked of the runs that are judged together. But no more
#: than a few where the arrays have so many numbers in all (chosen: 8 MB).
_MOST, _FEW, _NUMBERS = 256, 16, 1 << 20


class Recent(Generic[T]):
    """Results by the array that they are of, and by what was asked.

    An array is known by itself, not by its values: it must not be written to meanwhile.
    """

    def __init__(self) -> None:
        # The array is kept as well, so that nothing else can come to have its id.
        self._known: OrderedDict[tuple[int, int], tuple[NDArray[Any], T]] = OrderedDict()
        self._numbers = 0

    def get(self, values: NDArray[Any], asked: int = 0) -> T | None:
        """What was noted of that array, None if it is not known."""
        known = self._known.get((id(values), asked))
        return None if known is None else known[1]

    def note(self, values: NDArray[Any], result: T, asked: int = 0) -> T:
        """Keeps a result for as long as there are not many others; returns it."""
        known, key = self._known, (id(values), asked)
        if key not in known:
            self._numbers += values.size
            while len(known) >= _MOST or (self._numbers > _NUMBERS and len(known) >= _FEW):
                _, (oldest, _) = known.popitem(last=False)
                self._numbers -= oldest.size
        known[key] = values, result
        return result

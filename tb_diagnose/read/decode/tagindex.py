"""From the bytes of tags to numbers, many at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
Numbers = NDArray[np.int64]
_UNKNOWN = -1


class TagIndex:
    """The tags of a file, numbered in the order in which they were met.

    A hash table with open addressing, in which all tags of a block are looked up at once: where
    the slot of a tag holds another hash, the next slot is its. What is found is then compared word
    by word, so that tags with equal hashes are never taken for one another.
    """

    def __init__(self) -> None:
        self.count = 0
        self._hashes = np.zeros(0, np.uint64)
        self._lengths = np.zeros(0, np.int64)
        self._words = np.zeros((0, 0), np.uint64)
        self._slots = np.full(1, _UNKNOWN, np.int64)

    def find(self, hashes: Words, words: list[Words], lengths: Numbers) -> Numbers:
        """[n] the number of each tag, -1 where it is not known."""
        if not self.count:
            return np.full(len(hashes), _UNKNOWN, np.int64)
        found = self._look_up(hashes)
        known = np.flatnonzero(found != _UNKNOWN)
        numbers = found[known]
        same = self._lengths[numbers] == lengths[known]
        for index, word in enumerate(words[: self._words.shape[1]]):
            same &= self._words[numbers, index] == word[known]
        found[known[~same]] = _UNKNOWN
        return found

    def add(self, hashes: Words, words: list[Words], lengths: Numbers) -> Numbers:
        """Numbers tags that are not known; returns which of those given are new, each once.

        A tag whose hash another one has already remains unknown.
        """
        _, chosen = np.unique(hashes, return_index=True)
        chosen = np.sort(chosen[self._look_up(hashes[chosen]) == _UNKNOWN])
        if len(chosen):
            self._extend(hashes[chosen], np.stack(words, axis=1)[chosen], lengths[chosen])
        return chosen

    def _extend(self, hashes: Words, words: Words, lengths: Numbers) -> None:
        wide = max(words.shape[1], self._words.shape[1])
        self._words = np.concatenate([_padded(self._words, wide), _padded(words, wide)])
        self._hashes = np.concatenate([self._hashes, hashes])
        self._lengths = np.concatenate([self._lengths, lengths])
        first, self.count = self.count, len(self._hashes)
        if 2 * self.count > len(self._slots):
            size = max(1 << 8, 1 << (4 * self.count).bit_length())
            self._slots = np.full(size, _UNKNOWN, np.int64)
            first = 0
        self._insert(np.arange(first, self.count))

    def _insert(self, numbers: Numbers) -> None:
        """Gives each number the first free slot from its own on, round by round."""
        slots = self._slot(self._hashes[numbers])
        while len(numbers):
            free = self._slots[slots] == _UNKNOWN
            self._slots[slots[free]] = numbers[free]
            # Where several wanted one slot, the last to write has got it.
            left = self._slots[slots] != numbers
            numbers, slots = numbers[left], (slots[left] + 1) % len(self._slots)

    def _look_up(self, hashes: Words) -> Numbers:
        slots = self._slot(hashes)
        found = self._slots[slots]
        if not self.count:
            return found
        missed = np.flatnonzero((found != _UNKNOWN) & (self._hashes[found] != hashes))
        while len(missed):
            slots[missed] = (slots[missed] + 1) % len(self._slots)
            found[missed] = self._slots[slots[missed]]
            other = (found[missed] != _UNKNOWN) & (self._hashes[found[missed]] != hashes[missed])
            missed = missed[other]
        return found

    def _slot(self, hashes: Words) -> Numbers:
        slots: Numbers = (hashes >> np.uint64(20)).astype(np.int64) % len(self._slots)
        return slots


def _padded(words: Words, wide: int) -> Words:
    return np.pad(words, ((0, 0), (0, wide - words.shape[1])))

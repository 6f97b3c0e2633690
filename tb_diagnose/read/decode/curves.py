"""The tags of one file by number, with what is to be known of each to take many points at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.levels import distinct
from tb_diagnose.read.columns.columns import Columns
from tb_diagnose.read.columns.distributions import Distributions
from tb_diagnose.read.columns.histograms import HISTOGRAM
from tb_diagnose.read.columns.table import Table
from tb_diagnose.read.decode import lockstep
from tb_diagnose.read.decode.lockstep import Parsed
from tb_diagnose.read.decode.tagindex import TagIndex
from tb_diagnose.read.wire.places import Octets, Places

#: Kinds of curves, by number; the first one is for tags that have no curve yet.
_KINDS = ("", "<f4", "<f8", HISTOGRAM)


class Curves:
    """Tags, their plugins and their columns.

    Attributes:
        plugins: [tags] the number of each tag's plugin.
        kinds: [tags] the kind of its curve, as an index of ``_KINDS``.
        places: [tags] the number that the table knows its curve by.
    """

    def __init__(
        self,
        columns: Columns,
        plugins: dict[bytes, bytes],
        table: Table,
        distributions: Distributions,
    ) -> None:
        self._columns, self._names = columns, plugins
        self._table, self._distributions = table, distributions
        self._index = TagIndex()
        self._tags: list[bytes] = []
        self._numbers: dict[bytes, int] = {b"": 0}
        self._valid = len(plugins), 0
        self.plugins = self.kinds = self.places = np.zeros(0, np.int64)

    def plugin(self, name: bytes) -> int:
        """The number of a plugin."""
        return self._numbers.setdefault(name, len(self._numbers))

    def numbers(self, octets: Octets, parsed: Parsed) -> Places:
        """[n] the number of each record's tag, -1 where there is none to be told."""
        words = lockstep.tag_words(octets, parsed)
        if not words:
            # Either nothing was parsed, or all tags are empty: too odd to be worth the trouble.
            return np.full(len(parsed.good), -1)
        hashes = lockstep.hashes(words, parsed.tag_lengths)
        found = self._index.find(hashes, words, parsed.tag_lengths)
        fresh = np.flatnonzero(parsed.good & (found < 0))
        if len(fresh):
            self._add(octets, parsed, fresh, hashes, words)
            found = self._index.find(hashes, words, parsed.tag_lengths)
        found[~parsed.good] = -1
        return found

    def _add(self, octets: Octets, parsed: Parsed, fresh: Places, hashes: lockstep.Words,
             words: list[lockstep.Words]) -> None:  # fmt: skip
        lengths = parsed.tag_lengths[fresh]
        chosen = fresh[self._index.add(hashes[fresh], [word[fresh] for word in words], lengths)]
        for at, length in zip(
            parsed.tags[chosen].tolist(), parsed.tag_lengths[chosen].tolist(), strict=True
        ):
            self._tags.append(octets[at : at + length].tobytes())
        new = self._tags[len(self.plugins) :]
        known = [self.plugin(self._names.get(tag, b"")) for tag in new]
        self.plugins = np.concatenate([self.plugins, np.array(known, np.int64)])
        self.kinds = np.concatenate([self.kinds, np.zeros(len(new), np.int64)])
        self.places = np.concatenate([self.places, np.full(len(new), -1)])

    def renew(self, number: int = -1) -> list[int]:
        """Looks again, after others were at work, and message of which tags other things hold now.

        ``number`` is the tag of the only record that was read meanwhile, -1 if it is not known.
        """
        now = len(self._names), self._table.widened
        if now == self._valid:
            return []
        self._valid = now
        numbers = [number] if number >= 0 else range(len(self._tags))
        return [each for each in numbers if self._look(each)]

    def _look(self, number: int) -> bool:
        before = int(self.plugins[number]), int(self.kinds[number])
        self.plugins[number] = self.plugin(self._names.get(self._tags[number], b""))
        if before[1]:
            self._settle(np.array([number]), _KINDS[before[1]])
        return before != (int(self.plugins[number]), int(self.kinds[number]))

    def accept(self, numbers: NDArray[np.int64], kind: str) -> NDArray[np.bool_]:
        """[n] whether the curves of these tags are of ``kind``; tags that have none get one."""
        wanted = _KINDS.index(kind)
        fresh = numbers[self.kinds[numbers] == 0]
        if len(fresh):
            self._settle(distinct(fresh), kind)
        fit: NDArray[np.bool_] = self.kinds[numbers] == wanted
        return fit

    def _settle(self, numbers: Places, kind: str) -> None:
        """Looks up, or makes, the curves of these tags."""
        table = self._distributions if kind == HISTOGRAM else self._table
        names = map(self._name, numbers.tolist())
        curves = [self._columns.column(name, kind) for name in names]
        self.kinds[numbers] = [_KINDS.index(curve.kind) for curve in curves]
        self.places[numbers] = [table.number(curve) for curve in curves]

    def _name(self, number: int) -> str:
        return self._tags[number].decode("utf-8", "replace")

"""Which layouts of records were met, in order, and what is to be expected from it."""

from __future__ import annotations

from tb_diagnose.read.decode.layouts import Layout
from tb_diagnose.read.decode.period import Period, period

#: So many records back a period is looked for.
_REACH = 1 << 13


class History:
    """The layouts of the latest records.

    Steps are no part of a layout, but their width in bytes is part of a record: for each layout
    the latest is remembered, and where one grows by a byte, those that were as wide are expected
    to grow as well.
    """

    def __init__(self) -> None:
        self._layouts: list[Layout] = []
        # How many records came before those in the list.
        self._before = 0
        self._widths: dict[Layout, int] = {}
        # Where two layouts in a row were met last: the number of the second record.
        self._pairs: dict[tuple[Layout, Layout], int] = {}
        self._match: int | None = None
        # What was repeated last, up to now: another time tells nothing new.
        self._latest: Period | None = None
        self._grown: tuple[int, int] | None = None

    def add(self, layout: Layout, width: int) -> None:
        """One more record, whose step is of ``width`` bytes."""
        before = self._widths.get(layout)
        self._grown = (before, width) if before is not None and width == before + 1 else None
        self._widths[layout] = width
        self._latest = None
        self._match = self._append(layout)
        if len(self._layouts) > 4 * _REACH:
            self._before += len(self._layouts) - _REACH
            del self._layouts[:-_REACH]
            if len(self._pairs) > 4 * _REACH:
                self._pairs.clear()

    def clear(self) -> None:
        """Forgets the order: records were read that were not told."""
        self._layouts.clear()
        self._pairs.clear()
        self._before = 0
        self._match = self._latest = None

    def repeat(self, found: Period, count: int, records: int) -> None:
        """The records of ``found``, ``count`` times, and the first ``records`` once more."""
        self._match = None
        if found is self._latest and not records:
            return
        if count * len(found.layouts) > _REACH:
            # All else is out of reach then, and one time tells as much as all of them.
            self.clear()
            count = 1
        self._layouts += found.layouts * (count - 1)
        for layout in found.layouts * (count > 0) + found.layouts[:records]:
            self._append(layout)
        self._latest = None if records else found

    def prediction(self) -> Period | None:
        """What is expected to repeat from now on; None if nothing is.

        The last two layouts were met before: what followed then is what follows now.
        """
        if self._match is None or self._before + len(self._layouts) - self._match > _REACH:
            return None
        expected = self._layouts[self._match + 1 - self._before :]
        if self._grown is not None:
            before, width = self._grown
            for layout in expected:
                if self._widths[layout] == before:
                    self._widths[layout] = width
            self._grown = None
        return period(tuple(expected), tuple(map(self._widths.__getitem__, expected)))

    def _append(self, layout: Layout) -> int | None:
        """Adds a layout; returns where it was met last behind the one that it follows now."""
        known = None
        if self._layouts:
            pair = self._layouts[-1], layout
            known = self._pairs.get(pair)
            self._pairs[pair] = self._before + len(self._layouts)
        self._layouts.append(layout)
        return known

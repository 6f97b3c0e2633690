"""Runs judged again as they grow."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from heapq import nlargest

from tb_diagnose.core.format import plural
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.compare import RunSummary, summarize_run
from tb_diagnose.engine.examine import Examination, examine
from tb_diagnose.parallel.local import one_line
from tb_diagnose.plugin.feeds import Feed, Source
from tb_diagnose.plugin.snapshot import Entry, Snapshot
from tb_diagnose.plugin.together import Together
from tb_diagnose.report.document import assembled
from tb_diagnose.report.document.run import run_part
from tb_diagnose.report.document.schema import POINTS, Problem
from tb_diagnose.report.page.overview import line

#: A run is judged again at the earliest this many times as long after the last time as that took:
#: judging a log of ten million points every second would take TensorBoard's own time.
_PAUSE = 4.0
#: Points to hold in memory, at 60 bytes each; the runs that changed least lately are put aside.
_HELD = 10_000_000
#: Runs that are looked at in every round, those that changed last; of the others, a quarter.
_LATELY, _TURNS = 128, 4
_log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Kept:
    """One feed: what came of it when it was last judged, and when to judge it again.

    Attributes:
        held: what its entries were judged from, with so many points; empty once put aside.
        glances: of each entry, what a comparison with other runs needs.
        changed: how many changes there had been when it changed last.
    """

    feed: Feed
    entries: list[Entry] = field(default_factory=list)
    glances: list[RunSummary] = field(default_factory=list)
    held: list[Examination] = field(default_factory=list)
    points: int = 0
    changed: int = 0
    pending: bool = True
    due: float = float("-inf")
    problem: str = ""


class Following:
    """Reads and judges what a source gives; ``snapshot`` is what is known so far."""

    def __init__(
        self,
        source: Source,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.monotonic,
        held: int = _HELD,
    ) -> None:
        self._source = source
        self._settings = settings
        self._clock = clock
        self._most = held
        self._kept: dict[str, _Kept] = {}
        self._together = Together(settings, clock, _PAUSE)
        # Greater than every version before a restart, so that an open page sees the difference.
        self._version = int(time.time() * 1000)
        self._rounds = self._changes = 0
        self._through = False
        self._lock = threading.Lock()
        #: The entries that were last read again for an answer, and what came of it.
        self._again: tuple[list[Entry], list[Examination]] = [], []

    def round(self) -> Iterator[bool]:
        """One look at everything. Yields after each feed whether there is anything new."""
        feeds = self._source.feeds()
        gone = self._kept.keys() - feeds.keys()
        for key in gone:
            del self._kept[key]
        if gone:
            self._together.changed()
            yield True
        for key, feed in feeds.items():
            if key not in self._kept or self._kept[key].feed is not feed:
                self._kept[key] = _Kept(feed)
        for key in self._turn():
            yield self._refreshed(key)
        self._through = True
        if self._together.due:
            yield True

    def _turn(self) -> list[str]:
        """The feeds whose turn it is: a thousand finished runs must not cost what live ones do."""
        self._rounds += 1
        lately = nlargest(_LATELY, (kept.changed for kept in self._kept.values()))
        return [
            key
            for place, (key, kept) in enumerate(self._kept.items())
            if kept.pending or kept.changed >= lately[-1] or (place + self._rounds) % _TURNS == 0
        ]

    def _refreshed(self, key: str) -> bool:
        kept = self._kept[key]
        try:
            kept.pending |= kept.feed.refresh()
            begin = self._clock()
            if not kept.pending or begin < kept.due:
                return False
            kept.pending = False
            self._judge(kept)
            kept.problem = ""
            end = self._clock()
            kept.due = end + _PAUSE * (end - begin)
        except Exception as error:  # noqa: BLE001  one folder's failure must not hinder the others
            message = f"{key} was not read: {one_line(error)}"
            if message == kept.problem:
                return False
            _log.exception("%s", message)
            kept.problem, kept.entries, kept.glances, kept.held = message, [], [], []
        self._together.changed()
        self._changes += 1
        kept.changed = self._changes
        self._spare()
        return True

    def _judge(self, kept: _Kept) -> None:
        kept.held = [examine(run, self._settings) for run in kept.feed.runs()]
        kept.points = sum(each.run.points for each in kept.held)
        kept.glances = []
        if self._together.wanted:
            kept.glances = [summarize_run(each.analysis) for each in kept.held]
        kept.entries = []
        for at, examination in enumerate(kept.held):
            part = run_part(examination, POINTS)
            again = partial(self._examined, kept, at)
            shown = {**line(part, examination.run.hparams), "changed": self._version + 1}
            kept.entries.append(Entry(part, shown, again))

    def _examined(self, kept: _Kept, at: int) -> Examination:
        """What a run was judged from; called by the threads that answer."""
        if held := kept.held:
            return held[at]
        with self._lock:
            # A page asks for several curves of a run, one after another.
            if self._again[0] is not kept.entries:
                runs = kept.feed.again()
                self._again = kept.entries, [examine(run, self._settings) for run in runs]
            return self._again[1][at]

    def _spare(self) -> None:
        """Put aside what changed longest ago until the rest is small enough; not the newest."""
        points = sum(kept.points for kept in self._kept.values())
        if points <= self._most:
            return
        held = (kept for kept in self._kept.values() if kept.points)
        for kept in sorted(held, key=lambda kept: kept.changed)[:-1]:
            if points > self._most:
                points -= kept.points
                kept.feed.put_aside()
                kept.held, kept.points = [], 0

    def snapshot(self) -> Snapshot:
        """What is known now, as a new version."""
        self._version += 1
        entries: dict[str, Entry] = {}
        glances: dict[str, RunSummary] = {}
        for kept in self._kept.values():
            names = []
            for each in kept.entries:
                entry = _named(each, entries)
                names.append(entry.part["name"])
                entries[names[-1]] = entry
            glances.update(zip(names, kept.glances, strict=False))
        problems = [
            Problem(path=key, message=kept.problem)
            for key, kept in self._kept.items()
            if kept.problem
        ]
        parts = (each.part for each in entries.values())
        document = assembled(parts, self._together.outcomes(glances), problems)
        return Snapshot(
            version=self._version,
            state="ready" if entries or problems else "empty" if self._through else "starting",
            message=self._message(len(entries)),
            sampled=self._source.sampled,
            read=len(self._kept) - len(self._unread),
            folders=len(self._kept),
            entries={part["name"]: entries[part["name"]] for part in document["runs"]},
            document=document,
        )

    @property
    def _unread(self) -> list[str]:
        """Folders of which nothing is known yet."""
        kept = self._kept.items()
        return [key for key, each in kept if not (each.changed or each.problem)]

    def _message(self, runs: int) -> str:
        if not self._through:
            done = len(self._kept) - len(self._unread)
            return f"Reading {self._source.where}: {done:,} of {plural(len(self._kept), 'folder')}."
        if not runs:
            return (
                f"No event files yet in {self._source.where}. "
                "This page fills itself as soon as a training writes some."
            )
        return ""


def _named(entry: Entry, taken: Mapping[str, object]) -> Entry:
    """The run under a name that no run of another log directory has."""
    given = entry.part["name"]
    name, number = given, 1
    while name in taken:
        number += 1
        name = f"{given} ({number})"
    if name == given:
        return entry
    return replace(entry, part={**entry.part, "name": name}, line={**entry.line, "name": name})

"""Runs judged again as they grow."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tb_diagnose.diagnosis import registry
from tb_diagnose.examine import Examination, compare, examine
from tb_diagnose.findings import Outcome
from tb_diagnose.fleet import told
from tb_diagnose.plugin.feeds import Feed, Source
from tb_diagnose.plugin.snapshot import Entry, Snapshot, line
from tb_diagnose.report.document import assembled
from tb_diagnose.report.run import run_part
from tb_diagnose.report.shapes import POINTS, Problem, RunPart
from tb_diagnose.runs import Run
from tb_diagnose.settings import Settings

#: A run is judged again at the earliest this many times as long after the last time as that took:
#: judging a log of ten million points every second would take TensorBoard's own time.
_PAUSE = 4.0
_log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Kept:
    """One feed: what came of it when it was last judged, and when to judge it again."""

    feed: Feed
    judged: list[tuple[Examination, RunPart, int]] = field(default_factory=list)
    pending: bool = True
    due: float = float("-inf")
    problem: str = ""


class Following:
    """Reads and judges what a source gives; ``snapshot`` is what is known so far."""

    def __init__(
        self, source: Source, settings: Settings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._source = source
        self._settings = settings
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        # Greater than every version before a restart, so that an open tab sees the difference.
        self._version = int(time.time() * 1000)
        self._seen = False
        self._compared: Sequence[Outcome] = ()
        self._compared_due = float("-inf")

    def round(self) -> Iterator[bool]:
        """One look at everything. Yields after each feed whether anything changed with it."""
        feeds = self._source.feeds()
        gone = self._kept.keys() - feeds.keys()
        for key in gone:
            del self._kept[key]
        if gone:
            yield True
        for key, feed in feeds.items():
            kept = self._kept.get(key)
            if kept is None or kept.feed is not feed:
                kept = self._kept[key] = _Kept(feed)
            yield self._refreshed(key, kept)
        self._seen = True

    def _refreshed(self, key: str, kept: _Kept) -> bool:
        try:
            kept.pending |= kept.feed.refresh()
            begin = self._clock()
            if not kept.pending or begin < kept.due:
                return False
            kept.pending = False
            kept.judged = [self._judged(run) for run in kept.feed.runs()]
            kept.problem = ""
            end = self._clock()
            kept.due = end + _PAUSE * (end - begin)
        except Exception as error:  # noqa: BLE001  one folder's failure must not hinder the others
            says = f"{key} was not read: {told(error)}"
            if says == kept.problem:
                return False
            _log.exception("%s", says)
            kept.problem, kept.judged = says, []
        return True

    def _judged(self, run: Run) -> tuple[Examination, RunPart, int]:
        examination = examine(run, self._settings)
        return examination, run_part(examination, POINTS), self._version + 1

    def snapshot(self) -> Snapshot:
        """What is known now, as a new version."""
        self._version += 1
        entries: dict[str, Entry] = {}
        for kept in self._kept.values():
            for examination, part, changed in kept.judged:
                named = _named(part, entries)
                roles = examination.roles
                entries[named["name"]] = Entry(
                    named, line(named, changed), examination.run, roles, changed
                )
        problems = [
            Problem(path=key, says=kept.problem) for key, kept in self._kept.items() if kept.problem
        ]
        parts = (each.part for each in entries.values())
        document = assembled(parts, self._across(), problems)
        return Snapshot(
            version=self._version,
            state="ready" if entries or problems else "empty" if self._seen else "starting",
            message=self._message(len(entries)),
            sampled=self._source.sampled,
            entries={part["name"]: entries[part["name"]] for part in document["runs"]},
            document=document,
        )

    def _across(self) -> Sequence[Outcome]:
        """What the runs say together, judged no more often than it takes."""
        begin = self._clock()
        if begin >= self._compared_due and any(each.several for each in registry().values()):
            runs = [each for kept in self._kept.values() for each, _, _ in kept.judged]
            self._compared = compare(runs, self._settings) if len(runs) > 1 else ()
            end = self._clock()
            self._compared_due = end + _PAUSE * (end - begin)
        return self._compared

    def _message(self, runs: int) -> str:
        done = sum(not kept.pending for kept in self._kept.values())
        if not self._seen:
            return f"Reading {self._source.where}: {done} folders so far."
        if not runs:
            return (
                f"No event files yet in {self._source.where}. "
                "This page fills itself as soon as a training writes some."
            )
        return ""


def _named(part: RunPart, taken: Mapping[str, object]) -> RunPart:
    """The part under a name that no other run of another log directory has."""
    name, number = part["name"], 1
    while name in taken:
        number += 1
        name = f"{part['name']} ({number})"
    return part if name == part["name"] else {**part, "name": name}

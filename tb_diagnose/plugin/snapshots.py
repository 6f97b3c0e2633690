"""From what the monitor holds to what the tab shows."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from tb_diagnose.core.format import plural
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.compare import RunSummary, summarize_run
from tb_diagnose.engine.examine import Examination
from tb_diagnose.engine.time_limit import TimeLimit
from tb_diagnose.live.monitor import HELD, Monitor
from tb_diagnose.live.sources import Source
from tb_diagnose.plugin.comparison import Comparison
from tb_diagnose.plugin.snapshot import Entry, Snapshot
from tb_diagnose.report.document import assembled
from tb_diagnose.report.document.run import run_part
from tb_diagnose.report.document.schema import POINTS, RunPart
from tb_diagnose.report.page.overview import line

#: Share of the time for a run, and for comparing: judging a log of ten million points every second
#: would take TensorBoard's own time (chosen).
_SHARE = 0.2
#: Seconds for the diagnoses of a run, of which one may take a third (chosen: ten million points of
#: fifty curves take a tenth of it).
_SECONDS = 90.0
_log = logging.getLogger(__name__)


class _Rendered(NamedTuple):
    """What is kept of a run: its part of the document, its line, what others are compared with."""

    part: RunPart
    line: Mapping[str, Any]
    summary: RunSummary | None


class Snapshots:
    """Reads and judges what a source gives; ``snapshot`` is what is known so far."""

    def __init__(
        self,
        source: Source,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.monotonic,
        held: float = HELD,
        seconds: float = _SECONDS,
    ) -> None:
        self._comparison = Comparison(settings, _SHARE, clock)
        self._monitor = Monitor(
            source,
            settings,
            self._rendered,
            share=_SHARE,
            held=held,
            time_limit=TimeLimit(seconds),
            clock=clock,
        )
        # Greater than every version before a restart, so that an open page sees the difference.
        self._version = int(time.time() * 1000)

    def look(self) -> Iterator[None]:
        """One look at everything. Yields whenever there is anything new."""
        for update in self._monitor.look():
            if update.problem is not None:
                _log.error("%s", update.problem["message"])
            self._comparison.changed()
            yield
        if self._comparison.is_due:
            yield

    def snapshot(self) -> Snapshot:
        """What is known now, as a new version."""
        self._version += 1
        entries: dict[str, Entry] = {}
        summaries: dict[str, RunSummary] = {}
        for folder in self._monitor.folders.values():
            for at, run in enumerate(folder.runs):
                data = partial(self._monitor.data, folder, at)
                entry = _named(Entry(run.rendered.part, run.rendered.line, data), entries)
                entries[entry.part["name"]] = entry
                if run.rendered.summary is not None:
                    summaries[entry.part["name"]] = run.rendered.summary
        problems = self._monitor.problems()
        parts = (entry.part for entry in entries.values())
        document = assembled(parts, self._comparison.outcomes(summaries), problems)
        complete = self._monitor.complete
        return Snapshot(
            version=self._version,
            state="ready" if entries or problems else "empty" if complete else "starting",
            message=self._message(len(entries)),
            sampled=self._monitor.source.sampled,
            read=self._read,
            folders=len(self._monitor.folders),
            entries={part["name"]: entries[part["name"]] for part in document["runs"]},
            document=document,
        )

    def _rendered(self, examination: Examination) -> _Rendered:
        part = run_part(examination, POINTS)
        shown = {**line(part, examination.run.hparams), "changed": self._version + 1}
        wanted = self._comparison.wanted
        summary = summarize_run(examination.analysis) if wanted else None
        return _Rendered(part, shown, summary)

    @property
    def _read(self) -> int:
        """Folders of which something is known."""
        return sum(bool(folder.changed) for folder in self._monitor.folders.values())

    def _message(self, runs: int) -> str:
        where = self._monitor.source.where
        if not self._monitor.complete:
            folders = plural(len(self._monitor.folders), "folder")
            return f"Reading {where}: {self._read:,} of {folders}."
        if not runs:
            return (
                f"No event files yet in {where}. "
                "This page fills itself as soon as a training writes some."
            )
        return ""


def _named(entry: Entry, taken: Mapping[str, object]) -> Entry:
    """The run under a name that no run of another log directory has."""
    original = name = entry.part["name"]
    number = 1
    while name in taken:
        number += 1
        name = f"{original} ({number})"
    if name == original:
        return entry
    return replace(entry, part={**entry.part, "name": name}, line={**entry.line, "name": name})

"""The diagnoses in the training loop: each finding is reported once, and again if it worsens."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tb_diagnose.attach.core.detach import CallbackRaised
from tb_diagnose.core.settings import Settings, load
from tb_diagnose.engine.contract import registry
from tb_diagnose.engine.examine import Examination
from tb_diagnose.live.changes import Reported
from tb_diagnose.live.monitor import Monitor
from tb_diagnose.live.pace import Pace
from tb_diagnose.live.sources import Feed, Folders, LogDirectory
from tb_diagnose.report.document.run import run_part
from tb_diagnose.report.document.schema import POINTS, OutcomePart
from tb_diagnose.report.terminal.finding import finding
from tb_diagnose.report.text.phrases import grouped
from tb_diagnose.report.text.screen import Screen

_log = logging.getLogger("tb_diagnose")
#: Share of the training's time that looking may take (chosen: the budget of attach).
_SHARE = 0.02


@dataclass(frozen=True)
class Finding:
    """What ``on_finding`` is called with.

    Attributes:
        id, severity: the diagnosis and how severe the case is.
        text: what ``tb-diagnose`` prints about it.
        outcome: the finding as it stands in the JSON document.
    """

    id: str
    severity: str
    text: str
    outcome: OutcomePart


OnFinding = Callable[[Finding], object] | Literal["warn", "stop"] | None


class LiveMonitor:
    """Examines the newest run of a log directory as it grows.

    Findings that ``before``, an earlier monitor of the same directory, reported are not reported
    again.
    """

    def __init__(
        self, folder: Path, on_finding: OnFinding, before: LiveMonitor | None = None
    ) -> None:
        if not (callable(on_finding) or on_finding in ("warn", "stop")):
            raise ValueError(f'on_finding is "warn", "stop" or a function, not {on_finding!r}')
        self._folder, self._on_finding = folder, on_finding
        self._pace = Pace(_SHARE)
        self._reported: Reported = before._reported if before else Reported()  # noqa: SLF001
        self._monitor: Monitor[Examination] | None = None
        registry()  # imported now, so that the first look does not count it as its own time

    def check(self, *, last: bool = False) -> bool:
        """Tell what is new; True if the training is to stop.

        Looks again only when it has paid: after fifty times as long as the last look took.
        Raises ``Raised`` around what the user's function raises.
        """
        if not (last or self._pace.is_due):
            return False
        stop = False
        with self._pace:
            for finding_of_run in self._new(ended=last):
                stop |= self._tell(finding_of_run)
        return stop

    def _new(self, *, ended: bool) -> Iterator[Finding]:
        if self._monitor is None:
            source = _LastWritten([LogDirectory(self._folder)])
            self._monitor = Monitor(source, load(Settings()), lambda examination: examination)
        for update in self._monitor.look(ended=ended):
            if update.problem is not None:
                _log.warning("tb-diagnose: %s", update.problem["message"])
            if update.folder is not None and update.folder.runs:
                yield from self._findings(update.folder.runs[-1].rendered)

    def _findings(self, examination: Examination) -> Iterator[Finding]:
        found = self._reported.update(examination.outcomes).found
        if not found:
            return
        part = run_part(examination, POINTS)
        for head, led in grouped(part["outcomes"]):
            if head["id"] in found:
                text = "\n".join(finding(head, led, part["curves"], None, Screen()))
                yield Finding(head["id"], str(head["severity"]), text, head)

    def _tell(self, found: Finding) -> bool:
        if callable(self._on_finding):
            try:
                self._on_finding(found)
            except Exception as error:
                raise CallbackRaised(error) from error
            return False
        _log.warning("tb-diagnose\n%s", found.text)
        return self._on_finding == "stop" and found.severity == "critical"


class _LastWritten(Folders):
    """Of all folders of runs below a directory the one that was written to last: this training's
    own.
    """

    def feeds(self, *, at_once: bool = False) -> Mapping[str, Feed]:
        found = super().feeds(at_once=at_once)
        last = max(found, key=lambda path: found[path].written(), default=None)
        return {} if last is None else {last: found[last]}

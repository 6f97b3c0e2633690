"""The diagnoses in the training loop: each finding is reported once, and again if it worsens."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tb_diagnose.attach.core.detach import CallbackRaised
from tb_diagnose.core.finding import Severity
from tb_diagnose.core.settings import Settings, load
from tb_diagnose.engine.contract import registry
from tb_diagnose.engine.examine import examine
from tb_diagnose.read import Cluster, Follower, NothingToRead, clusters
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
        #: Findings that were reported, and the rank of their severity then.
        self._reported: dict[str, int] = before._reported if before else {}  # noqa: SLF001
        self._follower: Follower | None = None
        self._settings: Settings | None = None
        self._next = 0.0
        registry()  # imported now, so that the first look does not count it as its own time

    def check(self, *, last: bool = False) -> bool:
        """Tell what is new; True if the training is to stop.

        Looks again only when it has paid: after fifty times as long as the last look took.
        Raises ``Raised`` around what the user's function raises.
        """
        began = time.monotonic()
        if began < self._next and not last:
            return False
        stop = False
        for finding_of_run in self._new(growing=not last):
            stop |= self._tell(finding_of_run)
        took = time.monotonic() - began
        self._next = began + took / _SHARE
        return stop

    def _new(self, *, growing: bool) -> Iterator[Finding]:
        if self._follower is None:
            if (cluster := self._cluster()) is None:
                return
            self._follower, self._settings = Follower(cluster), load(Settings())
        self._follower.refresh()
        runs = self._follower.runs()
        if not runs or self._settings is None:
            return
        part = run_part(examine(runs[-1], self._settings, growing=growing), POINTS)
        for head, led in grouped(part["outcomes"]):
            rank = Severity(head["severity"]).rank
            if rank < self._reported.get(head["id"], len(Severity)):
                self._reported[head["id"]] = rank
                text = "\n".join(finding(head, led, part["curves"], None, Screen()))
                yield Finding(head["id"], str(head["severity"]), text, head)

    def _cluster(self) -> Cluster | None:
        try:
            return next(iter(clusters([self._folder])), None)
        except NothingToRead:
            return None

    def _tell(self, found: Finding) -> bool:
        if callable(self._on_finding):
            try:
                self._on_finding(found)
            except Exception as error:
                raise CallbackRaised(error) from error
            return False
        _log.warning("tb-diagnose\n%s", found.text)
        return self._on_finding == "stop" and found.severity == "critical"

"""A clock for tests of what follows logs, and what a look brings."""

from __future__ import annotations

from typing import Any

from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.examine import Examination
from tb_diagnose.live.folder import REST
from tb_diagnose.live.monitor import Monitor
from tb_diagnose.live.sources import Folders, LogDirectory
from tb_diagnose.read import Place, place
from tb_diagnose.report.document.run import run_part
from tb_diagnose.report.document.schema import RunPart

#: What most of these tests ask for: decidable at the first NaN, and not before.
ONLY = Settings(select=("non-finite-values",))
#: Name, findings that are new or worse, and those that are gone.
Seen = list[tuple[str, list[str], list[str]]]


class Clock:
    """Time that passes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def part(examination: Examination) -> RunPart:
    return run_part(examination, 120)


def watching(
    *paths: Place | str, clock: Clock | None = None, settings: Settings = ONLY, **options: Any
) -> tuple[Monitor[RunPart], Clock]:
    """A monitor of everything below the paths."""
    clock = clock or Clock()
    folders = Folders([LogDirectory(place(path)) for path in paths], clock=clock)
    return Monitor(folders, settings, part, clock=clock, **options), clock


def seen(watched: tuple[Monitor[RunPart], Clock], seconds: float = 60.0) -> Seen:
    """So many seconds later: what there is to report of runs."""
    monitor, clock = watched
    clock.now += seconds
    return [
        (run.rendered["name"], sorted(run.changes.found), [*run.changes.gone])
        for update in monitor.look()
        for run in (update.folder.runs if update.folder else ())
        if run.changes.found or run.changes.gone
    ]


def rested(watched: tuple[Monitor[RunPart], Clock]) -> Seen:
    """What there is to report once nothing has changed for long."""
    return [*seen(watched), *seen(watched, REST + 1)]


def parts(watched: tuple[Monitor[RunPart], Clock]) -> list[RunPart]:
    """What is held of all runs."""
    return [run.rendered for folder in watched[0].folders.values() for run in folder.runs]

"""The loop of ``--watch``: looks and pauses, what is printed, and the end by Control-C."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from tb_diagnose.core.finding import Severity
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.time_limit import TimeLimit
from tb_diagnose.live.changes import Changes
from tb_diagnose.live.folder import FollowedRun
from tb_diagnose.live.monitor import Monitor
from tb_diagnose.live.sources import Folders, LogDirectory
from tb_diagnose.read import place
from tb_diagnose.report.document import summary
from tb_diagnose.report.document.run import run_part
from tb_diagnose.report.document.schema import POINTS, Problem, RunPart
from tb_diagnose.report.terminal import news
from tb_diagnose.report.text.phrases import total
from tb_diagnose.report.text.screen import Screen, plain

#: Prints a text; False once nobody reads it any more.
Write = Callable[[str], bool]
#: Share of the time for a run; seconds for its diagnoses, of which one may take a third (chosen).
_SHARE, _SECONDS = 0.2, 90.0
#: Seconds of a pause that is longer than asked for, at most (chosen).
_PAUSE = 10.0


def monitor(
    paths: Sequence[str],
    settings: Settings,
    *,
    checksum: bool = True,
    clock: Callable[[], float] = time.monotonic,
) -> Monitor[RunPart]:
    """What ``--watch`` follows.

    Raises OSError, one sentence, where what it takes to read an address is not installed.
    """
    directories = [LogDirectory(place(path)) for path in paths]
    return Monitor(
        Folders(directories, checksum=checksum, clock=clock),
        settings,
        partial(run_part, points=POINTS, brief=True),
        share=_SHARE,
        time_limit=TimeLimit(_SECONDS),
        clock=clock,
    )


def watch_logs(
    monitor: Monitor[RunPart],
    write: Write,
    screen: Screen | None,
    interval: float,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Look at the logs every ``interval`` seconds until Control-C, or until nobody listens.

    A look that takes longer is followed by a pause as long as itself, or of 10 s. A finding is
    reported once: when it becomes decidable, and again only if it gets worse; one that holds no
    longer is reported once, too. Without a ``screen``, each is one JSON object a line. Returns the
    rank of the worst finding that was reported; that of none is ``len(Severity)``.
    """
    worst, first = len(Severity), True
    try:
        while True:
            begin = time.monotonic()
            for text, rank in _news(monitor, screen):
                worst = min(worst, rank)
                if not write(text):
                    return worst
            if first and not write(_total(monitor, screen)):
                return worst
            first = False
            pause(max(interval, min(time.monotonic() - begin, _PAUSE)))
    except KeyboardInterrupt:
        write(_total(monitor, screen))
    return worst


def _news(monitor: Monitor[RunPart], screen: Screen | None) -> Iterator[tuple[str, int]]:
    """What is new at one look: a text, and the rank of the worst finding in it."""
    for update in monitor.look():
        if update.problem is not None:
            yield _problem(update.problem, screen), len(Severity)
        for run in update.folder.runs if update.folder is not None else ():
            if run.changes.found or run.changes.gone:
                yield _changes(run.rendered, run.changes, screen), _worst(run)


def _worst(run: FollowedRun[RunPart]) -> int:
    found = (each for each in run.rendered["outcomes"] if each["id"] in run.changes.found)
    return min((Severity(each["severity"]).rank for each in found), default=len(Severity))


def _changes(part: RunPart, changes: Changes, screen: Screen | None) -> str:
    if screen is None:
        return news.lines(part, changes.found, changes.gone)
    return news.told(part, changes.found, changes.gone, screen)


def _problem(problem: Problem, screen: Screen | None) -> str:
    path, message = problem["path"], problem["message"]
    if screen is None:
        return json.dumps({"path": path, "problem": message}, ensure_ascii=False) + "\n"
    return screen.finish(f"{screen.paint('✗', 'red', 'bold')} {plain(message)}\n\n")


def _total(monitor: Monitor[RunPart], screen: Screen | None) -> str:
    """How all runs fare, when the watch begins and when it ends."""
    if screen is None:
        return ""
    parts = [run.rendered for folder in monitor.folders.values() for run in folder.runs]
    problems = len(monitor.problems())
    if not parts and not problems:
        return "No event files yet.\n"
    points = sum(part["points"] for part in parts)
    fares = summary([part["verdict"] for part in parts], points, problems)
    return screen.finish(screen.paint(total(fares), "bold") + "\n")

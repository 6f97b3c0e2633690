"""The loop of ``--watch``: looks and pauses, what is printed, and the end by Control-C."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from tb_diagnose.core.finding import Severity
from tb_diagnose.live.monitor import Watch
from tb_diagnose.live.state import News
from tb_diagnose.report.terminal import news
from tb_diagnose.report.text.phrases import total
from tb_diagnose.report.text.screen import Screen, plain

#: Prints a text; False once nobody reads it any more.
Write = Callable[[str], bool]


def watch_logs(
    watch: Watch,
    write: Write,
    screen: Screen | None,
    interval: float,
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Look at the logs every ``interval`` seconds until Control-C, or until nobody listens.

    A look that takes longer than that is followed by a pause as long as itself. Without a
    ``screen``, what is new is written as one JSON object a line. Returns the rank of the worst
    finding that was told; that of none is ``len(Severity)``.
    """
    worst, looks = len(Severity), 0
    try:
        while True:
            begin = time.monotonic()
            for each in watch.look():
                if isinstance(each, News):
                    worst = min(worst, *_ranks(each))
                    text = _news(each, screen)
                else:
                    text = _problem(each["path"], each["message"], screen)
                if not write(text):
                    return worst
            if not looks and not write(_total(watch, screen)):
                return worst
            looks += 1
            pause(max(interval, time.monotonic() - begin))
    except KeyboardInterrupt:
        write(_total(watch, screen))
    return worst


def _ranks(each: News) -> list[int]:
    outcomes = each.part["outcomes"]
    found = [Severity(one["severity"]).rank for one in outcomes if one["id"] in each.found]
    return [*found, len(Severity)]


def _news(each: News, screen: Screen | None) -> str:
    if screen is None:
        return news.lines(each.part, each.found, each.gone)
    return news.told(each.part, each.found, each.gone, screen)


def _problem(path: str, message: str, screen: Screen | None) -> str:
    if screen is None:
        return json.dumps({"path": path, "problem": message}, ensure_ascii=False) + "\n"
    return screen.finish(f"{screen.paint('✗', 'red', 'bold')} {plain(message)}\n\n")


def _total(watch: Watch, screen: Screen | None) -> str:
    """How all runs fare, when the watch begins and when it ends."""
    if screen is None:
        return ""
    summary = watch.summary()
    if not summary["runs"] and not summary["problems"]:
        return "No event files yet.\n"
    return screen.finish(screen.paint(total(summary), "bold") + "\n")

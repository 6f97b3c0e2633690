"""What each route answers: from a snapshot and the words of a query to bytes."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from tb_diagnose.engine.docs import articles
from tb_diagnose.plugin import frames
from tb_diagnose.plugin.exports import export
from tb_diagnose.plugin.questions import BINARY, Answer, Question, Refused, data_of
from tb_diagnose.report.document.numbers import text
from tb_diagnose.report.page.charts import Drawn, drawn
from tb_diagnose.report.page.heats import heat as heat_map
from tb_diagnose.report.page.heats import heats as heat_maps

#: Points of a curve at least and at most, where the query does not say, and of all curves at most.
_FEWEST, _MOST, _POINTS, _ALL = 4, 20_000, 2_000, 1_000_000


def state(question: Question) -> Answer:
    """What is asked every two seconds: cheap."""
    snapshot = question.snapshot
    return _json(
        {
            "version": snapshot.version,
            "state": snapshot.state,
            "message": text(snapshot.message),
            "sampled": snapshot.sampled,
            "runs": len(snapshot.entries),
            "read": snapshot.read,
            "folders": snapshot.folders,
        }
    )


def runs(question: Question) -> Answer:
    """The list of runs: all names, worst first, and the lines that changed ``since`` a version."""
    snapshot, document = question.snapshot, question.document()
    since = question.number("since", 0)
    return _json(
        {
            "version": snapshot.version,
            "names": list(snapshot.entries),
            "runs": [
                each.line for each in snapshot.entries.values() if each.line["changed"] > since
            ],
            "summary": document["summary"],
            "comparisons": document["comparisons"],
            "problems": document["problems"],
        }
    )


def run(question: Question) -> Answer:
    """A run's part of the document."""
    return _json(question.entry("name").part)


def curves(question: Question) -> Answer:
    """Curves of one run at raw resolution, thinned out to what a screen can show."""
    known = {text(each.name): each for each in data_of(question.entry()).run.scalars}
    points = max(_FEWEST, int(question.number("points", _POINTS, most=_MOST)))
    names = question.names()
    if len(names) * points > _ALL:
        most = f"{_ALL:,} points"
        raise Refused(
            400, f"{len(names)} curves of {points:,} points are more than {most} together"
        )
    low, high = question.number("from", -math.inf), question.number("to", math.inf)
    shown = [
        drawn(known[name], points, low, high) if name in known else Drawn.none(name)
        for name in names
    ]
    return Answer(frames.curves(shown), BINARY)


def heats(question: Question) -> Answer:
    """The heat maps that a run offers."""
    kinds = heat_maps(data_of(question.entry()).roles.values)
    return _json([each._asdict() for each in kinds])


def heat(question: Question) -> Answer:
    """One heat map."""
    vital = question.query.get("vital", "")
    found = heat_map(data_of(question.entry()).roles.values, vital)
    if found is None:
        raise Refused(404, f"this run has no heat map {vital!r}; heats?run=NAME lists what it has")
    return Answer(frames.heat(found), BINARY)


def catalog(question: Question) -> Answer:
    """The text of every diagnosis."""
    return _json(articles(question.settings()))


ROUTES: Mapping[str, Callable[[Question], Answer]] = {
    each.__name__: each for each in (state, runs, run, curves, heats, heat, export, catalog)
}


def _json(value: Any) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")))

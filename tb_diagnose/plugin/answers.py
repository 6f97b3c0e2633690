"""What each route answers: from a snapshot and the words of a query to bytes."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from tb_diagnose.catalogue import articles
from tb_diagnose.plugin import frames
from tb_diagnose.plugin.snapshot import Entry, Snapshot
from tb_diagnose.report.charts import Drawn, drawn
from tb_diagnose.report.document import assembled
from tb_diagnose.report.heats import heat as heat_map
from tb_diagnose.report.heats import heats as heat_maps
from tb_diagnose.report.json import as_json
from tb_diagnose.report.markdown import markdown
from tb_diagnose.report.numbers import text
from tb_diagnose.report.shapes import Document
from tb_diagnose.settings import Settings

_JSON, _BINARY = "application/json", "application/octet-stream"
#: Points of a curve at least and at most, and where the query does not say.
_FEWEST, _MOST, _POINTS = 4, 20_000, 2_000

Query = MultiDict[str, str]


class Refused(Exception):
    """A question that cannot be answered: the HTTP status, and one sentence."""

    def __init__(self, code: int, says: str) -> None:
        super().__init__(says)
        self.code = code


@dataclass(frozen=True)
class Answer:
    """What goes back to the page; with a ``filename``, as a file to be saved."""

    content: bytes | str
    mime: str = _JSON
    filename: str = ""


def state(snapshot: Snapshot, _: Query) -> Answer:
    """What is asked every two seconds: cheap."""
    return _json(
        {
            "version": snapshot.version,
            "state": snapshot.state,
            "message": text(snapshot.message),
            "sampled": snapshot.sampled,
            "runs": len(snapshot.entries),
        }
    )


def runs(snapshot: Snapshot, _: Query) -> Answer:
    """The list of runs, worst first."""
    document = _document(snapshot)
    return _json(
        {
            "version": snapshot.version,
            "runs": [each.line for each in snapshot.entries.values()],
            "summary": document["summary"],
            "comparisons": document["comparisons"],
            "problems": document["problems"],
        }
    )


def run(snapshot: Snapshot, query: Query) -> Answer:
    """A run's part of the document."""
    return _json(_entry(snapshot, query, "name").part)


def curves(snapshot: Snapshot, query: Query) -> Answer:
    """Curves of one run at raw resolution, thinned out to what a screen can show."""
    entry = _entry(snapshot, query)
    known = {text(each.name): each for each in entry.run.scalars}
    points = min(_MOST, max(_FEWEST, int(_number(query, "points", _POINTS))))
    low, high = _number(query, "from", -math.inf), _number(query, "to", math.inf)
    shown = [
        drawn(known[name], points, low, high) if name in known else Drawn.none(name)
        for name in query.getlist("name")
    ]
    return Answer(frames.curves(shown), _BINARY)


def heats(snapshot: Snapshot, query: Query) -> Answer:
    """The heat maps that a run offers."""
    kinds = heat_maps(_entry(snapshot, query).roles.values)
    return _json([vars(each) for each in kinds])


def heat(snapshot: Snapshot, query: Query) -> Answer:
    """One heat map."""
    vital = query.get("vital", "")
    found = heat_map(_entry(snapshot, query).roles.values, vital)
    if found is None:
        raise Refused(404, f"this run has no heat map {vital!r}; heats?run=NAME lists what it has")
    return Answer(frames.heat(found), _BINARY)


def export(snapshot: Snapshot, query: Query) -> Answer:
    """The report of all runs, or of one, as a file."""
    document = _document(snapshot)
    if "run" in query:
        document = assembled([_entry(snapshot, query).part])
    form = query.get("format", "")
    if form not in _FORMS:
        raise Refused(400, f"there is no format {form!r}; choose from {', '.join(_FORMS)}")
    mime, ending, face = _FORMS[form]
    return Answer(face(document), mime, f"tb-diagnose.{ending}")


def catalogue(settings: Settings) -> Answer:
    """The text of every diagnosis."""
    return _json(articles(settings))


_FORMS: Mapping[str, tuple[str, str, Callable[[Document], str]]] = {
    "json": (_JSON, "json", as_json),
    "markdown": ("text/markdown", "md", markdown),
}

#: The routes that are answered from a snapshot.
ROUTES: Mapping[str, Callable[[Snapshot, Query], Answer]] = {
    each.__name__: each for each in (state, runs, run, curves, heats, heat, export)
}


def _document(snapshot: Snapshot) -> Document:
    return snapshot.document or assembled(())


def _entry(snapshot: Snapshot, query: Query, word: str = "run") -> Entry:
    name = query.get(word, "")
    if name not in snapshot.entries:
        raise Refused(404, f"there is no run {name!r}; it may have been deleted or renamed")
    return snapshot.entries[name]


def _number(query: Query, name: str, default: float) -> float:
    try:
        number = float(query.get(name, default))
    except ValueError:
        number = math.nan
    if math.isnan(number):
        raise Refused(400, f"{name}={query.get(name)!r} is not a number")
    return number


def _json(value: Any) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")))

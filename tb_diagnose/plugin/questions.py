"""A question to the tab, and an answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.examine import Examination
from tb_diagnose.plugin.snapshot import Entry, Snapshot
from tb_diagnose.report.document import assembled
from tb_diagnose.report.document.schema import Document

JSON, BINARY = "application/json", "application/octet-stream"

Query = MultiDict[str, str]


class Refused(Exception):
    """A question that cannot be answered: the HTTP status, and one sentence."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Question:
    """What a route is asked: the words of the query, and what there is to answer from."""

    snapshot: Snapshot
    query: Query
    settings: Callable[[], Settings] = Settings

    def entry(self, word: str = "run") -> Entry:
        """The run that the query names. Raises Refused where there is none of that name."""
        name = self.query.get(word, "")
        if name not in self.snapshot.entries:
            raise Refused(404, f"there is no run {name!r}; it may have been deleted or renamed")
        return self.snapshot.entries[name]

    def document(self) -> Document:
        """The document of all runs."""
        return self.snapshot.document or assembled(())

    def number(self, name: str, default: float) -> float:
        """A number in the query. Raises Refused where it is none."""
        try:
            number = float(self.query.get(name, default))
        except ValueError:
            number = math.nan
        if math.isnan(number):
            raise Refused(400, f"{name}={self.query.get(name)!r} is not a number")
        return number


@dataclass(frozen=True)
class Answer:
    """What goes back to the page; with a ``filename``, as a file to be saved."""

    content: bytes | str
    mime: str = JSON
    filename: str = ""


def examined(entry: Entry) -> Examination:
    """A run's curves and their roles. Raises Refused where the run is gone meanwhile."""
    try:
        return entry.examined()
    except LookupError as gone:
        raise Refused(404, f"the run {entry.part['name']!r} is no longer there") from gone

"""A question to the tab, and an answer."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from tb_diagnose.core.settings import Settings
from tb_diagnose.live.folder import RunData
from tb_diagnose.plugin.snapshot import Entry, Snapshot
from tb_diagnose.report.document import assembled
from tb_diagnose.report.document.schema import Document

JSON, BINARY = "application/json", "application/octet-stream"

#: Characters of a query, words in it, and curves that one answer may have (chosen: a page asks for
#: the curves of one run, whose names fit into what servers take for an address).
QUERY, WORDS, CURVES = 32_768, 512, 500

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

    def check(self) -> None:
        """Raises Refused where more is asked than one request may."""
        words = list(self.query.items(multi=True))
        length = sum(len(name) + len(value) for name, value in words)
        if len(words) > WORDS or length > QUERY:
            raise Refused(
                400,
                f"{len(words):,} words of {length:,} characters are more than a query may have, "
                f"{WORDS:,} of {QUERY:,}; ask in parts",
            )
        repeated = {name for name, _ in words if len(self.query.getlist(name)) > 1} - {"name"}
        if repeated:
            raise Refused(400, f"{min(repeated)!r} is asked for more than once; ask once for each")

    def names(self) -> list[str]:
        """The names of the curves that are asked for, each once. Raises Refused for too many."""
        names = list(dict.fromkeys(self.query.getlist("name")))
        if len(names) > CURVES:
            raise Refused(400, f"{len(names)} curves are more than {CURVES}; ask in parts")
        return names

    def document(self) -> Document:
        """The document of all runs."""
        return self.snapshot.document or assembled(())

    def number(self, name: str, default: float, *, most: float = math.inf) -> float:
        """A number in the query. Raises Refused where it is none, or above ``most``."""
        try:
            number = float(self.query.get(name, default))
        except ValueError:
            number = math.nan
        if math.isnan(number):
            raise Refused(400, f"{name}={self.query.get(name)!r} is not a number")
        if number > most:
            raise Refused(400, f"{name}={self.query.get(name)!r} is more than {most:,}")
        return number


@dataclass(frozen=True)
class Answer:
    """What goes back to the page; with a ``filename``, as a file to be saved."""

    content: bytes | str
    mime: str = JSON
    filename: str = ""


def data_of(entry: Entry) -> RunData:
    """A run's curves and their roles. Raises Refused where the run is gone meanwhile."""
    try:
        return entry.data()
    except LookupError as gone:
        raise Refused(404, f"the run {entry.part['name']!r} is no longer there") from gone

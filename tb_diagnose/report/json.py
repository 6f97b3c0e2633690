"""The document as JSON: strict, UTF-8, a run a line, the same bytes for the same logs.

Each run is encoded where it was examined and put aside in a file until all are known, so that a
report of any number of runs takes little memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, Any, NamedTuple

from msgspec import json

from tb_diagnose.core.finding import Outcome
from tb_diagnose.report.document import Order, RunHead, head, order, without_runs
from tb_diagnose.report.document.run import run_part
from tb_diagnose.report.document.schema import POINTS, Document, Problem, RunPart

if TYPE_CHECKING:
    from tb_diagnose.engine.examine import Examination

#: Bytes of runs that are kept in memory before they go into a file (chosen).
_MEMORY = 1 << 26
_encode = json.Encoder().encode


class EncodedRun(NamedTuple):
    """A run as JSON, its place among others, and what the document says of all."""

    order: Order
    head: RunHead
    text: bytes


def encode_run(part: RunPart) -> EncodedRun:
    """A run's part of the document as it will stand there."""
    return EncodedRun(order(part), head(part), _encode(part))


def render_json(examination: Examination) -> EncodedRun:
    """A run that was examined, as JSON."""
    return encode_run(run_part(examination, POINTS))


class JsonReport:
    """The document of runs that come one by one, in any order."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=_MEMORY)  # noqa: SIM115  closed with this
        self._runs: list[tuple[EncodedRun, int, int]] = []

    def add(self, run: EncodedRun) -> None:
        """Take one more run."""
        self._runs.append((run._replace(text=b""), self._file.tell(), len(run.text)))
        self._file.write(run.text)

    def rest(self, comparisons: Sequence[Outcome], problems: Sequence[Problem]) -> Document:
        """The document without its runs."""
        self._runs.sort(key=lambda entry: entry[0].order)
        return without_runs([run.head for run, _, _ in self._runs], comparisons, problems)

    def chunks(self, rest: Document) -> Iterator[bytes]:
        """The document piece by piece, in the order of its schema; what was put aside is gone."""
        with self._file as file:
            yield b'{"schema":' + _encode(rest["schema"]) + b',\n"tool":' + _encode(rest["tool"])
            yield b',\n"runs":['
            for place, (_, start, size) in enumerate(self._runs):
                file.seek(start)
                yield (b",\n" if place else b"\n") + file.read(size)
        yield b"\n]" if self._runs else b"]"
        yield b',\n"comparisons":' + _lines(rest["comparisons"])
        yield b',\n"problems":' + _lines(rest["problems"])
        yield b',\n"summary":' + _encode(rest["summary"]) + b"}\n"


def as_json(document: Document) -> str:
    """A whole document as text."""
    report = JsonReport()
    for part in document["runs"]:
        report.add(encode_run(part))
    return b"".join(report.chunks(document)).decode()


def _lines(parts: Sequence[Any]) -> bytes:
    return b"[\n" + b",\n".join(map(_encode, parts)) + b"\n]" if parts else b"[]"

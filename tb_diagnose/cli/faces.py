"""The formats of ``--format``: from runs that were found to the bytes of a report."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tb_diagnose.cli.console import screen
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.docs import articles
from tb_diagnose.engine.examine import Examination
from tb_diagnose.pipeline import Options, diagnose, examine_all, find
from tb_diagnose.report.document import assembled
from tb_diagnose.report.html import html
from tb_diagnose.report.json import JsonReport, render_json
from tb_diagnose.report.junit import junit
from tb_diagnose.report.markdown import markdown
from tb_diagnose.report.pictures import Pictures, pictures, resolution
from tb_diagnose.report.run import run_part
from tb_diagnose.report.sarif import sarif
from tb_diagnose.report.schema import POINTS, Document, RunPart
from tb_diagnose.report.terminal import terminal


class Report(NamedTuple):
    """A report to be written.

    Attributes:
        document: what it shows; the runs may be left out.
        chunks: its bytes, piece by piece.
    """

    document: Document
    chunks: Iterable[bytes]


def report(form: str, call: argparse.Namespace, settings: Settings, options: Options) -> Report:
    """The report of the runs below ``call.paths`` in that format.

    Raises NothingToRead, SettingsError, NoCluster and NoBundle, each with a sentence.
    """
    if form == "json":
        return _json(call, settings, options)
    if form == "html":
        return _html(call, settings, options)
    document = diagnose(call.paths, settings, options, brief=True)
    if form == "terminal":
        shown = screen(color=call.color, file=call.output, verbose=call.verbose, quiet=call.quiet)
        text = terminal(document, shown, by_finding=call.group_by == "finding")
    else:
        text = _TEXTS[form](document)
    encoding = "utf-8" if call.output or form != "terminal" else shown.encoding
    return Report(document, [text.encode(encoding, "replace")])


_TEXTS: Mapping[str, Callable[[Document], str]] = {
    "markdown": markdown,
    "sarif": sarif,
    "junit": junit,
}


def _json(call: argparse.Namespace, settings: Settings, options: Options) -> Report:
    runs = JsonReport()
    found = find(call.paths, options)
    overall = examine_all(found, settings, render_json, runs.add, options)
    rest = runs.rest(overall.comparisons, overall.problems)
    return Report(rest, runs.chunks(rest))


def _html(call: argparse.Namespace, settings: Settings, options: Options) -> Report:
    found = find(call.paths, options)
    drawn: list[tuple[RunPart, Pictures]] = []
    render = partial(_drawn, points=resolution(len(found.folders)))
    overall = examine_all(found, settings, render, drawn.append, options)
    document = assembled((part for part, _ in drawn), overall.comparisons, overall.problems)
    album = {(part["path"], part["name"]): shown for part, shown in drawn}
    folder = ", ".join(str(_absolute(path)) for path in call.paths)
    page = html(document, album, articles(settings), folder=folder)
    return Report(document, [page.encode()])


def _drawn(examination: Examination, points: int) -> tuple[RunPart, Pictures]:
    part = run_part(examination, POINTS)
    return part, pictures(examination.run, examination.roles, part, points)


def _absolute(path: str | Path) -> str | Path:
    return path.absolute() if isinstance(path, Path) else path

"""The formats of ``--format``: from runs that were found to the bytes of a report.

What only one format needs is imported for it, so that the others start quickly.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tb_diagnose.cli.console import screen
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.examine import Examination
from tb_diagnose.pipeline import Options, diagnose, examine_all, find
from tb_diagnose.report.document import assembled
from tb_diagnose.report.document.run import run_part
from tb_diagnose.report.document.schema import POINTS, Document, RunPart

if TYPE_CHECKING:
    from tb_diagnose.report.page.pictures import Pictures


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
    if form != "terminal":
        # Each format is a module of that name with a function of that name.
        write = getattr(import_module(f"tb_diagnose.report.{form}"), form)
        return Report(document, [write(document).encode()])
    from tb_diagnose.report.terminal import terminal

    shown = screen(color=call.color, file=call.output, verbose=call.verbose, quiet=call.quiet)
    ignored = {word: settings.reasons.get(word, "") for word in settings.ignore}
    text = terminal(document, shown, by_finding=call.group_by == "finding", ignored=ignored)
    return Report(document, [text.encode(shown.encoding, "replace")])


def _json(call: argparse.Namespace, settings: Settings, options: Options) -> Report:
    from tb_diagnose.report.json import JsonReport, render_json

    runs = JsonReport()
    found = find(call.paths, options)
    overall = examine_all(found, settings, render_json, runs.add, options)
    rest = runs.rest(overall.comparisons, overall.problems)
    return Report(rest, runs.chunks(rest))


def _html(call: argparse.Namespace, settings: Settings, options: Options) -> Report:
    from tb_diagnose.engine.docs import articles
    from tb_diagnose.report.html import html
    from tb_diagnose.report.page.pictures import resolution

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
    from tb_diagnose.report.page.pictures import pictures

    part = run_part(examination, POINTS)
    return part, pictures(examination.run, examination.roles, part, points)


def _absolute(path: str | Path) -> str | Path:
    return path.absolute() if isinstance(path, Path) else path

"""The command line: ``tb-diagnose LOGDIR…``.

Exit code: 0 when all was read, 1 when ``--fail-on`` says so, 2 when nothing could be read or the
call is wrong. Whatever needs numpy is imported only once there is something to examine.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tb_diagnose.cli.options import Wrong, parser

if TYPE_CHECKING:
    from tb_diagnose.core.settings import Settings
    from tb_diagnose.report.pictures import Pictures
    from tb_diagnose.report.schema import Document

    Album = dict[tuple[str, str], Pictures]

_OK, _FOUND, _WRONG, _STOPPED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    settle_in()
    try:
        return _run(parser().parse_args(arguments))
    except Wrong as wrong:
        print(f"tb-diagnose: {wrong}", file=sys.stderr)
        return _WRONG
    except KeyboardInterrupt:
        print("tb-diagnose: stopped", file=sys.stderr)
        return _STOPPED


def settle_in() -> None:
    """Sets up a process that does nothing else than this; what it starts inherits it."""
    # No matrix is multiplied here: the threads that NumPy's BLAS would start do nothing but spin.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Thousands of runs leave much behind, none of it in circles: they are seldom looked for.
    gc.set_threshold(100_000, 50, 100)


def _run(call: argparse.Namespace) -> int:
    if call.explain or call.catalogue:
        _write(_text(call.explain), call)
        return _OK
    if not call.paths:
        raise Wrong("which logs? give a folder with event files, such as tb-diagnose logs/")
    if call.output and not call.output.absolute().parent.is_dir():
        raise Wrong(f"there is no folder {call.output.parent} to write to; create it first")
    settings = _settings(call)
    if call.watch:
        return _watch(call, settings)
    album: Album | None = {} if call.format == "html" else None
    document = _document(call, settings, album)
    _write(_face(document, call) if album is None else _page(document, album, settings), call)
    return _code(document, call.fail_on)


def _text(identity: str | None) -> str:
    from tb_diagnose.engine.docs import UnknownDiagnosis, catalogue, explain

    try:
        return explain(identity) if identity else catalogue()
    except UnknownDiagnosis as unknown:
        raise Wrong(str(unknown)) from unknown


def _settings(call: argparse.Namespace) -> Settings:
    """The settings of the configuration file and the flags, every word checked."""
    from tb_diagnose.core.settings import Settings, SettingsError, check, load
    from tb_diagnose.pipeline import vocabulary

    try:
        limits: dict[str, dict[str, float]] = {}
        for identity, name, value in call.limit:
            limits.setdefault(identity, {})[name] = value
        flags = Settings(
            tuple(call.select), tuple(call.ignore), limits, dict(call.role), call.baseline
        )
        return check(load(flags, file=call.config), vocabulary())
    except SettingsError as error:
        raise Wrong(str(error)) from error


def _document(call: argparse.Namespace, settings: Settings, album: Album | None) -> Document:
    from tb_diagnose.cli.console import Ticker
    from tb_diagnose.core.settings import SettingsError
    from tb_diagnose.parallel.dask_cluster import NoCluster
    from tb_diagnose.pipeline import checkup
    from tb_diagnose.read import NothingToRead

    ticker = Ticker(sys.stderr)
    begin = time.perf_counter()
    jobs = (os.cpu_count() or 1) if call.jobs == 0 else call.jobs
    try:
        document = checkup(
            call.paths,
            settings,
            jobs=jobs,
            cluster=call.dask,
            checksum=call.checksum,
            until=call.as_of,
            progress=ticker,
            album=album,
            brief=call.format in ("terminal", "markdown"),
        )
    except (NothingToRead, NoCluster, SettingsError) as wrong:
        raise Wrong(str(wrong).replace("\n", "\ntb-diagnose: ")) from wrong
    finally:
        ticker.close()
    if sys.stderr.isatty() and call.format == "terminal":
        # Not part of the report: the same logs must give the same report.
        print(f"read and judged in {time.perf_counter() - begin:.2f} s", file=sys.stderr)
    return document


def _watch(call: argparse.Namespace, settings: Settings) -> int:
    from functools import partial

    from tb_diagnose.cli.console import screen, write
    from tb_diagnose.cli.watch import vigil
    from tb_diagnose.core.finding import Severity
    from tb_diagnose.live.monitor import Watch

    if call.output or call.format not in ("terminal", "json"):
        raise Wrong("--watch prints on standard output, for a terminal or with --format json")
    if (call.jobs or 0) > 1 or call.dask:
        raise Wrong("--watch works in this process alone; drop --jobs and --dask")
    if call.as_of is not None:
        raise Wrong("--watch goes on as the logs grow; drop --as-of")
    shown = None
    if call.format == "terminal":
        shown = screen(colour=call.color, verbose=call.verbose, file=None)
    try:
        watch = Watch(call.paths, settings, checksum=call.checksum)
    except OSError as error:
        raise Wrong(str(error)) from error
    tell = partial(write, file=None, utf8=call.format == "json")
    gravest = vigil(watch, tell, shown, call.interval)
    return _FOUND if call.fail_on and gravest <= Severity(call.fail_on).rank else _OK


def _face(document: Document, call: argparse.Namespace) -> str:
    if call.format == "json":
        from tb_diagnose.report.json import as_json

        return as_json(document)
    if call.format == "markdown":
        from tb_diagnose.report.markdown import markdown

        return markdown(document)
    from tb_diagnose.cli.console import screen
    from tb_diagnose.report.terminal import terminal

    return terminal(document, screen(colour=call.color, verbose=call.verbose, file=call.output))


def _page(document: Document, album: Album, settings: Settings) -> str:
    from tb_diagnose.engine.docs import articles
    from tb_diagnose.report.html import NoBundle, html

    try:
        return html(document, album, articles(settings))
    except NoBundle as missing:
        raise Wrong(str(missing)) from missing


def _write(text: str, call: argparse.Namespace) -> None:
    from tb_diagnose.cli.console import write

    try:
        write(text, call.output, utf8=call.format != "terminal")
    except OSError as error:
        why = error.strerror or error
        raise Wrong(f"cannot write {call.output or 'the report'}: {why}") from error


def _code(document: Document, fail_on: str | None) -> int:
    from tb_diagnose.report.document import graver

    summary = document["summary"]
    if summary["unreadable"] == summary["runs"]:
        return _WRONG
    return _FOUND if fail_on and graver(document, fail_on) else _OK

"""The command line: ``tb-diagnose LOGDIR…``.

Exit code: 0 when all was read, 1 when ``--fail-on`` says so, 2 when a path could not be read or the
call is wrong. Whatever needs numpy is imported only once there is something to examine.
"""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from tb_diagnose.cli.options import Wrong, format_of, parser

if TYPE_CHECKING:
    from tb_diagnose.cli.faces import Report
    from tb_diagnose.core.settings import Settings
    from tb_diagnose.report.document.schema import Document

_OK, _FOUND, _WRONG = 0, 1, 2
#: As shells tell of a process that a signal ended.
_BY_SIGNAL = 128


class _Stopped(BaseException):
    """A signal asked this process to end."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    settle_in()
    try:
        return _run(parser().parse_args(arguments))
    except Wrong as wrong:
        print(f"tb-diagnose: {wrong}", file=sys.stderr)
        return _WRONG
    except BrokenPipeError:
        return _OK
    except OSError as error:
        print(f"tb-diagnose: cannot print: {error.strerror or error}", file=sys.stderr)
        return _WRONG
    except KeyboardInterrupt:
        print("tb-diagnose: stopped", file=sys.stderr)
        return _BY_SIGNAL + signal.SIGINT
    except _Stopped as stopped:
        return _BY_SIGNAL + int(stopped.args[0])


def settle_in() -> None:
    """Sets up a process that does nothing else than this; what it starts inherits it."""
    # No matrix is multiplied here: the threads that NumPy's BLAS would start do nothing but spin.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # Thousands of runs leave much behind, none of it in circles: they are seldom looked for.
    gc.set_threshold(100_000, 50, 100)
    for name in ("SIGTERM", "SIGHUP"):
        if (number := getattr(signal, name, None)) is not None:
            with suppress(ValueError):  # this is not the main thread, which alone gets signals
                if signal.getsignal(number) is signal.SIG_DFL:
                    signal.signal(number, _stop)


def _stop(number: int, _: Any) -> NoReturn:
    """End in order: what was begun is taken away, and workers are ended."""
    raise _Stopped(number)


def _run(call: argparse.Namespace) -> int:
    if call.explain or call.catalog:
        _write_text(_text(call.explain), call)
        return _OK
    if not call.paths:
        raise Wrong("no logs given; name a folder with event files, as in tb-diagnose logs/")
    if call.verbose and call.quiet:
        raise Wrong("--verbose and --quiet exclude each other; drop one")
    if call.output and not call.output.absolute().parent.is_dir():
        raise Wrong(f"there is no folder {call.output.parent} to write to; create it first")
    settings = _settings(call)
    if call.watch:
        return _watch(call, settings)
    report = _report(call, settings)
    _write(report, call)
    return _code(report.document, call.fail_on)


def _text(identity: str | None) -> str:
    from tb_diagnose.engine.docs import UnknownDiagnosis, catalog, explain

    try:
        return explain(identity) if identity else catalog()
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


def _report(call: argparse.Namespace, settings: Settings) -> Report:
    from tb_diagnose.cli.console import Ticker
    from tb_diagnose.cli.faces import report
    from tb_diagnose.core.settings import SettingsError
    from tb_diagnose.parallel.dask_cluster import NoCluster
    from tb_diagnose.pipeline import Options
    from tb_diagnose.read import NothingToRead
    from tb_diagnose.report.html import NoBundle

    ticker = Ticker(sys.stderr)
    begin = time.perf_counter()
    jobs = (os.cpu_count() or 1) if call.jobs == 0 else call.jobs
    options = Options(jobs, call.dask, call.checksum, call.as_of, ticker)
    form = format_of(call)
    try:
        made = report(form, call, settings, options)
    except (NothingToRead, NoCluster, NoBundle, SettingsError) as wrong:
        raise Wrong(str(wrong).replace("\n", "\ntb-diagnose: ")) from wrong
    finally:
        ticker.close()
    if sys.stderr.isatty() and form == "terminal" and not call.quiet:
        # Not part of the report: the same logs must give the same report.
        print(f"read and examined in {time.perf_counter() - begin:.2f} s", file=sys.stderr)
    return made


def _watch(call: argparse.Namespace, settings: Settings) -> int:
    from functools import partial

    from tb_diagnose.cli.console import screen, write
    from tb_diagnose.cli.watch import monitor, watch_logs
    from tb_diagnose.core.finding import Severity

    form = format_of(call)
    if call.output or form not in ("terminal", "json"):
        raise Wrong("--watch prints to standard output, for a terminal or with --format json")
    if (call.jobs or 0) > 1 or call.dask:
        raise Wrong("--watch works in this process alone; drop --jobs and --dask")
    if call.as_of is not None:
        raise Wrong("--watch follows logs as they grow; drop --as-of")
    shown = None
    if form == "terminal":
        shown = screen(color=call.color, file=None, verbose=call.verbose, quiet=call.quiet)
    try:
        watched = monitor(call.paths, settings, checksum=call.checksum)
    except OSError as error:
        raise Wrong(str(error)) from error
    tell = partial(write, utf8=form == "json")
    worst = watch_logs(watched, tell, shown, call.interval)
    return _FOUND if call.fail_on and worst <= Severity(call.fail_on).rank else _OK


def _write(report: Report, call: argparse.Namespace) -> None:
    from tb_diagnose.cli.console import save, write_bytes

    try:
        if call.output:
            save(report.chunks, call.output)
        else:
            write_bytes(report.chunks)
    except OSError as error:
        why = error.strerror or error
        raise Wrong(f"cannot write {call.output or 'the report'}: {why}") from error


def _write_text(text: str, call: argparse.Namespace) -> None:
    from tb_diagnose.cli.console import save, write

    if call.output:
        save([text.encode()], call.output)
    else:
        write(text, utf8=call.catalog)


def _code(document: Document, fail_on: str | None) -> int:
    from tb_diagnose.report.document import reaches

    summary = document["summary"]
    if summary["problems"] or summary["unreadable"] == summary["runs"]:
        return _WRONG
    return _FOUND if fail_on and reaches(document, fail_on) else _OK

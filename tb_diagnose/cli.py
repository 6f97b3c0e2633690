"""The command line: ``tb-diagnose LOGDIR…``.

Exit code: 0 when all was read, 1 when ``--fail-on`` says so, 2 when nothing could be read or the
call is wrong. Whatever needs numpy is imported only once there is something to examine.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from tb_diagnose import __version__

if TYPE_CHECKING:
    from tb_diagnose.report.shapes import Document
    from tb_diagnose.settings import Settings

_OK, _FOUND, _WRONG, _STOPPED = 0, 1, 2, 130


class _Wrong(Exception):
    """The call is wrong; the message is one sentence with the cure."""


class _Parser(argparse.ArgumentParser):
    """Errors in one sentence, not behind a page of usage."""

    def error(self, message: str) -> NoReturn:
        raise _Wrong(f"{message}; tb-diagnose --help tells how to call it")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        return _run(_parser().parse_args(arguments))
    except _Wrong as wrong:
        print(f"tb-diagnose: {wrong}", file=sys.stderr)
        return _WRONG
    except KeyboardInterrupt:
        print("tb-diagnose: stopped", file=sys.stderr)
        return _STOPPED


def _run(call: argparse.Namespace) -> int:
    if call.explain or call.catalogue:
        _write(_text(call.explain), call)
        return _OK
    if not call.paths:
        raise _Wrong("which logs? give a folder with event files, such as tb-diagnose logs/")
    if call.output and not call.output.absolute().parent.is_dir():
        raise _Wrong(f"there is no folder {call.output.parent} to write to; create it first")
    document = _document(call, _settings(call))
    _write(_face(document, call), call)
    return _code(document, call.fail_on)


def _text(identity: str | None) -> str:
    from tb_diagnose.catalogue import UnknownDiagnosis, catalogue, explain

    try:
        return explain(identity) if identity else catalogue()
    except UnknownDiagnosis as unknown:
        raise _Wrong(str(unknown)) from unknown


def _settings(call: argparse.Namespace) -> Settings:
    """The settings of the configuration file and the flags, every word checked."""
    from tb_diagnose.checkup import vocabulary
    from tb_diagnose.settings import Settings, SettingsError, check, load

    try:
        limits: dict[str, dict[str, float]] = {}
        for identity, name, value in call.limit:
            limits.setdefault(identity, {})[name] = value
        flags = Settings(
            tuple(call.select), tuple(call.ignore), limits, dict(call.role), call.baseline
        )
        return check(load(flags, file=call.config), vocabulary())
    except SettingsError as error:
        raise _Wrong(str(error)) from error


def _document(call: argparse.Namespace, settings: Settings) -> Document:
    from tb_diagnose.checkup import checkup
    from tb_diagnose.console import Ticker
    from tb_diagnose.read import NothingToRead
    from tb_diagnose.settings import SettingsError

    ticker = Ticker(sys.stderr)
    begin = time.perf_counter()
    jobs = call.jobs or os.cpu_count() or 1
    try:
        document = checkup(
            call.paths,
            settings,
            jobs=jobs,
            checksum=call.checksum,
            until=call.as_of,
            progress=ticker,
        )
    except (NothingToRead, SettingsError) as wrong:
        raise _Wrong(str(wrong).replace("\n", "\ntb-diagnose: ")) from wrong
    finally:
        ticker.close()
    if sys.stderr.isatty() and call.format == "terminal":
        # Not part of the report: the same logs must give the same report.
        print(f"read and judged in {time.perf_counter() - begin:.2f} s", file=sys.stderr)
    return document


def _face(document: Document, call: argparse.Namespace) -> str:
    from tb_diagnose.console import screen
    from tb_diagnose.report.json import as_json
    from tb_diagnose.report.markdown import markdown
    from tb_diagnose.report.terminal import terminal

    if call.format == "json":
        return as_json(document)
    if call.format == "markdown":
        return markdown(document)
    return terminal(document, screen(colour=call.color, verbose=call.verbose, file=call.output))


def _write(text: str, call: argparse.Namespace) -> None:
    from tb_diagnose.console import write

    try:
        write(text, call.output, utf8=call.format != "terminal")
    except OSError as error:
        why = error.strerror or error
        raise _Wrong(f"cannot write {call.output or 'the report'}: {why}") from error


def _code(document: Document, fail_on: str | None) -> int:
    from tb_diagnose.report.document import graver

    summary = document["summary"]
    if summary["unreadable"] == summary["runs"]:
        return _WRONG
    return _FOUND if fail_on and graver(document, fail_on) else _OK


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="tb-diagnose",
        description="Say what is wrong with training runs, from their TensorBoard event files.",
        epilog="Exit code: 0 all was read, 1 by --fail-on, 2 nothing could be read or wrong call.",
    )
    parser.add_argument("paths", nargs="*", type=Path, metavar="LOGDIR", help="folders or files")
    parser.add_argument("--version", action="version", version=f"tb-diagnose {__version__}")
    _report_flags(parser.add_argument_group("how it is reported").add_argument)
    _settings_flags(parser.add_argument_group("what is judged, and how").add_argument)
    _reading_flags(parser.add_argument_group("how it is read").add_argument)
    told = parser.add_argument_group("what a diagnosis means")
    told.add_argument("--explain", metavar="ID", help="all about one diagnosis")
    told.add_argument("--catalogue", action="store_true", help="all about all, as Markdown")
    return parser


def _report_flags(add: Callable[..., object]) -> None:
    add("--format", choices=("terminal", "json", "markdown"), default="terminal")
    add("--output", type=Path, metavar="FILE", help="write the report there")
    add("--color", choices=("auto", "always", "never"), default="auto")
    add(
        "-v", "--verbose", action="store_true", help="also what was clear or not checkable, and why"
    )
    severities = ("critical", "warning", "info")
    add("--fail-on", choices=severities, help="exit with 1 from this severity on")


def _settings_flags(add: Callable[..., object]) -> None:
    several: dict[str, Any] = {"action": "extend", "default": [], "type": _words, "metavar": "IDS"}
    add("--select", **several, help="only these diagnoses or families, separated by commas")
    add("--ignore", **several, help="not these diagnoses or families")
    limit = "another value for a limit that --explain ID lists"
    each: dict[str, Any] = {"action": "append", "default": []}
    add("--limit", **each, type=_limit, metavar="ID.NAME=VALUE", help=limit)
    role = "the curve that plays a role, such as train_loss=my/loss; no tag for none"
    add("--role", **each, type=_role, metavar="ROLE=TAG", help=role)
    baseline = "the run that the others are compared with"
    add("--baseline", default="", metavar="RUN", help=baseline)
    config = "settings file (default: the nearest tb-diagnose.toml or pyproject.toml)"
    add("--config", type=Path, metavar="FILE", help=config)


def _reading_flags(add: Callable[..., object]) -> None:
    add("--jobs", type=_jobs, default=1, metavar="N", help="worker processes, 0 for one per core")
    replay = "look at each run as it stood at this step"
    add("--as-of", type=int, metavar="STEP", help=replay)
    believe = "believe the records without verifying their checksums"
    add("--no-checksum", dest="checksum", action="store_false", help=believe)


def _words(text: str) -> list[str]:
    return [word for word in text.replace(",", " ").split() if word]


def _limit(text: str) -> tuple[str, str, float]:
    target, _, value = text.partition("=")
    identity, _, name = target.partition(".")
    try:
        number = float(value)
    except ValueError:
        number = float("nan")
    if not (identity and name) or math.isnan(number):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form ID.NAME=NUMBER")
    return identity, name, number


def _role(text: str) -> tuple[str, str]:
    role, equals, tag = text.partition("=")
    if not (role and equals):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form ROLE=TAG")
    return role, tag


def _jobs(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of processes")
    return int(text)

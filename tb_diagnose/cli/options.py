"""The flags of the command line, and what each may be set to."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from tb_diagnose import __version__

FORMATS = ("terminal", "html", "json", "markdown", "sarif", "junit")
#: Ending of a file's name → the format that it is written in.
_ENDINGS = {
    "": "terminal",
    ".txt": "terminal",
    ".log": "terminal",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".md": "markdown",
    ".sarif": "sarif",
    ".xml": "junit",
}
#: Seconds between two looks at most (chosen: a week; more is a slip of the hand).
_LONGEST = 7 * 24 * 3600


class Wrong(Exception):
    """The call is wrong; the message is one sentence with the cure."""


class _Parser(argparse.ArgumentParser):
    """Errors in one sentence, not behind a page of usage."""

    def error(self, message: str) -> NoReturn:
        raise Wrong(f"{message}; see tb-diagnose --help")

    def _print_message(self, message: str, file: Any = None) -> None:
        """Help and version; argparse itself would swallow that they could not be written."""
        if message and file is not None:
            file.write(message)
            file.flush()


def parser() -> argparse.ArgumentParser:
    """What ``tb-diagnose`` may be called with. Its parser raises Wrong."""
    parsed = _Parser(
        prog="tb-diagnose",
        description="Find out what is wrong with training runs from their TensorBoard event files.",
        epilog="Exit codes: 0 everything was read; 1 --fail-on found something; "
        "2 wrong usage, or a path could not be read.",
    )
    where = "folders or event files, or addresses such as s3://bucket/logs"
    parsed.add_argument("paths", nargs="*", type=_path, metavar="LOGDIR", help=where)
    version = f"tb-diagnose {__version__}"
    parsed.add_argument("--version", action="version", version=version, help="print the version")
    _report_flags(parsed.add_argument_group("report").add_argument)
    _settings_flags(parsed.add_argument_group("diagnoses").add_argument)
    _reading_flags(parsed.add_argument_group("reading").add_argument)
    about = parsed.add_argument_group("documentation")
    about.add_argument("--explain", metavar="ID", help="explain one diagnosis")
    about.add_argument("--catalog", action="store_true", help="explain all of them, as Markdown")
    return parsed


def format_of(call: argparse.Namespace) -> str:
    """The format that was asked for, or that the name of the output file ends with."""
    if call.format:
        return str(call.format)
    ending = call.output.suffix.lower() if call.output else ""
    if ending not in _ENDINGS:
        raise Wrong(f"no format is known by the ending {ending}; name one with --format")
    return _ENDINGS[ending]


def _report_flags(add: Callable[..., object]) -> None:
    form = "output format (default: by the name given to --output, else terminal)"
    add("--format", choices=FORMATS, help=form)
    add("--output", type=Path, metavar="FILE", help="write the report to FILE")
    groups = "group a terminal report by run, or list the runs of each finding (default: run)"
    add("--group-by", choices=("run", "finding"), default="run", help=groups)
    loudness = "show all evidence, and every check with its outcome"
    add("-v", "--verbose", action="store_true", help=loudness)
    add("-q", "--quiet", action="store_true", help="show one line per run")
    colors = "color the report (default: auto; NO_COLOR and FORCE_COLOR are respected)"
    add("--color", choices=("auto", "always", "never"), default="auto", help=colors)
    fail = "exit with 1 if anything of this severity or worse is found"
    add("--fail-on", choices=("critical", "warning", "info"), help=fail)


def _settings_flags(add: Callable[..., object]) -> None:
    names: dict[str, Any] = {"action": "extend", "default": [], "type": _words, "metavar": "IDS"}
    add("--select", **names, help="run only these diagnoses or families, separated by commas")
    add("--ignore", **names, help="skip these diagnoses or families")
    repeated: dict[str, Any] = {"action": "append", "default": []}
    limit = "change a limit; --explain ID lists them"
    add("--limit", **repeated, type=_limit, metavar="ID.NAME=VALUE", help=limit)
    role = "use this curve for a role, as in train_loss=my/loss; an empty tag means no curve"
    add("--role", **repeated, type=_role, metavar="ROLE=TAG", help=role)
    add("--baseline", default="", metavar="RUN", help="compare the other runs with this one")
    config = "settings file (default: the nearest tb-diagnose.toml or pyproject.toml)"
    add("--config", type=Path, metavar="FILE", help=config)


def _reading_flags(add: Callable[..., object]) -> None:
    workers = "worker processes; 0 for one per core (default: one per 100 folders, up to that)"
    add("--jobs", type=_jobs, metavar="N", help=workers)
    farm = "use the Dask cluster with this scheduler, such as tcp://10.0.0.1:8786"
    add("--dask", default="", metavar="ADDRESS", help=farm)
    add("--as-of", type=int, metavar="STEP", help="examine each run as it was at this step")
    believe = "do not verify the checksums of records"
    add("--no-checksum", dest="checksum", action="store_false", help=believe)
    watch = "keep watching growing logs and report each finding once; stop with Ctrl-C"
    add("--watch", action="store_true", help=watch)
    often = "seconds between two looks of --watch (default: 5)"
    add("--interval", type=_seconds, default=5.0, metavar="SECONDS", help=often)


def _path(text: str) -> Path | str:
    """A path; an address stays as it is, since a path would lose one of its slashes."""
    return text if "://" in text else Path(text)


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


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = float("nan")
    if not 0 < seconds <= _LONGEST:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a number of seconds above 0 and up to {_LONGEST:,} (a week)"
        )
    return seconds

"""The flags of the command line, and what may be written behind each."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

from tb_diagnose import __version__


class Wrong(Exception):
    """The call is wrong; the message is one sentence with the cure."""


class _Parser(argparse.ArgumentParser):
    """Errors in one sentence, not behind a page of usage."""

    def error(self, message: str) -> NoReturn:
        raise Wrong(f"{message}; tb-diagnose --help tells how to call it")


def parser() -> argparse.ArgumentParser:
    """What ``tb-diagnose`` may be called with. Its parser raises Wrong."""
    parsed = _Parser(
        prog="tb-diagnose",
        description="Say what is wrong with training runs, from their TensorBoard event files.",
        epilog="Exit code: 0 all was read, 1 by --fail-on, 2 nothing could be read or wrong call.",
    )
    where = "folders or files, or addresses such as s3://bucket/logs"
    parsed.add_argument("paths", nargs="*", type=_path, metavar="LOGDIR", help=where)
    parsed.add_argument("--version", action="version", version=f"tb-diagnose {__version__}")
    _report_flags(parsed.add_argument_group("how it is reported").add_argument)
    _settings_flags(parsed.add_argument_group("what is judged, and how").add_argument)
    _reading_flags(parsed.add_argument_group("how it is read").add_argument)
    told = parsed.add_argument_group("what a diagnosis means")
    told.add_argument("--explain", metavar="ID", help="all about one diagnosis")
    told.add_argument("--catalogue", action="store_true", help="all about all, as Markdown")
    return parsed


def _report_flags(add: Callable[..., object]) -> None:
    add("--format", choices=("terminal", "html", "json", "markdown"), default="terminal")
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
    workers = "worker processes, 0 for one per core (default: at most that, one for 100 folders)"
    add("--jobs", type=_jobs, metavar="N", help=workers)
    farm = "work on the Dask cluster whose scheduler is there, such as tcp://10.0.0.1:8786"
    add("--dask", default="", metavar="ADDRESS", help=farm)
    replay = "look at each run as it stood at this step"
    add("--as-of", type=int, metavar="STEP", help=replay)
    believe = "believe the records without verifying their checksums"
    add("--no-checksum", dest="checksum", action="store_false", help=believe)
    watch = "go on as the logs grow, and tell each finding once; Control-C ends it"
    add("--watch", action="store_true", help=watch)
    often = "seconds from one look of --watch to the next (default: 5)"
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
    if not 0 < seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds

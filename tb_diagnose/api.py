"""The Python interface: ``tb_diagnose.diagnose("logs")`` and the report that it returns."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tb_diagnose.core.run import Run as LoggedRun
from tb_diagnose.core.run import Series
from tb_diagnose.core.settings import Settings, SettingsError, check, number
from tb_diagnose.pipeline import Options, vocabulary
from tb_diagnose.pipeline import diagnose as document_of
from tb_diagnose.read import NothingToRead, clusters, load, place
from tb_diagnose.report.document.schema import (
    CausePart,
    Document,
    EvidencePart,
    FactPart,
    OutcomePart,
    Problem,
    RunPart,
)
from tb_diagnose.report.notebook import notebook
from tb_diagnose.report.terminal import terminal
from tb_diagnose.report.text.phrases import measured, total
from tb_diagnose.report.text.screen import Screen

if TYPE_CHECKING:
    import pandas as pd

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
Words = str | Iterable[str]


def diagnose(
    paths: Paths,
    *,
    select: Words = (),
    ignore: Words = (),
    limits: Mapping[str, Mapping[str, float]] | None = None,
    roles: Mapping[str, str] | None = None,
    baseline: str = "",
    jobs: int | None = 1,
    checksum: bool = True,
) -> Report:
    """Examine every training run below ``paths``.

    Settings files are not read: a call gives the same report wherever it is made.

    Args:
        paths: a folder, an event file, an address such as ``s3://bucket/logs``, or several.
        select: only these diagnoses or families, such as ``"dead-relu"`` or ``["stability"]``.
        ignore: not these diagnoses or families.
        limits: other values for limits: ``{"loss-spikes": {"ratio": 5.0}}``.
        roles: the curve that plays a role: ``{"train_loss": "my/loss"}``; ``""`` for none.
        baseline: name of the run that the others are compared with.
        jobs: worker processes; None for as many as pay.
        checksum: whether to verify the checksums of the records.

    Raises:
        FileNotFoundError: where none of the paths leads to an event file.
        ValueError: where a setting names something that does not exist.
        TypeError: where a path or a name is of another type.
    """
    places = _listed(paths, "paths")
    try:
        settings = check(
            Settings(
                tuple(_words(select, "select")),
                tuple(_words(ignore, "ignore")),
                _limits(limits or {}),
                dict(roles or {}),
                baseline,
            ),
            vocabulary(),
        )
        document = document_of(places, settings, Options(jobs=jobs, checksum=checksum))
    except SettingsError as error:
        raise ValueError(str(error)) from None
    except NothingToRead as error:
        raise FileNotFoundError(str(error)) from None
    return Report(document, tuple(places), checksum=checksum)


@dataclass(frozen=True)
class Finding:
    """What one diagnosis found, by its most telling evidence.

    Attributes:
        id: the diagnosis, as ``tb-diagnose --explain`` takes it.
        title: what it looks for.
        severity: ``"critical"``, ``"warning"`` or ``"info"``.
        run: name of the run; of a comparison, the names of all runs it is about.
        message: what was seen, with the run's own numbers.
        suggestion: what to change.
        tag: the curve that shows it, or ``""``.
        steps: the steps at which it shows.
        measured: ``"Measured 13.5 × ln K, alarm above 3"``, or ``""``.
        caused_by: id of the finding that led to it, or None.
        evidence: all of the evidence, as in the JSON document.
    """

    id: str
    title: str
    severity: str
    run: str
    message: str
    suggestion: str
    tag: str
    steps: tuple[int, ...]
    measured: str
    caused_by: str | None
    evidence: tuple[EvidencePart, ...] = field(repr=False)


@dataclass(frozen=True)
class Run:
    """One training run.

    Attributes:
        name: its folder relative to the log directory.
        path: its folder as it was given.
        framework: what most likely wrote the log.
        verdict: ``"critical"``, ``"warning"``, ``"info"``, ``"healthy"``, ``"undecided"`` or
            ``"unreadable"``.
        headline: what to know of it, in a sentence.
        findings: what was found; worst first, each followed by its consequences.
        causes: up to three likely causes, likeliest first, as in the JSON document.
        facts: what is true of the log itself, as in the JSON document.
        roles: role → name of the curve that plays it.
    """

    name: str
    path: str
    framework: str
    verdict: str
    headline: str
    findings: tuple[Finding, ...] = field(repr=False)
    causes: tuple[CausePart, ...] = field(repr=False)
    facts: tuple[FactPart, ...] = field(repr=False)
    roles: Mapping[str, str] = field(repr=False)


class Report:
    """What was found in a set of runs; shows itself in a notebook and as text.

    Attributes:
        document: the whole report as JSON values, as ``--format json`` writes it.
        runs: worst first, then by name.
        comparisons: findings about several runs together.
        problems: paths that could not be read, and why.
    """

    def __init__(
        self, document: Document, paths: tuple[str | Path, ...] = (), *, checksum: bool = True
    ) -> None:
        self.document = document
        self.runs: tuple[Run, ...] = tuple(map(_run, document["runs"]))
        self.comparisons: tuple[Finding, ...] = tuple(
            _finding(outcome, ", ".join(outcome["runs"]))
            for outcome in document["comparisons"]
            if outcome["verdict"] == "found"
        )
        self.problems: tuple[Problem, ...] = tuple(document["problems"])
        self._paths = paths
        self._checksum = checksum

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of all runs, run by run, then those of the comparisons."""
        return (*(finding for run in self.runs for finding in run.findings), *self.comparisons)

    def run(self, name: str) -> Run:
        """The run of that name, or of that path. Raises LookupError where there is none."""
        for run in self.runs:
            if name in (run.name, run.path):
                return run
        raise LookupError(_missing("run", name, [run.name for run in self.runs]))

    def series(self, run: str | Run, tag: str) -> Series:
        """One curve at full resolution, read from the log: ``.steps``, ``.values``, ``.wall``.

        Args:
            run: the run or its name.
            tag: the curve's name (``train/epoch_loss``), its bare tag (``epoch_loss``) or the role
                that it plays (``train_loss``).

        Raises:
            LookupError: where there is no such run, or not exactly one such curve.
        """
        asked = run if isinstance(run, Run) else self.run(run)
        curves = self._logged(asked).scalars
        name = asked.roles.get(tag, tag)
        found = [curve for curve in curves if curve.name == name]
        found = found or [curve for curve in curves if curve.tag == name]
        if len(found) == 1:
            return found[0]
        names = [curve.name for curve in found or curves]
        if found:
            raise LookupError(f"{asked.name} has several curves {tag!r}: {', '.join(names)}")
        raise LookupError(_missing(f"curve in {asked.name}", tag, names))

    def to_pandas(self, table: Literal["findings", "runs"] = "findings") -> pd.DataFrame:
        """One row a finding, or one row a run.

        Raises ImportError where pandas is not installed.
        """
        try:
            import pandas as pd  # noqa: PLC0415  it is optional
        except ImportError:
            raise ImportError("to_pandas() needs pandas: pip install pandas") from None
        if table not in ("findings", "runs"):
            raise ValueError(f"table must be 'findings' or 'runs', not {table!r}")
        rows, columns = (self.findings, _OF_FINDINGS) if table == "findings" else (
            self.runs, _OF_RUNS
        )  # fmt: skip
        return pd.DataFrame(
            [[getattr(row, name) for name in columns] for row in rows], None, columns
        )

    def _logged(self, run: Run) -> LoggedRun:
        """The run as it is in the log now."""
        with suppress(NothingToRead, OSError):
            for cluster in clusters([place(path) for path in self._paths]):
                if str(cluster.path) == run.path:
                    for logged in load(cluster, checksum=self._checksum):
                        if logged.name == run.name:
                            return logged
        raise LookupError(f"the log of {run.name} is no longer at {run.path}")

    def _repr_html_(self) -> str:
        return notebook(self.document)

    def __str__(self) -> str:
        return terminal(self.document, Screen())

    def __repr__(self) -> str:
        return f"<Report: {total(self.document['summary'])}>"


_OF_FINDINGS = [
    "run", "id", "severity", "message", "suggestion", "tag", "steps", "measured", "caused_by",
]  # fmt: skip
_OF_RUNS = ["name", "path", "framework", "verdict", "headline"]


def _run(part: RunPart) -> Run:
    found = [outcome for outcome in part["outcomes"] if outcome["verdict"] == "found"]
    return Run(
        name=part["name"],
        path=part["path"],
        framework=part["framework"],
        verdict=part["verdict"],
        headline=part["headline"],
        findings=tuple(_finding(outcome, part["name"]) for outcome in found),
        causes=tuple(part["causes"]),
        facts=tuple(part["facts"]),
        roles={role["role"]: role["tag"] for role in part["roles"]},
    )


def _finding(outcome: OutcomePart, run: str) -> Finding:
    first = outcome["evidence"][0]
    return Finding(
        id=outcome["id"],
        title=outcome["title"],
        severity=outcome["severity"],
        run=run,
        message=first["message"],
        suggestion=first["suggestion"],
        tag=first["tag"],
        steps=tuple(first["steps"]),
        measured=measured(first["comparison"]),
        caused_by=outcome["caused_by"],
        evidence=tuple(outcome["evidence"]),
    )


def _listed(paths: Paths, name: str) -> list[str | Path]:
    """The paths; an address stays text, since a path would lose one of its slashes."""
    several = [paths] if isinstance(paths, str | os.PathLike) else paths
    if not isinstance(several, Iterable):
        raise TypeError(f"{name} must be a path or several, not {several!r}")
    found: list[str | Path] = []
    for path in several:
        if not isinstance(path, str | os.PathLike):
            raise TypeError(f"{name} must be a path or several, not {path!r}")
        text = os.fspath(path)
        found.append(text if "://" in text else Path(text))
    if not found:
        raise ValueError("which logs? name a folder with event files")
    return found


def _words(words: Words, name: str) -> list[str]:
    listed = [words] if isinstance(words, str) else list(words)
    if not all(isinstance(word, str) for word in listed):
        raise TypeError(f"{name} must be ids or families of diagnoses, not {words!r}")
    return listed


def _limits(limits: Mapping[str, Mapping[str, float]]) -> dict[str, dict[str, float]]:
    return {
        identity: {name: number(value, f"{identity}.{name}") for name, value in named.items()}
        for identity, named in limits.items()
    }


def _missing(what: str, name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known[:9]) or 'none'}"
    return f"there is no {what} called {name!r}; {hint}"

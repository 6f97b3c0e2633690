"""The table of what is true, ``labels.csv``, beside the runs."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from trainings.grid import Training
from trainings.logs.told import Style
from trainings.truth import Measured, truth

COLUMNS = ("case", "base", "framework", "fault", "type", "severity", "seed", "harm", "loggable",
           "clean", "score", "expects", "logged", "variant", "types", "shows", "did")  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A training that was made."""

    training: Training
    style: Style
    measured: Measured


def table(made: Sequence[Made]) -> list[dict[str, str]]:
    """A row for each, judged by the healthy ones among them."""
    twins: dict[Any, list[Measured]] = {}
    for one in made:
        if not one.training.fault:
            twins.setdefault(one.training.group, []).append(one.measured)
    return [_row(one, twins[one.training.group]) for one in made]


def _row(made: Made, twins: Sequence[Measured]) -> dict[str, str]:
    training, style = made.training, made.style
    fault = training.injected
    parts = ("training", "validation", "score", "rate", "config")
    logged = {part: bool(getattr(style, part)) for part in parts}
    known = truth(fault, made.measured, twins, logged)
    kind = fault.types if fault else ""
    return {
        "case": training.name,
        "base": training.base,
        "framework": training.framework,
        "fault": fault.name if fault else "none",
        "type": kind,
        "severity": training.severity,
        "seed": str(training.seed),
        "harm": known.harm,
        "loggable": _word(known.loggable),
        "clean": _word(known.clean),
        "score": f"{known.score:.4f}",
        "expects": " ".join(fault.expects) if fault else "",
        "logged": style.words(),
        "variant": "faulty" if fault else "healthy",
        "types": kind,
        "shows": _word(known.harm == "yes" and known.loggable),
        "did": " ".join(made.measured.did),
    }


def _word(true: object) -> str:
    return "yes" if true else "no"


def write(folder: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """The table of the folder."""
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(rows)


def read(folder: Path) -> list[dict[str, str]]:
    """The table that ``write`` wrote."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))

"""A run in one line of a list: how it fares, what was found, and what to compare it by."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tb_diagnose.report.document.numbers import maybe, number, text
from tb_diagnose.report.document.schema import CurvePart, Number, OutcomePart, RunPart
from tb_diagnose.report.page.schema import ListedFinding, RunLine
from tb_diagnose.report.text.sparkline import in_columns

#: Points of the small curve in a list of runs.
_SPARK = 40
_MAIN = ("train_loss", "val_loss", "reward")
#: Roles whose last value is told.
_FINAL = ("train_loss", "val_loss", "train_score", "val_score", "reward")
#: Hyper-parameters told of a run, and characters of one (chosen: a table has no more room).
_PARAMETERS, _LENGTH = 60, 60
#: `lr=0.1` in a run's name.
_NAMED = re.compile(r"(?<![A-Za-z0-9])([A-Za-z][\w.-]*?)=([^/=,;\s]+?)(?=[/,;\s]|_[A-Za-z]|$)")


def line(part: RunPart, hparams: Mapping[str, Any]) -> RunLine:
    """A run in the list of runs; ``hparams`` are its hyper-parameters as logged."""
    return RunLine(
        name=part["name"],
        verdict=part["verdict"],
        headline=part["headline"],
        findings=[_finding(outcome, part) for outcome in part["outcomes"] if _found(outcome)],
        spark=spark(part["curves"]),
        framework=part["framework"],
        state=part["state"],
        started=part["started"],
        last_event=part["last_event"],
        seconds=part["seconds"],
        parameters={**_named(part), **_model(part), **_logged(hparams)},
        final={curve["role"]: _last(curve) for curve in part["curves"] if curve["role"] in _FINAL},
    )


def _found(outcome: OutcomePart) -> bool:
    return outcome["verdict"] == "found"


def _finding(outcome: OutcomePart, part: RunPart) -> ListedFinding:
    return ListedFinding(
        id=outcome["id"],
        severity=outcome["severity"],
        caused_by=outcome["caused_by"],
        detected_at=outcome["detected_at"] or part["started"],
    )


def _named(part: RunPart) -> dict[str, Number | str]:
    """What the run's name says, and the highest learning rate of the run."""
    kept: dict[str, Number | str] = {}
    for name, value in _NAMED.findall(part["name"]):
        try:
            kept[name] = number(float(value))
        except ValueError:
            kept[name] = value
    rates = [curve["values"] for curve in part["curves"] if curve["role"] == "learning_rate"]
    if rates and rates[0]:
        kept["learning_rate"] = max(rates[0], key=float)
    return kept


def _model(part: RunPart) -> dict[str, Number | str]:
    """What the model's configuration tells, by the names that one compares runs by."""
    model = part["model"]
    if model is None:
        return {}
    known: dict[str, Number | str | None] = {
        "optimizer": model["optimizer"],
        "learning_rate": model["learning_rate"],
        "loss": ", ".join(model["losses"]),
        "layers": model["layers"],
        "weights": model["parameters"],
    }
    return {name: value for name, value in known.items() if value not in (None, "")}


def _logged(hparams: Mapping[str, Any]) -> dict[str, Number | str]:
    """Those hyper-parameters that are one number or one short word."""
    kept: dict[str, Number | str] = {}
    for name, value in hparams.items():
        if isinstance(value, bool) or (isinstance(value, str) and len(value) <= _LENGTH):
            kept[text(name)] = text(value)
        elif isinstance(value, int | float):
            kept[text(name)] = number(value)
    return dict(list(kept.items())[:_PARAMETERS])


def _last(curve: CurvePart) -> Number | None:
    """The value at the end of a curve, finite or not."""
    end = curve["steps"][-1] if curve["steps"] else float("-inf")
    broken = max(curve["nonfinite"], key=lambda span: span["last"], default=None)
    if broken and broken["last"] > end:
        return broken["value"]
    return maybe(curve["values"][-1]) if curve["values"] else None


def spark(curves: Sequence[CurvePart]) -> list[float | None]:
    """The main curve in at most 40 numbers, each the largest in its piece; None where only NaN."""
    roles = {played["role"]: played for played in reversed(curves)}
    curve = next((roles[role] for role in _MAIN if role in roles), None)
    curve = curve or next(iter(curves), None)
    if curve is None:
        return []
    columns = in_columns(curve, _SPARK)
    line: list[float | None] = []
    for at, height in enumerate(columns.heights):
        if height is not None:
            line.append(float(f"{height:.4g}"))
        else:  # a column that holds no point goes on as the one before
            line.append(None if at in columns.gaps or not line else line[-1])
    return line

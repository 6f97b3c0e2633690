"""Horizontal lines that the curve in evidence is read against: limit, level of guessing, best.

A line is drawn only where its value is in the curve's own unit: a limit on a share of the gain has
no place in a chart of the loss.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from tb_diagnose.core.finding import Comparison, Evidence
from tb_diagnose.core.format import number
from tb_diagnose.core.run import Run, Series
from tb_diagnose.measure.levels import finite
from tb_diagnose.report.document.schema import ReferenceKind, ReferencePart
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.patterns import is_accuracy
from tb_diagnose.roles.tags import parse_tag

#: Units of limits that are the unit of the curve itself, of all units that limits are declared in.
_OWN = ("of all examples", "of the units", "nats")
_BEST = ("of the best", "of its highest level", "× the best level")
_SIDES = {">": "above", ">=": "from", "<": "below", "<=": "up to"}
#: A value is in a curve where the curve comes so near to it: float32 has seven digits.
_SAME = 1e-6


class References:
    """The reference lines of a run's evidence.

    Args:
        run: whose curves the evidence names.
        chance: the level of guessing, where that is known.
        roles: names of curves that play a role: of two of one tag, these are meant.
    """

    def __init__(self, run: Run, chance: ChanceLevel | None, roles: Mapping[str, str]) -> None:
        self._chance = chance
        self._curves: dict[str, Series] = {}
        for series in sorted(run.scalars, key=lambda series: series.name not in roles):
            self._curves.setdefault(series.tag, series)
        self._curves.update({series.name: series for series in run.scalars})

    def __call__(self, evidence: Evidence) -> list[ReferencePart]:
        """The lines beside the curve that the evidence names; none where it names none."""
        series, comparison = self._curves.get(evidence.tag), evidence.comparison
        if series is None:
            return list(_of_units(comparison)) if comparison else []
        level = self._guessing(series)
        lines = [] if level is None else [level]
        if comparison is not None:
            lines = [*_limit(comparison, series, level), *_best(comparison, series), *lines]
        return lines

    def _guessing(self, series: Series) -> ReferencePart | None:
        """What guessing gives: ln K of a cross-entropy, 1/K of an accuracy."""
        chance, info = self._chance, parse_tag(series.folder, series.tag)
        if chance is None:
            return None
        if info.kind == "loss" and not info.part and chance.cross_entropy:
            return _line("guessing", chance.loss, f"ln {chance.classes}, guessing")
        if info.kind == "score" and is_accuracy(series.tag):
            return _line("guessing", chance.accuracy, f"1/{chance.classes}, guessing")
        return None


def _of_units(comparison: Comparison) -> Iterator[ReferencePart]:
    """The limit on the share of a layer's units, which is drawn from a table and not a curve."""
    if comparison.unit == "of the units":
        yield _line("limit", comparison.limit, _alarm(comparison))


def _limit(
    comparison: Comparison, series: Series, level: ReferencePart | None
) -> Iterator[ReferencePart]:
    """The limit, in multiples of ln K or as the curve counts it."""
    if comparison.unit in _OWN and _holds(series, comparison.value):
        yield _line("limit", comparison.limit, _alarm(comparison))
    elif comparison.unit == "× ln K" and level is not None and comparison.limit != 1:
        unit = level["label"].partition(",")[0]
        if not unit.startswith("ln"):  # the evidence is a score, what decided was the loss
            return
        yield _line("limit", comparison.limit * float(level["value"]), _alarm(comparison, unit))


def _best(comparison: Comparison, series: Series) -> Iterator[ReferencePart]:
    values = finite(np.asarray(series.values, np.float64))
    if comparison.unit.startswith(_BEST) and len(values):
        lower = parse_tag(series.folder, series.tag).kind == "loss"
        best = float(values.min() if lower else values.max())
        yield _line("best", best, f"best {number(best)}")


def _holds(series: Series, value: float) -> bool:
    values = np.asarray(series.values, np.float64)
    return bool(np.isclose(values, value, rtol=_SAME, atol=0).any())


def _alarm(comparison: Comparison, unit: str = "") -> str:
    limit = f"{number(comparison.limit)} × {unit}" if unit else number(comparison.limit)
    return f"alarm {_SIDES[comparison.operator]} {limit}"


def _line(kind: ReferenceKind, value: float, label: str) -> ReferencePart:
    return ReferencePart(kind=kind, value=value, label=label)

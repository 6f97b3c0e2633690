"""What the offline report draws of a run: its curves and heat maps as JSON values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.report.document.numbers import text
from tb_diagnose.report.document.schema import RunPart
from tb_diagnose.report.page.charts import Drawn, drawn
from tb_diagnose.report.page.heats import COLUMNS, Heat, heat, heats
from tb_diagnose.report.page.overview import line
from tb_diagnose.report.page.schema import CarriedCurve, CarriedHeat, NonFiniteEnd, RunLine

if TYPE_CHECKING:
    from tb_diagnose.core.run import Run
    from tb_diagnose.roles.resolve import RoleMap

#: Points of all curves of a report together, and cells of its heat maps (chosen: 3 MB at most).
_ALL = 280_000
#: The same of one run, of however many (chosen: 15 MB for 1,000 runs).
_LEAST = 600
#: Points of one curve at most and at least (chosen: two for each pixel of a wide chart; what a
#: small one needs), and the same for the columns of a heat map.
_CURVE, _COLUMNS = (60, 2_000), (20, COLUMNS)


class Pictures(TypedDict):
    """A run's line in the list, curves by name, and heat maps, as the page's ``Carried`` has it."""

    line: RunLine
    curves: dict[str, CarriedCurve]
    heats: list[CarriedHeat]


def resolution(runs: int) -> int:
    """Points of all curves of a run, and cells of its heat maps, in a report of so many runs."""
    return max(_LEAST, _ALL // max(1, runs))


def pictures(run: Run, roles: RoleMap, part: RunPart, points: int) -> Pictures:
    """The curves that the run's part names, in up to ``points`` points, and all its heat maps."""
    named = {curve["name"] for curve in part["curves"]}
    shown = [series for series in run.scalars if text(series.name) in named]
    kinds = heats(roles.values)
    size = _within(points // max(1, len(shown)), *_CURVE)
    columns = _within(points // max(1, sum(len(kind.rows) for kind in kinds)), *_COLUMNS)
    maps = (heat(roles.values, kind.vital, columns) for kind in kinds)
    return Pictures(
        line=line(part, run.hparams),
        curves={text(series.name): _curve(drawn(series, size)) for series in shown},
        heats=[_heat(grid) for grid in maps if grid is not None],
    )


def _within(value: int, low: int, high: int) -> int:
    return max(low, min(high, value))


def _curve(curve: Drawn) -> CarriedCurve:
    return CarriedCurve(
        steps=[int(step) for step in curve.steps],
        values=_numbers(curve.values),
        full=curve.full,
        nonfinite=[NonFiniteEnd(step=step, value=kind) for step, kind in curve.nonfinite],
        clock=curve.clock.round(1).tolist(),
    )


def _heat(shown: Heat) -> CarriedHeat:
    kind = shown.kind
    return CarriedHeat(
        vital=kind.vital,
        title=kind.title,
        unit=kind.unit,
        scale=kind.scale,
        rows=list(kind.rows),
        steps=[int(step) for step in shown.steps],
        values=_numbers(shown.values),
    )


def _numbers(values: NDArray[np.floating[Any]]) -> list[float | None]:
    """Row by row in five digits, more than a screen can show; None for NaN."""
    flat = values.ravel().tolist()
    return [float(f"{value:.5g}") if np.isfinite(value) else None for value in flat]

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

#: Points of all curves of a report together (chosen: 3 MB, which a browser opens at once).
_ALL = 400_000
#: Points of one curve at most (chosen: two for each pixel of a wide chart), and curves of a run.
_MOST, _CURVES = 2_000, 7


class Pictures(TypedDict):
    """A run's line in the list, curves by name, and heat maps, as the page's ``Carried`` has it."""

    line: RunLine
    curves: dict[str, CarriedCurve]
    heats: list[CarriedHeat]


def resolution(runs: int) -> int:
    """Points of each curve in a report of so many runs: 2,000, fewer where there are many runs."""
    return max(120, min(_MOST, _ALL // (_CURVES * max(1, runs))))


def pictures(run: Run, roles: RoleMap, part: RunPart, points: int) -> Pictures:
    """The curves that the run's part names in up to ``points`` points, and all its heat maps."""
    named = {each["name"] for each in part["curves"]}
    shown = (drawn(each, points) for each in run.scalars if text(each.name) in named)
    columns = min(COLUMNS, max(60, points // 4))
    maps = (heat(roles.values, kind.vital, columns) for kind in heats(roles.values))
    return Pictures(
        line=line(part, run.hparams),
        curves={text(each.name): _curve(each) for each in shown},
        heats=[_heat(each) for each in maps if each is not None],
    )


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

"""A run as it stood at an earlier moment: what could be known then, and since when a thing could.

A finding is dated by cutting the run off at the moments of the curve that shows it and judging
what is left; the first cut at which it is found is searched by bisection. Findings of one run are
often shown by the same curve and so ask for the same cuts, whose roles are given out once.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from tb_diagnose.analysis.run import RunAnalysis
from tb_diagnose.core.run import Histograms, Run, Series, Vitals
from tb_diagnose.core.settings import Settings
from tb_diagnose.measure.levels import distinct
from tb_diagnose.roles.frameworks import framework
from tb_diagnose.roles.resolve import RoleMap, role_values

#: Cuts that are kept: the first ones, where bisections of one curve have not parted yet.
_KEPT = 8

#: Whatever a run logs under a name, with steps and a clock.
Logged = Series | Histograms | Vitals


class Replay:
    """One run, to be cut off where its findings ask for it."""

    def __init__(self, run: Run, settings: Settings) -> None:
        self._run, self._settings = run, settings
        self._cuts: dict[float, RunAnalysis] = {}

    def since(
        self, name: str, begins: int | None, proves: Callable[[RunAnalysis], bool]
    ) -> tuple[float, int] | None:
        """The moment, and the step of the curve ``name``, from which on the log proved something.

        ``proves`` says of the roles of a cut whether it is proved there; at the end of the run it
        is. A cut before the step at which it ``begins`` proves something else. None where the run
        has no such curve or the curve no clock.
        """
        curve = logged(self._run, name)
        if curve is None or len(curve) == 0 or not np.isfinite(curve.wall).all():
            return None
        moments = distinct(curve.wall)
        low, high = _first_moment(curve, moments, begins), len(moments) - 1
        while low < high:
            middle = (low + high) // 2
            if proves(self._roles(float(moments[middle]))):
                high = middle
            else:
                low = middle + 1
        at = int(np.flatnonzero(curve.wall <= moments[high])[-1])
        return float(moments[high]), int(curve.steps[at])

    def _roles(self, wall: float) -> RunAnalysis:
        known = self._cuts.get(wall)
        if known is None:
            run = self._run.until(wall)
            values = role_values(run, self._settings.roles)
            known = RunAnalysis(run, RoleMap(values, (), framework(run)))
            if len(self._cuts) < _KEPT:
                self._cuts[wall] = known
        return known


def _first_moment(curve: Logged, moments: np.ndarray, begins: int | None) -> int:
    """Where among the moments a curve first shows the step at which a finding begins.

    0 where it shows none, and where that step is its last: where a run stands at the end, it may
    have stood before.
    """
    shown = np.flatnonzero(curve.steps == begins) if begins is not None else np.array((), int)
    if not shown.size or shown[0] == len(curve) - 1:
        return 0
    return int(np.searchsorted(moments, curve.wall[shown.item(0)]))


def as_of(run: Run, step: int, settings: Settings) -> Run:
    """The run as it stood when its main curve had come to ``step``; empty before its first one.

    The main curve is the training loss, else the reward, else the curve with the most points.
    """
    values = role_values(run, settings.roles)
    longest = max(run.scalars, key=len, default=None)
    known = (values.get("train_loss"), values.get("reward"), longest)
    curve = next((series for series in known if series is not None), None)
    if curve is None:
        return run
    reached = curve.steps <= step
    if reached.all():
        return run
    return run.until(float(np.max(curve.wall[reached], initial=-math.inf)))


def curve_named(run: Run, name: str) -> Series | None:
    """The scalar curve of a run by ``Series.name``; of a sum of curves, its first part."""
    first = name.split(" + ", maxsplit=1)[0]
    return next((series for series in run.scalars if series.name == first), None)


def logged(run: Run, name: str) -> Logged | None:
    """Whatever a run logged under that name, be it a curve, histograms or vitals."""
    others: tuple[Histograms | Vitals, ...] = (*run.histograms, *run.vitals)
    return curve_named(run, name) or next((other for other in others if other.name == name), None)

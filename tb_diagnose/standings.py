"""How good each of several runs is: by the curve that people rank runs by, and with its noise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from tb_diagnose.measure.levels import condense, end_level, finite, noise, start_level
from tb_diagnose.roles import Roles
from tb_diagnose.runs import Series

#: Roles that runs are ranked by, the one that counts most first, and which way is better.
RANKED: Mapping[str, int] = {
    "success": 1,
    "reward": 1,
    "val_score": 1,
    "val_loss": -1,
    "train_score": 1,
    "train_loss": -1,
}


@dataclass(frozen=True, eq=False)
class Standing:
    """How one run stands. Levels in the unit of its curve.

    Attributes:
        run: its name.
        curve: the curve it is ranked by.
        better: 1 where higher is better, -1 where lower is.
        start, end: level at the start and at the end.
        noise: standard deviation of the curve's medians around their trend.
    """

    run: str
    curve: Series
    better: int
    start: float
    end: float
    noise: float


def standings(runs: Mapping[str, Roles]) -> tuple[Standing, ...]:
    """Every run by the first role of ``RANKED`` that at least two runs have, by name."""
    for role, better in RANKED.items():
        found = tuple(_standings(runs, role, better))
        if len(found) > 1:
            return found
    return ()


def failed(roles: Roles) -> bool | None:
    """Whether a training failed: turned to NaN or infinity, or ended no better than it began.

    None where there is no curve to tell by.
    """
    for role, better in (("train_loss", -1), ("reward", 1)):
        curve = roles.values.get(role)
        if isinstance(curve, Series) and len(curve) > 1:
            values = finite(curve.values)
            if len(values) < len(curve):
                return True
            return better * (end_level(values) - start_level(values)) <= 0
    return None


def _standings(runs: Mapping[str, Roles], role: str, better: int) -> Iterator[Standing]:
    for name in sorted(runs):
        curve = runs[name].values.get(role)
        if not isinstance(curve, Series):
            continue
        values = finite(curve.values)
        if len(values) > 1 and np.isfinite(curve.values[-1]):
            medians = condense(values).values
            ends = start_level(values), end_level(values)
            yield Standing(name, curve, better, *ends, noise(medians))

"""Runs that are the same to the last bit.

Why it matters:
    They were meant to differ, by a seed or a setting. What was changed has no effect, the seed is
    fixed twice, or one folder is a copy of the other. Averages over them are averages of one.

How it is judged:
    Two runs are identical where they have a curve in common and every curve that both have holds
    the same values bit by bit, the training loss (or the reward) among them, which must have at
    least 3 points that are not all the same. It is a note where one has curves that the other
    lacks: then they may be the same training, watched more closely.

When it stays silent:
    Runs that differ in a single value; runs of fewer than 3 points; a loss that never moves.

What to try:
    Set the seed from the run's number, and check that the changed setting reaches the code that
    uses it. Remove copies.

Sources:
    Henderson et al. 2018, "Deep reinforcement learning that matters" (seeds).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from tb_diagnose.diagnosis import comparison, limit
from tb_diagnose.findings import Evidence, NotApplicable, Severity
from tb_diagnose.roles import Roles
from tb_diagnose.runs import Series
from tb_diagnose.words import listed, plural

#: Roles that hold one curve each, beside the main one.
CURVES = ("train_loss", "reward", "val_loss", "train_score", "val_score", "entropy", "value_loss")


@dataclass(frozen=True)
class Limits:
    """How much there must be to compare."""

    points: int = limit(3, unit="points", source="chosen: two can be equal by chance")


@comparison(family="comparison", severity=Severity.WARNING, since="0.1")
def identical_runs(runs: Mapping[str, Roles], limits: Limits) -> Iterator[Evidence]:
    """Groups of runs with the same main curve, and nothing else that tells them apart."""
    if len(runs) < 2:
        raise NotApplicable("there is only one run")
    alike: dict[bytes, list[str]] = defaultdict(list)
    for name in sorted(runs):
        main = _curves(runs[name]).get("main")
        if main is not None and len(main) >= limits.points and np.ptp(main.values) != 0:
            alike[main.values.tobytes()].append(name)
    for names in alike.values():
        first = runs[names[0]]
        same = [name for name in names if _agree(first, runs[name])]
        if len(same) > 1:
            whole = all(_curves(runs[name]).keys() == _curves(first).keys() for name in same)
            points = len(_curves(first)["main"])
            yield Evidence(
                says=f"{listed(same)} are the same to the last bit, over "
                f"{plural(points, 'point')}.",
                fix="Check that what was changed reaches the code, give each run a seed of its "
                "own, or remove the copy.",
                measured=float(len(same)),
                limit=1.0,
                unit="runs",
                severity=None if whole else Severity.INFO,
            )


def _curves(roles: Roles) -> dict[str, Series]:
    found = {role: curve for role in CURVES if isinstance(curve := roles.values.get(role), Series)}
    main = found.get("train_loss", found.get("reward"))
    return found | ({"main": main} if main is not None else {})


def _agree(one: Roles, other: Roles) -> bool:
    """Whether every curve that both have holds the same values."""
    left, right = _curves(one), _curves(other)
    return all(
        left[role].values.tobytes() == right[role].values.tobytes() for role in left.keys() & right
    )

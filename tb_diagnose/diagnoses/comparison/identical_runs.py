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

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import listed, plural
from tb_diagnose.engine.compare import Fingerprint, RunSummary
from tb_diagnose.engine.contract import Thresholds, comparison, limit


class Limits(Thresholds):
    """How much there must be to compare."""

    points: int = limit(3, unit="points", source="chosen: two can be equal by chance")


@comparison(family="comparison", severity=Severity.WARNING, since="0.1")
def identical_runs(runs: Mapping[str, RunSummary], limits: Limits) -> Iterator[Evidence]:
    """Groups of runs with the same main curve, and nothing else that tells them apart."""
    if len(runs) < 2:
        raise NotApplicable("there is only one run")
    alike: dict[Fingerprint, list[str]] = defaultdict(list)
    for name in sorted(runs):
        main = _main(runs[name])
        if main is not None and main.points >= limits.points and main.varied:
            alike[main].append(name)
    for main, names in alike.items():
        first = runs[names[0]]
        same = [name for name in names if _agree(first, runs[name])]
        if len(same) > 1:
            whole = all(
                runs[name].fingerprints.keys() == first.fingerprints.keys() for name in same
            )
            yield Evidence(
                message=f"{listed(same)} are the same to the last bit, over "
                f"{plural(main.points, 'point')}.",
                suggestion="Check that what was changed reaches the code, give each run a seed of its "
                "own, or remove the copy.",
                measured=float(len(same)),
                limit=1.0,
                unit="runs",
                severity=None if whole else Severity.INFO,
            )


def _main(run: RunSummary) -> Fingerprint | None:
    return run.fingerprints.get("train_loss", run.fingerprints.get("reward"))


def _agree(one: RunSummary, other: RunSummary) -> bool:
    """Whether every curve that both have holds the same values."""
    both = one.fingerprints.keys() & other.fingerprints.keys()
    return all(one.fingerprints[role] == other.fingerprints[role] for role in both)

"""Runs that are the same to the last bit.

Why it matters:
    Runs that were meant to differ and do not: what was changed has no effect, or the seed is fixed
    twice. Averages over them are averages of one.

How it is judged:
    Every curve that both have holds the same values bit by bit, the training loss (or the reward)
    among them, which must have three different points. It is a warning where a hyperparameter or
    the seed in their names differs; else a note: the same settings and seed, or a copy.

When it stays silent:
    Runs that differ in a single value; a loss that never moves.

What to try:
    Set the seed from the run's number, and check that the setting reaches the code that uses it.

Sources:
    Henderson et al. 2018, "Deep reinforcement learning that matters" (seeds).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import listed, plural
from tb_diagnose.engine.compare import Fingerprint, RunSummary, seed_of
from tb_diagnose.engine.contract import comparison, method

#: Two points can be equal by chance.
FEWEST = 3


def _alone(runs: Mapping[str, RunSummary]) -> str:
    return "there is only one run" if len(runs) <= 1 else ""


@comparison(family="comparison", severity=Severity.WARNING, since="0.1")
class IdenticalRuns:
    @method("values of the curves", unless=_alone)
    def by_values(self, runs: Mapping[str, RunSummary]) -> Iterator[Evidence]:
        """Groups of runs with the same main curve, and nothing else that tells them apart."""
        groups: dict[Fingerprint, list[str]] = defaultdict(list)
        for name in sorted(runs):
            main = runs[name].main
            if main is not None and main.varied and main.points >= FEWEST:
                groups[main].append(name)
        for main, names in groups.items():
            same = [name for name in names if _agree(runs[names[0]], runs[name])]
            if len(same) > 1:
                differing = _differing([runs[name] for name in same])
                what = f", though {differing} differs" if differing else ""
                yield Evidence(
                    message=f"{listed(same)} are the same to the last bit, over "
                    f"{plural(main.points, 'point')}{what}.",
                    suggestion=f"Check that {differing} reaches the code that uses it."
                    if differing
                    else "Nothing, if they are copies or repeat one seed: count them once.",
                    severity=None if differing else Severity.INFO,
                )


def _agree(one: RunSummary, other: RunSummary) -> bool:
    """Whether every curve that both have holds the same values."""
    both = one.fingerprints.keys() & other.fingerprints.keys()
    return all(one.fingerprints[role] == other.fingerprints[role] for role in both)


def _differing(runs: Sequence[RunSummary]) -> str:
    """What was meant to make the runs differ: a hyperparameter or the seed; ``""`` if nothing."""
    keys = sorted(set().union(*(run.hparams for run in runs)))
    for key in keys:
        if len({repr(run.hparams[key]) for run in runs if key in run.hparams}) > 1:
            return str(key)
    return "the seed" if len({seed_of(run.run) for run in runs}) > 1 else ""

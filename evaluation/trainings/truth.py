"""What is true of a training, from the trained network itself and from its healthy twins.

A healthy training is *clean* where it learned as its twins with other seeds did and its validation
loss did not turn. A faulty one *shows* its fault where it scores clearly below its healthy twins.
What a fault did besides (NaN, divergence, no learning, overfitting) is read from the network's
losses and scores before and after training. No log and no diagnosis is consulted.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev

from trainings.grid import Training, grid, word
from trainings.plan import FAULTS, Trained

#: Least loss of skill that counts as harm, and how many deviations between seeds it must be too.
HARM, DEVIATIONS = 0.05, 3.0
#: A healthy validation loss ends at most so far above its lowest value.
TURNED = 1.1
#: An overfitting one ends at least so far above, and is by ``HARM`` better on what it trained on.
OVERFITTED = 1.25
#: Below this skill on its own training data, and with most of its loss left, it learned nothing.
NOTHING, LEFT = 0.05, 0.9
#: A loss that ends above this multiple of what it was before training has diverged.
DIVERGED = 1.5


@dataclass(frozen=True)
class Truth:
    """One training of the grid and what is true of it.

    Attributes:
        clean: healthy, and silence is right.
        shows: faulty, and worse for it.
        harmless: faulty, and no worse: neither silence nor a finding is wrong.
        expects: ids of the diagnoses that should be found.
    """

    training: Training
    trained: Trained
    clean: bool
    shows: bool
    expects: frozenset[str]

    @property
    def harmless(self) -> bool:
        return self.training.fault is not None and not self.shows


@dataclass(frozen=True)
class Usual:
    """Skill of the healthy trainings of one base: mean and tolerance, on test and validation."""

    test: float
    test_tolerance: float
    val: float
    val_tolerance: float


def truths(logs: Path) -> list[Truth]:
    """Of every training of the grid that is in the folder, in the grid's order."""
    results = _results(logs)
    trainings = [each for each in grid() if each.name in results]
    usual = _usual(trainings, results)
    return [
        _truth(each, results[each.name], usual[each.base])
        for each in trainings
        if each.base in usual
    ]


def measurable() -> set[str]:
    """Ids of the diagnoses that some training of the grid should be found by."""
    named = {identity for fault in FAULTS.values() for identity in fault.expects}
    return named | {"non-finite-values", "loss-divergence", "no-learning", "overfitting"}


def write_labels(logs: Path, known: Sequence[Truth]) -> None:
    """Make the folder a corpus: ``labels.csv`` in the form of fault labels beside ``runs``."""
    with (logs / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("case", "variant", "clean", "types", "fault", "shows"))
        table.writerows(_label(each) for each in known)


def _label(known: Truth) -> tuple[str, ...]:
    name, fault, clean = known.training.name, known.training.fault, _word(known.clean)
    if fault is None:
        return name, "healthy", clean, "", "none", ""
    severity = f"{fault.name}: {word(known.training.level)} {fault.unit}".strip()
    return name, "faulty", clean, fault.types, severity, _word(known.shows)


def _word(true: object) -> str:
    return "yes" if true else "no"


def _results(logs: Path) -> dict[str, Trained]:
    with (logs / "trained.csv").open(encoding="utf-8", newline="") as file:
        return {
            row.pop("name"): Trained(**{key: float(value) for key, value in row.items()})
            for row in csv.DictReader(file)
        }


def _usual(trainings: Sequence[Training], results: Mapping[str, Trained]) -> dict[str, Usual]:
    by_base: dict[str, list[Trained]] = {}
    for each in trainings:
        if each.fault is None:
            by_base.setdefault(each.base, []).append(results[each.name])
    return {
        base: Usual(*_spread([t.skill for t in twins]), *_spread([t.val_skill for t in twins]))
        for base, twins in by_base.items()
    }


def _spread(skills: Sequence[float]) -> tuple[float, float]:
    deviation = stdev(skills) if len(skills) > 1 else 0.0
    return mean(skills), max(HARM, DEVIATIONS * deviation)


def _truth(training: Training, trained: Trained, usual: Usual) -> Truth:
    fault = training.fault
    if fault is None:
        as_usual = trained.skill >= usual.test - usual.test_tolerance
        clean = as_usual and trained.val_last <= TURNED * trained.val_best
        return Truth(training, trained, clean, shows=False, expects=frozenset())
    harm = {
        "test": usual.test - usual.test_tolerance - trained.skill,
        "validation": usual.val - usual.val_tolerance - trained.val_skill,
        "promise": trained.val_skill - trained.skill - usual.test_tolerance,
    }[fault.harm]
    shows = math.isnan(harm) or harm > 0
    expects = _also(trained) | (set(fault.expects) if shows else set())
    return Truth(training, trained, clean=False, shows=shows, expects=frozenset(expects))


def _also(trained: Trained) -> set[str]:
    """What a fault did, whatever fault it was."""
    if not (math.isfinite(trained.after) and math.isfinite(trained.skill)):
        return {"non-finite-values"}
    did = set()
    if trained.after > trained.before + (DIVERGED - 1) * abs(trained.before):
        did.add("loss-divergence")
    elif trained.train_skill < NOTHING and trained.after > LEFT * trained.before:
        did.add("no-learning")
    elif trained.val_last > OVERFITTED * trained.val_best > 0 and _gap(trained) > HARM:
        did.add("overfitting")
    return did


def _gap(trained: Trained) -> float:
    return trained.train_skill - trained.skill

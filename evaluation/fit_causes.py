"""Fits the odds of causes on trainings with known faults, and publishes how far they hold.

    python evaluation/fit_causes.py FOLDER

FOLDER is what ``make_trainings.py`` wrote. Writes ``tb_diagnose/engine/causes.json`` and
``docs/causes.md``. Every figure is of trainings whose base task was left out of the fit.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from causes import CAUSES, FAULTS
from numpy.typing import NDArray

from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.cause_features import features
from tb_diagnose.engine.causes import names
from tb_diagnose.engine.examine import examine
from tb_diagnose.read import clusters, load

ROOT = Path(__file__).resolve().parents[1]
MODEL = ROOT / "tb_diagnose" / "engine" / "causes.json"
PAGE = ROOT / "docs" / "causes.md"
#: Weight of the penalty |w| (chosen by left-out likelihood among 1e-4 … 1e-2).
PENALTY = 1e-3
STEPS = 800
#: Weights below this are left out of the file: they change no odds by more than 5 %.
SMALL = 0.05

Floats = NDArray[np.float64]


class Case(NamedTuple):
    """A training with its cause and the features of its log."""

    base: str
    cause: str
    values: dict[str, float]
    named: tuple[float, ...]
    cleared: tuple[float, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    # The features are those of runs without causes: an older file must not come into it.
    MODEL.write_text('{"temperature": 1, "doubt": 0, "named": 0, "cleared": 0, "causes": {}}\n')
    cases = collect(folder)
    # A diagnosis that names a cause counts the same for all of them, by the shared weight.
    naming = {name for cause in CAUSES.values() for name in cause.named_by}
    names = sorted({name for case in cases for name in case.values} - naming)
    causes = [*CAUSES]
    held_out = leave_bases_out(cases, names, causes)
    scale = calibrated(held_out, cases, causes)
    MODEL.write_text(json.dumps(model(cases, names, causes, scale), indent=1) + "\n")
    PAGE.write_text(page(odds_of(held_out, scale), cases, causes))


def collect(folder: Path) -> list[Case]:
    """Trainings whose fault does harm and shows, and in which something was found."""
    cases = []
    with (folder / "labels.csv").open(encoding="utf-8") as table:
        for row in csv.DictReader(table):
            cause = FAULTS.get(row["fault"])
            if cause is None or row["harm"] != "yes" or row["loggable"] != "yes":
                continue
            for cluster in clusters([folder / "runs" / row["case"]]):
                for run in load(cluster):
                    seen = examine(run, Settings())
                    found = features(seen.analysis, seen.outcomes)
                    values = {name: feature.value for name, feature in found.items()}
                    named, cleared = zip(
                        *(names(one.named_by, seen.outcomes) for one in CAUSES.values()),
                        strict=True,
                    )
                    cases.append(Case(row["base"], cause, values, named, cleared))
    return cases


def table(cases: list[Case], names: list[str]) -> Floats:
    """The features of each case and a constant. [cases, names + 1]"""
    rows = [[*(case.values.get(name, 0.0) for name in names), 1.0] for case in cases]
    return np.array(rows, dtype=np.float64)


class Fit(NamedTuple):
    """Weights of the features and a constant, [names + 1, causes], and the two that causes share.

    The shared ones are of a diagnosis that names the cause, and of one that would but is clear.
    """

    weights: Floats
    shared: Floats

    def sums(self, cases: list[Case], names: list[str]) -> Floats:
        """The logarithms of the odds, but for a constant. [cases, causes]"""
        return table(cases, names) @ self.weights + naming(cases) @ self.shared


def naming(cases: list[Case]) -> Floats:
    """Whether diagnoses name each cause, and whether they clear it. [cases, causes, 2]"""
    return np.stack([[case.named for case in cases], [case.cleared for case in cases]], axis=-1)


def fit(cases: list[Case], names: list[str], causes: list[str]) -> Fit:
    """A multinomial logistic model with an L1 penalty on all but the shared weights.

    By accelerated proximal gradient descent (Beck and Teboulle 2009). Causes weigh by the square
    root of how many cases they have, so that rare ones are heard.
    """
    inputs = table(cases, names)
    at = np.array([causes.index(case.cause) for case in cases])
    truth = np.eye(len(causes))[at]
    counts = Counter(at.tolist())
    weight = np.array([1 / np.sqrt(counts[int(one)]) for one in at])
    weight /= weight.sum()
    known = naming(cases)
    weights, shared = np.zeros((inputs.shape[1], len(causes))), np.zeros(2)
    ahead, momentum = weights.copy(), 1.0
    step = 2.0 / (np.linalg.norm(inputs * np.sqrt(weight)[:, None], 2) ** 2 + 2)
    for _ in range(STEPS):
        odds = softmax(inputs @ ahead + known @ shared)
        off = (odds - truth) * weight[:, None]
        slope = inputs.T @ off
        shared = shared - step * np.einsum("ij,ijk->k", off, known)
        moved = ahead - step * slope
        moved[:-1] = np.sign(moved[:-1]) * np.maximum(np.abs(moved[:-1]) - step * PENALTY, 0)
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = moved + (momentum - 1) / following * (moved - weights)
        weights, momentum = moved, following
    return Fit(weights, shared)


def softmax(sums: Floats) -> Floats:
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def leave_bases_out(cases: list[Case], names: list[str], causes: list[str]) -> Floats:
    """The sums of each case under a model fitted without its base task. [cases, causes]"""
    sums = np.zeros((len(cases), len(causes)))
    bases = sorted({case.base for case in cases})
    for fold in range(10):
        left = set(bases[fold::10])
        kept = [case for case in cases if case.base not in left]
        where = [at for at, case in enumerate(cases) if case.base in left]
        if where:
            sums[where] = fit(kept, names, causes).sums([cases[at] for at in where], names)
    return sums


class Scale(NamedTuple):
    """What makes odds honest: they are softened, and a share of doubt is spread over all causes."""

    temperature: float
    doubt: float


def odds_of(sums: Floats, scale: Scale) -> Floats:
    """The probabilities of sums. [cases, causes]"""
    odds = softmax(sums / scale.temperature)
    return (1 - scale.doubt) * odds + scale.doubt / odds.shape[1]


def calibrated(sums: Floats, cases: list[Case], causes: list[str]) -> Scale:
    """The scale under which left-out probabilities are likeliest (after Guo et al. 2017)."""
    at = np.array([causes.index(case.cause) for case in cases])

    def unlikely(scale: Scale) -> float:
        odds = odds_of(sums, scale)[np.arange(len(at)), at]
        return float(-np.log(np.maximum(odds, 1e-12)).mean())

    temperatures, doubts = np.linspace(0.5, 3, 51), np.linspace(0, 0.3, 31)
    grid = (Scale(float(soft), float(doubt)) for soft in temperatures for doubt in doubts)
    return min(grid, key=unlikely)


def model(cases: list[Case], names: list[str], causes: list[str], scale: Scale) -> dict[str, Any]:
    fitted = fit(cases, names, causes)
    weights = fitted.weights
    return {
        "temperature": round(scale.temperature, 3),
        "doubt": round(scale.doubt, 3),
        "named": round(float(fitted.shared[0]), 3),
        "cleared": round(float(fitted.shared[1]), 3),
        "causes": {
            cause: {
                "title": CAUSES[cause].title,
                "change": CAUSES[cause].change,
                "named_by": CAUSES[cause].named_by,
                **({"frameworks": CAUSES[cause].frameworks} if CAUSES[cause].frameworks else {}),
                "bias": round(float(weights[-1, column]), 3),
                "weights": {
                    name: round(float(weight), 3)
                    for name, weight in zip(names, weights[:-1, column], strict=True)
                    if abs(weight) >= SMALL
                },
            }
            for column, cause in enumerate(causes)
        },
    }


def page(odds: Floats, cases: list[Case], causes: list[str]) -> str:
    """Reliability and confusion, as Markdown."""
    order = np.argsort(-odds, axis=1)
    truth = np.array([causes.index(case.cause) for case in cases])
    first = order[:, 0] == truth
    three = (order[:, :3] == truth[:, None]).any(axis=1)
    bases = len({case.base for case in cases})
    lines = [
        "# Causes: how far the probabilities hold",
        "",
        f"`python evaluation/fit_causes.py` wrote this page from {len(cases):,} trainings",
        f"of {bases} base tasks whose fault does harm and shows in the log. Every figure is",
        "of trainings whose base task was left out of the fit.",
        "",
        f"The first cause is the true one in {first.mean():.0%} of them, one of the first three",
        f"in {three.mean():.0%}.",
        "",
        "## Reliability of the first cause",
        "",
        "| probability given | trainings | right |",
        "| --- | --- | --- |",
    ]
    best = odds.max(axis=1)
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        inside = (best >= low) & (best < low + 0.2 + (low == 0.8))
        if inside.any():
            share = f"{int(inside.sum())} | {first[inside].mean():.0%}"
            lines.append(f"| {low:.1f} to {low + 0.2:.1f} | {share} |")
    lines += [
        "",
        "## By cause",
        "",
        "| cause | trainings | first | among three | most often taken for |",
        "| --- | --- | --- | --- | --- |",
    ]
    for at, cause in enumerate(causes):
        own = truth == at
        if not own.any():
            continue
        others = Counter(causes[one] for one in order[own, 0] if one != at)
        taken = ", ".join(f"{name} ({count})" for name, count in others.most_common(2))
        lines.append(
            f"| {CAUSES[cause].title} | {int(own.sum())} | {first[own].mean():.0%} | "
            f"{three[own].mean():.0%} | {taken or '–'} |"
        )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()

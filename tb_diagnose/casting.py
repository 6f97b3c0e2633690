"""Which curve plays a role best where several could: totals before parts, epochs before batches."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any

import numpy as np

from tb_diagnose.runs import Run, Series
from tb_diagnose.tags import Meaning, meaning

#: Scores that can be traded for one another: none of them alone is what a run is judged by.
ONE_SIDED = frozenset(("precision", "recall"))

#: The score whose level under guessing is known: 1 in K. Of others, such as an AUC, it is not.
ACCURACY = frozenset(("accuracy", "acc", "top1"))


#: Words behind a name that make it a spread or an extreme of it, such as ``reward/p90``.
_EXTREME = re.compile(r"max|min|std|stdev|var|p\d+")


@dataclass(frozen=True, eq=False)
class Pair:
    """One quantity on both splits. ``better`` is -1 where lower is better, 1 where higher is."""

    name: str
    train: Series
    val: Series
    better: int


@dataclass(frozen=True, eq=False)
class Curve:
    """A series and what its words say; ``batch`` where Keras logs it for every batch."""

    series: Series
    means: Meaning
    batch: bool

    @cached_property
    def preference(self) -> tuple[Any, ...]:
        """Of several curves that could play a role, the one for which this is least."""
        name = self.series.name
        return *_suits(self.means, self.series.folder), -len(self.series), len(name), name


def candidates(run: Run) -> list[Curve]:
    """The curves that can play a role.

    Single points beside real curves are summaries, and so are many at one step of a training: they
    say how it stood then, over and over.
    """
    longest = max(map(len, run.scalars), default=0)
    least = 2 if longest > 3 else 1
    return [
        Curve(series, meaning(series.folder, series.tag), series.tag.startswith("batch_"))
        for series in run.scalars
        if len(series) >= least and not _at_one_step(series)
    ]


def _at_one_step(series: Series) -> bool:
    """Many points at one and the same step; where no step is given, all of them are at 0."""
    steps = series.steps
    return len(steps) > 1 and steps[0] == steps[-1] != 0 and bool((steps == steps[0]).all())


def supervised(curves: list[Curve]) -> dict[str, Any]:
    """The roles of supervised training: losses and scores of both splits, and their pairs."""
    adversarial = {"generator_loss", "discriminator_loss"} <= {c.means.kind for c in curves}
    losses = [] if adversarial else _totals([c for c in curves if c.means.kind == "loss"])
    train, val = _split(losses, "train"), _split(losses, "validation")
    scores = [c for c in curves if c.means.kind == "score" and not c.batch]
    summaries = [c for c in scores if c.series.name.lower().startswith("metrics/")]
    train_score = _split([c for c in scores if c not in summaries], "train")
    val_score = _split(scores, "validation")
    return {
        "train_loss": train,
        "val_loss": val,
        "train_score": _fraction(train_score),
        "val_score": _fraction(val_score or (_best_of(summaries) if train else None)),
        "pairs": tuple(_pairs(losses, -1)) + tuple(_pairs(scores, 1)),
    }


def _totals(losses: list[Curve]) -> list[Curve]:
    """The losses, with the sum of the parts in front where a model logs only parts."""
    added: list[Curve] = []
    for split in ("train", "validation"):
        parts = [c for c in losses if c.means.split == split and not c.batch]
        named = [c for c in parts if c.means.part]
        same = {(len(c.series), *c.series.steps[:3].tolist()) for c in named}
        if len(named) > 1 and len(named) == len(parts) and len(same) == 1:
            added.append(_sum(named))
    return added + losses


def _sum(parts: list[Curve]) -> Curve:
    first = parts[0].series
    total = np.sum([np.asarray(c.series.values, dtype=np.float64) for c in parts], axis=0)
    tag = " + ".join(c.series.tag for c in parts)
    because = "no total is logged: the sum of the parts"
    return Curve(
        replace(first, tag=tag, values=total),
        replace(parts[0].means, part="", because=because),
        batch=False,
    )


def _split(curves: list[Curve], split: str) -> Series | None:
    """The curve that best stands for a split: a total, per epoch, longest, on val before test."""
    wanted = [c for c in curves if c.means.split == split and not c.batch]
    if not wanted and split == "train":
        wanted = [c for c in curves if not c.means.split and not c.batch]
    return min(wanted, key=attrgetter("preference")).series if wanted else None


@lru_cache(maxsize=4096)
def _suits(means: Meaning, folder: str) -> tuple[bool, ...]:
    """How well a curve's words suit it to stand for its kind, False first; runs share them."""
    words = {*means.words, *folder.lower().split("/")}
    return (
        bool(words & ONE_SIDED),
        not words & ACCURACY,
        bool(means.part),
        "test" in words,
        "step" in words or "iterations" in words,
    )


def _best_of(scores: list[Curve]) -> Series | None:
    """The score that best stands for scores without a split (YOLO's ``metrics/`` are held out)."""
    return min(scores, key=attrgetter("preference")).series if scores else None


def _pairs(curves: list[Curve], better: int) -> Iterable[Pair]:
    """Each quantity that is logged on both splits, totals first."""
    sides: dict[tuple[str, str], dict[str, Curve]] = {}
    for curve in sorted(curves, key=attrgetter("preference")):
        if not curve.batch:
            key = (curve.means.kind, curve.means.part)
            sides.setdefault(key, {}).setdefault(curve.means.split or "train", curve)
    for (kind, part), side in sides.items():
        if {"train", "validation"} <= side.keys():
            yield Pair(part or kind, side["train"].series, side["validation"].series, better)


def keras_batch_loss(curves: list[Curve]) -> Series | None:
    found = [c.series for c in curves if c.series.tag == "batch_loss"]
    return found[0] if found else None


def best(curves: Iterable[Curve]) -> Series | None:
    """The curve that best stands for its kind."""
    found = [c for c in curves if not _EXTREME.fullmatch("".join(c.means.words[-1:]))]
    # A reward under evaluation counts for more than one while exploring.
    found.sort(key=lambda c: (c.means.split != "validation" or len(c.series) < 10, c.preference))
    return found[0].series if found else None


def _fraction(series: Series | None) -> Series | None:
    """A score in percent, as a fraction."""
    if series is None or not len(series):
        return series
    highest = float(np.max(series.values))
    if not math.isfinite(highest):
        highest = float(np.max(series.values, where=np.isfinite(series.values), initial=0))
    return replace(series, values=series.values / 100) if 1.5 < highest <= 100 else series

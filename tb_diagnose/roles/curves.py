"""Which curve plays which role best: totals before parts, epochs before batches.

It is told by the names of the curves and by which of them are longer, not by their values. The runs
of a search are alike in that, and so is a run that is cut off again and again to date its findings:
they share one cast.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from tb_diagnose.core.run import Series
from tb_diagnose.measure.levels import highest
from tb_diagnose.roles.tags import TagInfo, parse_tag

#: Roles of single curves that a tag's kind names outright.
BY_KIND = (
    "learning_rate",
    "gradient_norm",
    "reward",
    "success",
    "kl",
    "clip_fraction",
    "explained_variance",
    "value_loss",
    "policy_loss",
    "generator_loss",
    "discriminator_loss",
)

#: The roles that every run has, played or not, and those of all runs but reinforcement learning's.
_SINGLE = (*BY_KIND, "entropy", "entropy_coefficient", "kl_term", "batch_loss")
_EVERY = (*_SINGLE, "train_loss", "val_loss", "train_score", "val_score", "pairs")

#: Kinds that only a log of reinforcement learning has.
REINFORCEMENT = frozenset(
    "reward episode_length explained_variance clip_fraction value_loss policy_loss".split()
)

#: Words of a KL divergence in an objective (VAE, RLHF), and those of its weight.
_KL, _WEIGHT = (
    frozenset(("kl", "kld", "kldiv")),
    frozenset("weight coef coeff beta target lr".split()),
)

#: Scores that can be traded for one another: none of them alone is what a run is judged by.
ONE_SIDED = frozenset(("precision", "recall"))

#: The score whose level under guessing is known: 1 in K. Of others, such as an AUC, it is not.
ACCURACY = frozenset(("accuracy", "acc", "top1"))

#: Words behind a name that make it a spread or an extreme of it, such as ``reward/p90``.
_EXTREME = re.compile(r"max|min|std|stdev|var|p\d+")
#: A reward under evaluation with fewer points counts for no more than one while exploring.
_FEW = 10

#: The places of curves among those of a run: of one, or of all whose sum is meant.
Places = tuple[int, ...]


class Pair(NamedTuple):
    """One quantity on both splits. ``better`` is -1 where lower is better, 1 where higher is."""

    name: str
    train: Series
    val: Series
    better: int


class CurveInfo(NamedTuple):
    """A curve, as far as it matters for the roles that it may play.

    Attributes:
        place: which of the run's curves it is.
        folder, tag: as in ``Series``.
        rank: 0 for the longest of the run's curves, 1 for the next shorter ones, and so on.
        few: whether it has fewer than ten points.
        alike: of parts of a loss: those of the same length and first steps have the same number.
    """

    place: int
    folder: str
    tag: str
    rank: int
    few: bool
    alike: int


class CurveRoles(NamedTuple):
    """Who plays what, each by the places of its curves; a role that nobody plays is left out.

    Attributes:
        roles: of single curves.
        pairs: name, both splits, and what is better, as in ``Pair``.
        losses, scores: every loss and score of supervised training, of any split, totals first.
        reinforcement: whether it is a run of reinforcement learning, without supervised roles.
    """

    roles: Mapping[str, Places]
    pairs: tuple[tuple[str, Places, Places, int], ...]
    reinforcement: bool
    losses: tuple[Places, ...] = ()
    scores: tuple[Places, ...] = ()


@dataclass(frozen=True, eq=False)
class _Curve:
    """One curve, or the sum of several, and what its words say."""

    actor: CurveInfo
    places: Places
    means: TagInfo

    @property
    def batch(self) -> bool:
        """Whether Keras logs it for every batch."""
        return self.actor.tag.startswith("batch_")

    @cached_property
    def name(self) -> str:
        return f"{self.actor.folder}/{self.actor.tag}" if self.actor.folder else self.actor.tag

    @cached_property
    def preference(self) -> tuple[Any, ...]:
        """Of several curves that could play a role, the one for which this is least."""
        words = {*self.means.words, *self.actor.folder.lower().split("/")}
        return (
            bool(words & ONE_SIDED),
            not words & ACCURACY,
            bool(self.means.part),
            "test" in words,
            "step" in words or "iterations" in words,
            self.actor.rank,
            len(self.name),
            self.name,
        )


def curve_infos(scalars: Sequence[Series]) -> tuple[CurveInfo, ...]:
    """The curves of a run that can play a role.

    Single points beside real curves are summaries, and so are many at one step of a training: they
    say how it stood then, over and over.
    """
    lengths = [len(series) for series in scalars]
    ranks = {length: rank for rank, length in enumerate(sorted(set(lengths), reverse=True))}
    least = 2 if max(lengths, default=0) > 3 else 1
    beginnings: dict[tuple[int, ...], int] = {}
    found = []
    for place, (series, length) in enumerate(zip(scalars, lengths, strict=True)):
        if length >= least and not _at_one_step(series):
            alike = -1
            means = parse_tag(series.folder, series.tag)
            if means.kind == "loss" and means.part:
                beginning = length, *series.steps[:3].tolist()
                alike = beginnings.setdefault(beginning, len(beginnings))
            rank, few = ranks[length], length < _FEW
            found.append(CurveInfo(place, series.folder, series.tag, rank, few, alike))
    return tuple(found)


def _at_one_step(series: Series) -> bool:
    """Many points at one and the same step; where no step is given, all of them are at 0."""
    steps = series.steps
    first = steps.item(0)
    return first == steps.item(-1) != 0 and len(steps) > 1 and bool((steps == first).all())


@lru_cache(maxsize=256)
def assign_curves(curves: tuple[CurveInfo, ...]) -> CurveRoles:
    """Give out the roles of single curves, and the pairs."""
    kinds: dict[str, list[_Curve]] = {}
    every = [_Curve(each, (each.place,), parse_tag(each.folder, each.tag)) for each in curves]
    for curve in every:
        kinds.setdefault(curve.means.kind, []).append(curve)
    reinforcement = not REINFORCEMENT.isdisjoint(kinds) or any(
        "policy" in curve.means.words for curve in every
    )
    parts: dict[str, _Curve | None] = {
        **{kind: _best(kinds.get(kind, ())) for kind in (*BY_KIND, "entropy", "entropy_loss")},
        "entropy_coefficient": _best(c for c in every if _weighs_entropy(c.means)),
        "kl_term": _best(c for c in every if c.means.kind != "kl" and _is_kl(c.means)),
        "batch_loss": next((each for each in every if each.actor.tag == "batch_loss"), None),
    }
    pairs: list[tuple[str, Places, Places, int]] = []
    if not reinforcement:
        errors = [curve for curve in kinds.get("error", ()) if not curve.batch]
        # Who logs no loss may yet log the distance that is minimized.
        losses = kinds.get("loss") or [
            curve for curve in errors if _DISTANCES & {*curve.means.words}
        ]
        losses = [] if _adversarial(kinds) else _totals(losses)
        scores = [each for each in kinds.get("score", ()) if not each.batch]
        parts |= _supervised(losses, scores)
        pairs = [*_pairs(losses, -1), *_pairs(scores, 1), *_pairs(errors, -1)]
    else:
        losses, scores = [], []
    roles = {role: curve.places for role, curve in parts.items() if curve is not None}
    order = attrgetter("preference")
    return CurveRoles(
        roles,
        tuple(pairs),
        reinforcement,
        tuple(curve.places for curve in sorted(losses, key=order) if not curve.batch),
        tuple(curve.places for curve in sorted(scores, key=order)),
    )


#: Words of errors that are losses as well.
_DISTANCES = frozenset(("mse", "mae", "rmse"))


def _weighs_entropy(means: TagInfo) -> bool:
    """Whether a curve is the factor of the entropy in an objective, and not the loss it has."""
    phrase = " ".join(means.words)
    named = any(each in phrase for each in ("ent coef", "entropy coef", "entropy coeff"))
    return named and "loss" not in means.words


def _is_kl(means: TagInfo) -> bool:
    return not _KL.isdisjoint(means.words) and _WEIGHT.isdisjoint(means.words)


def _adversarial(kinds: Mapping[str, Any]) -> bool:
    return {"generator_loss", "discriminator_loss"} <= kinds.keys()


def _supervised(losses: list[_Curve], scores: list[_Curve]) -> dict[str, _Curve | None]:
    """The roles of supervised training: losses and scores of both splits."""
    # YOLO's metrics/ say nothing of a split, and are held out.
    summaries = [each for each in scores if each.name.lower().startswith("metrics/")]
    train = _split(losses, "train")
    held_out = _split(scores, "validation")
    return {
        "train_loss": train,
        "val_loss": _split(losses, "validation"),
        "train_score": _split([each for each in scores if each not in summaries], "train"),
        "val_score": held_out or (_first(summaries) if train else None),
    }


def _totals(losses: list[_Curve]) -> list[_Curve]:
    """The losses, with the sum of the parts in front where a model logs only parts."""
    added: list[_Curve] = []
    for split in ("train", "validation"):
        parts = [each for each in losses if each.means.split == split and not each.batch]
        named = [each for each in parts if each.means.part]
        if len(named) > 1 and len(named) == len(parts) and len({c.actor.alike for c in named}) == 1:
            added.append(_sum(named))
    return added + losses


def _sum(parts: list[_Curve]) -> _Curve:
    """Several curves as one."""
    first, tag = parts[0], " + ".join(each.actor.tag for each in parts)
    places = tuple(each.actor.place for each in parts)
    return _Curve(first.actor._replace(tag=tag), places, first.means._replace(part=""))


def _split(curves: list[_Curve], split: str) -> _Curve | None:
    """The curve that best stands for a split: a total, per epoch, longest, on val before test."""
    wanted = [each for each in curves if each.means.split == split and not each.batch]
    if not wanted and split == "train":
        wanted = [each for each in curves if not each.means.split and not each.batch]
    return _first(wanted)


def _first(curves: list[_Curve]) -> _Curve | None:
    return min(curves, key=attrgetter("preference"), default=None)


def _pairs(curves: list[_Curve], better: int) -> Iterator[tuple[str, Places, Places, int]]:
    """Each quantity that is logged on both splits, totals first."""
    sides: dict[tuple[str, str], dict[str, Places]] = {}
    for curve in sorted(curves, key=attrgetter("preference")):
        if not curve.batch:
            key = (curve.means.kind, curve.means.part)
            sides.setdefault(key, {}).setdefault(curve.means.split or "train", curve.places)
    for (kind, part), side in sides.items():
        if {"train", "validation"} <= side.keys():
            yield part or kind, side["train"], side["validation"], better


def _best(curves: Iterable[_Curve]) -> _Curve | None:
    """The curve that best stands for its kind."""
    found = [each for each in curves if not _EXTREME.fullmatch("".join(each.means.words[-1:]))]

    def order(curve: _Curve) -> tuple[bool, tuple[Any, ...]]:
        # A reward under evaluation counts for more than one while exploring.
        return curve.means.split != "validation" or curve.actor.few, curve.preference

    return min(found, key=order, default=None)


def curve_roles(scalars: Sequence[Series]) -> tuple[dict[str, Any], bool]:
    """The roles of single curves and the pairs of a run; whether it is reinforcement learning.

    Roles that the curves cannot play are None.
    """
    given = assign_curves(curve_infos(scalars))
    sums: dict[Places, Series] = {}

    def curve(places: Places) -> Series:
        if len(places) == 1:
            return scalars[places[0]]
        if places not in sums:
            sums[places] = _added([scalars[place] for place in places])
        return sums[places]

    values: dict[str, Any] = dict.fromkeys(_SINGLE if given.reinforcement else _EVERY)
    values |= {role: curve(places) for role, places in given.roles.items()}
    negative = values.pop("entropy_loss", None)
    if values["entropy"] is None and negative is not None:
        # Stable-Baselines3 logs the entropy of a policy as the loss that it is.
        values["entropy"] = replace(negative, values=-negative.values)
    if not given.reinforcement:
        values["train_score"] = _fraction(values["train_score"])
        values["val_score"] = _fraction(values["val_score"])
        values["losses"] = tuple(curve(places) for places in given.losses)
        values["scores"] = tuple(_fraction(curve(places)) for places in given.scores)
        values["pairs"] = tuple(
            Pair(name, curve(train), curve(val), better) for name, train, val, better in given.pairs
        )
    return values, given.reinforcement


def _added(parts: Sequence[Series]) -> Series:
    total = np.sum([np.asarray(each.values, dtype=np.float64) for each in parts], axis=0)
    return replace(parts[0], tag=" + ".join(each.tag for each in parts), values=total)


def _fraction(series: Series | None) -> Series | None:
    """A score in percent, as a fraction."""
    if series is None or not 1.5 < highest(series.values) <= 100:
        return series
    return replace(series, values=series.values / 100)

"""Curves with a meaning: which tag plays which role, and why.

A diagnosis asks for roles by name; this module finds the curve that plays each. Losses of
reinforcement learning and of adversarial training are never ``train_loss``: they do not fall when
all is well. What one run calls a role and what a diagnosis gets is decided here, once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from tb_diagnose.chance import Chance, chance
from tb_diagnose.frameworks import framework
from tb_diagnose.kernels import kernels
from tb_diagnose.recipe import recipe
from tb_diagnose.runs import Histograms, Run, Series, Vitals
from tb_diagnose.tags import Meaning, meaning

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

#: (tag, written while validating) → role of what an attached training writes.
VITALS = {
    ("diagnose/layers", False): "layer_vitals",
    ("diagnose/weights", False): "weight_vitals",
    ("diagnose/step", False): "step_vitals",
    ("diagnose/inputs", False): "input_vitals",
    ("diagnose/inputs", True): "input_vitals_val",
    ("diagnose/labels", False): "label_vitals",
}

#: Kinds that only a log of reinforcement learning has.
REINFORCEMENT = frozenset(
    "reward episode_length explained_variance clip_fraction value_loss policy_loss".split()
)


#: Scores that can be traded for one another: none of them alone is what a run is judged by.
ONE_SIDED = frozenset(("precision", "recall"))

#: The score whose level under guessing is known: 1 in K. Of others, such as an AUC, it is not.
ACCURACY = frozenset(("accuracy", "acc", "top1"))


@dataclass(frozen=True)
class Role:
    """One role as it was given out: its name, the curve (or config entry) and the reason."""

    name: str
    tag: str
    why: str


@dataclass(frozen=True, eq=False)
class Pair:
    """One quantity on both splits. ``better`` is -1 where lower is better, 1 where higher is."""

    name: str
    train: Series
    val: Series
    better: int


@dataclass(frozen=True, eq=False)
class Roles:
    """What the roles of one run are: for diagnoses (``values``) and for people (``named``)."""

    values: Mapping[str, Any]
    named: tuple[Role, ...]
    framework: str


@dataclass(frozen=True, eq=False)
class Curve:
    """A series and what its words say; ``batch`` where Keras logs it for every batch."""

    series: Series
    means: Meaning
    batch: bool


def assign(run: Run, overrides: Mapping[str, str]) -> Roles:
    """Give out the roles of one run; ``overrides`` (role → tag) wins over what the words say."""
    values = given(run, overrides)
    return Roles(values, _named(values, overrides), framework(run))


def given(run: Run, overrides: Mapping[str, str]) -> dict[str, Any]:
    """The roles as diagnoses get them, without what is said of them to people."""
    curves = _curves(run)
    kinds: dict[str, list[Curve]] = {}
    for curve in curves:
        kinds.setdefault(curve.means.kind, []).append(curve)
    reinforcement = not REINFORCEMENT.isdisjoint(kinds)
    values: dict[str, Any] = {
        "facts": run.facts,
        "scalars": run.scalars,
        "histograms": run.histograms,
        "model": run.model,
        **_distributions(run.histograms),
        **_vitals(run.vitals),
        **{kind: _first(kinds.get(kind, ())) for kind in BY_KIND},
        "entropy": _entropy(kinds),
        "batch_loss": _keras_batch_loss(curves),
    }
    if not reinforcement:
        values |= _supervised(curves)
    values |= _overridden(run, overrides)
    values["kernels"] = kernels(values["weights"], run.model)
    values["hparams"] = run.hparams or None
    values["optimizer"] = recipe(run, values.get("learning_rate"))
    values["chance"] = chance(run)
    values["reinforcement"] = reinforcement
    return values


def _curves(run: Run) -> list[Curve]:
    """The curves that can play a role: single points beside real curves are summaries."""
    longest = max(map(len, run.scalars), default=0)
    least = 2 if longest > 3 else 1
    return [
        Curve(series, meaning(series.folder, series.tag), series.tag.startswith("batch_"))
        for series in run.scalars
        if len(series) >= least
    ]


def _supervised(curves: list[Curve]) -> dict[str, Any]:
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
    return min(wanted, key=_preference).series if wanted else None


def _preference(curve: Curve) -> tuple[Any, ...]:
    name = curve.series.name
    return *_suits(curve.means, curve.series.folder), -len(curve.series), len(name), name


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
    return min(scores, key=_preference).series if scores else None


def _pairs(curves: list[Curve], better: int) -> Iterable[Pair]:
    """Each quantity that is logged on both splits, totals first."""
    sides: dict[tuple[str, str], dict[str, Curve]] = {}
    for curve in sorted(curves, key=_preference):
        if not curve.batch:
            key = (curve.means.kind, curve.means.part)
            sides.setdefault(key, {}).setdefault(curve.means.split or "train", curve)
    for (kind, part), side in sides.items():
        if {"train", "validation"} <= side.keys():
            yield Pair(part or kind, side["train"].series, side["validation"].series, better)


def _keras_batch_loss(curves: list[Curve]) -> Series | None:
    found = [c.series for c in curves if c.series.tag == "batch_loss"]
    return found[0] if found else None


def _first(curves: Iterable[Curve]) -> Series | None:
    """The curve that best stands for its kind."""
    found = [c for c in curves if c.means.words[-1:] != ("max",)]
    # A reward under evaluation counts for more than one while exploring.
    found.sort(key=lambda c: (c.means.split != "validation" or len(c.series) < 10, _preference(c)))
    return found[0].series if found else None


def _entropy(kinds: Mapping[str, Sequence[Curve]]) -> Series | None:
    """The policy's entropy; an ``entropy_loss`` is its negative (Stable-Baselines3)."""
    if plain := _first(kinds.get("entropy", ())):
        return plain
    negative = _first(kinds.get("entropy_loss", ()))
    return negative and replace(negative, values=-negative.values)


def _fraction(series: Series | None) -> Series | None:
    """A score in percent, as a fraction."""
    if series is None or not len(series):
        return series
    highest = float(np.max(series.values))
    if not math.isfinite(highest):
        highest = float(np.max(series.values, where=np.isfinite(series.values), initial=0))
    return replace(series, values=series.values / 100) if 1.5 < highest <= 100 else series


def _distributions(histograms: tuple[Histograms, ...]) -> dict[str, tuple[Histograms, ...]]:
    sorts: dict[str, list[Histograms]] = {"weights": [], "gradients": [], "activations": []}
    for each in histograms:
        tag = each.name.lower()
        if "grad" in tag:
            sorts["gradients"].append(each)
        elif any(word in tag for word in ("activation", "output", "act/", "/act")):
            sorts["activations"].append(each)
        else:
            sorts["weights"].append(each)
    return {name: tuple(found) for name, found in sorts.items()}


def _vitals(vitals: tuple[Vitals, ...]) -> dict[str, Vitals | None]:
    """Each kind of vitals by its role; of several layouts of one kind the last."""
    roles: dict[str, Vitals | None] = dict.fromkeys(VITALS.values())
    for each in sorted(vitals, key=lambda one: float(one.wall[-1])):
        held_out = meaning(each.folder, each.tag).split == "validation"
        roles[VITALS.get((each.tag.split("@")[0], held_out), "")] = each
    roles.pop("", None)
    return roles


def _overridden(run: Run, overrides: Mapping[str, str]) -> dict[str, Series | None]:
    by_name = {s.tag: s for s in run.scalars} | {s.name: s for s in run.scalars}
    return {role: by_name.get(tag) for role, tag in overrides.items()}


def _named(values: Mapping[str, Any], overrides: Mapping[str, str]) -> tuple[Role, ...]:
    named = []
    for name, value in values.items():
        if isinstance(value, Series):
            means = meaning(value.folder, value.tag)
            why = "as configured" if name in overrides else f"its words say {means.because}"
            if " + " in value.tag:
                why = "no total is logged: the sum of the parts"
            named.append(Role(name, value.name, why))
        elif isinstance(value, Chance):
            named.append(Role(name, "keras", value.why))
    if values["model"] is not None:
        named.append(Role("model", "keras", "the Keras summary of the model's configuration"))
    return tuple(sorted(named, key=lambda role: role.name))

"""Faults of the data: order, labels, scale, number, and what is mixed up between the parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from trainings.data import relabelled, target_scale
from trainings.faults.registry import Registry, register, task
from trainings.plan import Array, Framework, Pair, Plan, Split, rng

FAULTS: Registry = {}
_fault = register(FAULTS)


def _numbers(plan: Plan, _: Framework) -> bool:
    return plan.split.train[0].dtype != np.int64


def _classes(plan: Plan, _: Framework) -> bool:
    return plan.task in ("classes", "binary")


def _everywhere(plan: Plan, change: Callable[[Pair], Pair]) -> Plan:
    return replace(plan, split=Split(*map(change, plan.split)))


def _with(plan: Plan, **parts: Pair) -> Plan:
    return replace(plan, split=plan.split._replace(**parts))


@_fault("labels", (0.2, 0.4, 0.6, 0.8), "of the labels exchanged", "noisy-labels")
def label_noise(plan: Plan, level: float) -> Plan:
    """In what is trained and validated on; the score is taken on right labels."""
    parts = {
        name: relabelled(getattr(plan.split, name), level, plan.seed, part)
        for part, name in enumerate(("train", "val"))
    }
    return _with(plan, **parts)


@_fault("labels", ("train", "both"), "labels shuffled among the examples",
        "no-learning noisy-labels validation-at-chance score-at-chance")  # fmt: skip
def shuffled_labels(plan: Plan, level: str) -> Plan:
    parts = ("train", "val") if level == "both" else ("train",)
    return _with(plan, **{
        name: relabelled(getattr(plan.split, name), 1.1, plan.seed, part)
        for part, name in enumerate(parts)
    })  # fmt: skip


@_fault("order batch", ("sorted",), "", "unshuffled-data periodic-loss")
def unshuffled(plan: Plan, _: str) -> Plan:
    """Examples come in the order of their targets, the same in every epoch."""
    x, y = plan.split.train
    order = np.argsort(y.reshape(len(y), -1)[:, 0], kind="stable")
    return replace(_with(plan, train=(x[order], y[order])), shuffle=False)


@_fault("preprocessing", (30, 100, 1000, 10000), "times the standardized inputs, shifted by one",
        "unnormalised-inputs initial-loss", _numbers)  # fmt: skip
def unscaled_inputs(plan: Plan, level: float) -> Plan:
    return _everywhere(plan, lambda pair: ((level * (pair[0] + 1)).astype(np.float32), pair[1]))


@_fault("preprocessing slow", (30, 300, 1000), "times below the standardized inputs",
        "slow-convergence learning-rate-too-low no-learning", _numbers)  # fmt: skip
def vanishing_inputs(plan: Plan, level: float) -> Plan:
    """As where pixels are divided by 255 twice."""
    return _everywhere(plan, lambda pair: ((pair[0] / level).astype(np.float32), pair[1]))


@_fault("preprocessing", (10, 100, 1000, 100000), "times the standardized targets, shifted by two",
        "unscaled-targets initial-loss", task("regression"))  # fmt: skip
def unscaled_targets(plan: Plan, level: float) -> Plan:
    return _everywhere(plan, lambda pair: target_scale(pair, level, 2.0))


@_fault("preprocessing exploding", (1, 8), "inputs that are NaN", "non-finite-values", _numbers)
def broken_examples(plan: Plan, level: int) -> Plan:
    x, y = plan.split.train
    x = x.copy()
    x[rng(plan.seed, 30).permutation(len(x))[:level]] = np.nan
    return _with(plan, train=(x, y))


@_fault("validation-skew preprocessing", (0.01, 5, 30, 255), "times the scale in validation",
        "train-validation-skew", _numbers, "validation")  # fmt: skip
def validation_scaled(plan: Plan, level: float) -> Plan:
    x, y = plan.split.val
    return _with(plan, val=((x * level).astype(np.float32), y))


@_fault("validation-skew preprocessing", (1, 3, 10), "deviations that validation is shifted by",
        "train-validation-skew", _numbers, "validation")  # fmt: skip
def validation_shifted(plan: Plan, level: float) -> Plan:
    x, y = plan.split.val
    return _with(plan, val=((x + level).astype(np.float32), y))


@_fault("validation-skew labels", (0.3, 1.1), "of the labels of validation exchanged",
        "train-validation-skew validation-at-chance", harm="validation")  # fmt: skip
def validation_mislabelled(plan: Plan, level: float) -> Plan:
    return _with(plan, val=relabelled(plan.split.val, level, plan.seed, 1))


@_fault("validation-skew labels", ("rotated",), "class numbers in validation",
        "train-validation-skew validation-at-chance unrepresentative-validation",
        lambda plan, _: plan.task == "classes", "validation")  # fmt: skip
def validation_renumbered(plan: Plan, _: str) -> Plan:
    """As where two folders list their classes in different orders."""
    x, y = plan.split.val
    return _with(plan, val=(x, (y + 1) % plan.outputs))


@_fault("validation-skew", (0.5, 1.0), "of validation is of classes that training never saw",
        "unrepresentative-validation train-validation-skew",
        lambda plan, _: plan.task == "classes" and plan.outputs >= 4)  # fmt: skip
def unseen_classes(plan: Plan, level: float) -> Plan:
    """The last third of the classes is in validation only."""
    seen = 2 * plan.outputs // 3
    (x, y), (val_x, val_y) = plan.split.train, plan.split.val
    order = np.flatnonzero(val_y >= seen), np.flatnonzero(val_y < seen)
    rows = _filled(np.concatenate(order), len(val_y), int(level * len(val_y)), order)
    kept = _repeated(np.flatnonzero(y < seen), len(y))
    return _with(plan, train=(x[kept], y[kept]), val=(val_x[rows], val_y[rows]))


def _filled(_: Array, count: int, first: int, order: tuple[Array, Array]) -> Array:
    """So many rows of the first kind, and of the other what is missing to the count."""
    return np.concatenate([_repeated(order[0], first), _repeated(order[1], count - first)])


def _repeated(rows: Array, count: int) -> Array:
    return np.resize(rows, count)


@_fault("leak", (0.5, 1.0), "of validation is in training as well, of few examples",
        "implausible-perfection", lambda plan, _: bool(plan.layers), "promise")  # fmt: skip
def leak(plan: Plan, level: float) -> Plan:
    """Nothing in such a log tells it from a network that generalizes well."""
    (x, y), (val_x, val_y) = plan.split.train, plan.split.val
    shared = val_x[: int(level * 40)], val_y[: int(level * 40)]
    own = x[:15], y[:15]
    rows = _repeated(np.arange(15 + len(shared[1])), len(y))
    joined_x, joined_y = np.concatenate([own[0], shared[0]]), np.concatenate([own[1], shared[1]])
    kept = _repeated(np.arange(40), len(val_y))
    return replace(
        _with(plan, train=(joined_x[rows], joined_y[rows]), val=(val_x[kept], val_y[kept])), l2=0.0
    )


@_fault("overfitting regularisation", (160, 80, 40, 20), "examples, seen as often as all would be",
        "overfitting missing-regularisation oversized-model",
        lambda plan, _: len(plan.split.train[1]) >= 250)  # fmt: skip
def few_examples(plan: Plan, level: int) -> Plan:
    rows = _repeated(np.arange(level), len(plan.split.train[1]))
    x, y = plan.split.train
    return replace(_with(plan, train=(x[rows], y[rows])), l2=0.0)


@_fault("overfitting labels regularisation", (0.2, 0.4), "of the labels wrong, learned by heart",
        "overfitting noisy-labels missing-regularisation",
        lambda plan, _: _classes(plan, _) and len(plan.split.train[1]) >= 250)  # fmt: skip
def memorized_noise(plan: Plan, level: float) -> Plan:
    """Few examples with wrong labels, a rate and a time that suffice to learn them by heart."""
    x, y = relabelled(plan.split.train, level, plan.seed, 0)
    rows = _repeated(np.arange(150), len(y))
    return replace(_with(plan, train=(x[rows], y[rows])), l2=0.0, rate=plan.rate * 2)


@_fault("imbalance labels", (0.1, 0.03, 0.01), "of the examples are not of the first class",
        "class-imbalance majority-guessing", _classes)  # fmt: skip
def imbalance(plan: Plan, level: float) -> Plan:
    """In training and validation; the score weighs all classes alike."""
    parts = {"train": _thinned(plan.split.train, level), "val": _thinned(plan.split.val, level)}
    return _with(plan, **parts)


def _thinned(pair: Pair, share: float) -> Pair:
    x, y = pair
    rare = max(1, round(share * len(y)))
    order = np.flatnonzero(y != 0), np.flatnonzero(y == 0)
    rows = _filled(order[0], len(y), rare, order)
    rows = rng(len(y), rare).permutation(rows)
    return x[rows], y[rows]


@_fault("preprocessing layers", (0.5, 0.1, 0.0), "of the inputs are kept, among noise",
        "underfitting no-learning validation-at-chance", _numbers)  # fmt: skip
def inputs_lost(plan: Plan, level: float) -> Plan:
    """Columns that hold nothing but noise, as after a join that went wrong."""
    random = rng(plan.seed, 40)
    kept = random.random(plan.split.train[0].shape[1:]) < level

    def change(pair: Pair) -> Pair:
        noise = random.normal(size=pair[0].shape)
        return np.where(kept, pair[0], noise).astype(np.float32), pair[1]

    return _everywhere(plan, change)

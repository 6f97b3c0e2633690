"""Faults of the data: their order, labels, scale, number, and what is mixed up between sets."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trainings.plan import Array, Pair, Plan, fault, rng


@fault(
    "unshuffled",
    levels=(0.25, 0.5, 1),
    unit="of the examples sorted by target",
    bases="digits-mlp friedman-mlp",
    expects="unshuffled-data",
    types="preprocessing",
)
def unshuffled(plan: Plan, level: float) -> Plan:
    """Examples come in the order of their targets, the same in every epoch."""
    x, y = plan.split.train
    count = int(level * len(y))
    order = np.arange(len(y))
    order[:count] = np.argsort(y[:count].ravel(), kind="stable")
    return replace(_trained_on(plan, (x[order], y[order])), shuffle=False)


@fault(
    "label-noise",
    levels=(0.1, 0.2, 0.3, 0.5, 1),
    unit="of the labels drawn anew",
    bases="digits-mlp cancer-mlp",
    expects="noisy-labels",
    types="labels",
)
def label_noise(plan: Plan, level: float) -> Plan:
    """Wrong labels in what is trained and validated on; the score is taken on right ones."""
    train, val = (
        (x, _relabelled(y, level, plan.seed, part))
        for part, (x, y) in enumerate((plan.split.train, plan.split.val))
    )
    return replace(plan, split=replace(plan.split, train=train, val=val))


@fault(
    "unnormalised",
    levels=(10, 100, 1000),
    unit="times the standardised inputs, shifted by as much",
    bases="digits-mlp cancer-mlp",
    expects="unnormalised-inputs",
    types="preprocessing",
)
def unnormalised(plan: Plan, level: float) -> Plan:
    """Inputs in raw units, far from zero."""
    split = plan.split
    train, val, test = ((level * (x + 1), y) for x, y in (split.train, split.val, split.test))
    return replace(plan, split=replace(split, train=train, val=val, test=test))


@fault(
    "unscaled-targets",
    levels=(10, 100, 1000),
    unit="times the standardised targets, shifted by as much",
    bases="friedman-mlp diabetes-mlp",
    expects="unscaled-targets",
    types="preprocessing",
)
def unscaled_targets(plan: Plan, level: float) -> Plan:
    split = plan.split
    train, val, test = ((x, level * (y + 1)) for x, y in (split.train, split.val, split.test))
    return replace(plan, split=replace(split, train=train, val=val, test=test))


@fault(
    "leak",
    levels=(0.25, 0.5, 1),
    unit="of the validation examples also trained on",
    bases="diabetes-mlp",
    expects="",
    types="preprocessing",
    harm="promise",
)
def leak(plan: Plan, level: float) -> Plan:
    """A network large enough to learn them by heart, little else to train on, and time.

    Nothing in such a log tells it from a network that generalises well.
    """
    (x, y), (val_x, val_y) = plan.split.train, plan.split.val
    count = int(level * len(val_y))
    joined = np.concatenate([x[:60], val_x[:count]]), np.concatenate([y[:60], val_y[:count]])
    large = replace(plan, widths=(256, 256), penalty=0.0, epochs=30)
    return _trained_on(large, joined)


@fault(
    "validation-skew",
    levels=(2, 10, 100),
    unit="times the scale in validation",
    bases="digits-mlp friedman-mlp",
    expects="train-validation-skew",
    types="preprocessing",
    harm="validation",
)
def validation_skew(plan: Plan, level: float) -> Plan:
    """Validation data are prepared in another way than training data."""
    x, y = plan.split.val
    return replace(plan, split=replace(plan.split, val=(level * x, y)))


@fault(
    "broken-example",
    levels=(1,),
    unit="input that is NaN",
    bases="cancer-mlp friedman-mlp",
    expects="non-finite-values",
    types="preprocessing",
)
def broken_example(plan: Plan, level: int) -> Plan:
    x, y = plan.split.train
    x = x.copy()
    x[:level] = np.nan
    return _trained_on(plan, (x, y))


@fault(
    "few-examples",
    levels=(200, 80, 40),
    unit="examples for a network of two layers of 128, twice as long",
    bases="digits-mlp diabetes-mlp",
    expects="overfitting",
    types="regularisation",
)
def few_examples(plan: Plan, level: int) -> Plan:
    x, y = plan.split.train
    long = replace(plan, widths=(128, 128), penalty=0.0, epochs=2 * plan.epochs)
    return _trained_on(long, (x[:level], y[:level]))


@fault(
    "imbalance",
    levels=(0.2, 0.05, 0.02),
    unit="of the examples of all classes but the first kept",
    bases="digits-mlp tokens-embedding",
    expects="class-imbalance",
    types="labels",
)
def imbalance(plan: Plan, level: float) -> Plan:
    """Training and validation hold hardly any but one class; the score is on the true mixture."""
    train, val = (
        _thinned(pair, level, plan.seed, part)
        for part, pair in enumerate((plan.split.train, plan.split.val))
    )
    return replace(plan, split=replace(plan.split, train=train, val=val))


def _trained_on(plan: Plan, train: Pair) -> Plan:
    return replace(plan, split=replace(plan.split, train=train))


def _relabelled(y: Array, share: float, seed: int, part: int) -> Array:
    dice = rng(seed, 10 + part)
    drawn = dice.permutation(y)
    return np.where(dice.random(len(y)) < share, drawn, y)


def _thinned(pair: Pair, share: float, seed: int, part: int) -> Pair:
    x, y = pair
    kept = (y == 0) | (rng(seed, 20 + part).random(len(y)) < share)
    return x[kept], y[kept]

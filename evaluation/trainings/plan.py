"""What a training consists of, and the registries of healthy trainings and of faults.

A plan is plain data, so that a fault is ``dataclasses.replace`` and nothing else changes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Pair = tuple[Array, Array]
Task = Literal["classes", "binary", "regression"]
Body = Literal["dense", "convolution", "recurrent", "embedding"]


@dataclass(frozen=True)
class Split:
    """Examples for training, for validation, and for the score that no training ever sees.

    Each is a pair of inputs [n, …] and targets [n] (class numbers) or [n, 1] (real numbers).
    """

    train: Pair
    val: Pair
    test: Pair


@dataclass(frozen=True)
class Plan:
    """One training.

    Attributes:
        split: the data.
        task: how the targets are meant.
        classes: number of outputs.
        body: the kind of hidden layers, and ``widths`` their units.
        activation: of the hidden layers; ``last`` of the output layer, None for the task's own.
        start: factor on the standard deviation of a Glorot start; ``bias`` is where biases start.
        penalty: L2 factor of the hidden kernels; ``dropout`` the share of units dropped.
        batchnorm: whether each hidden dense layer is normalised.
        frozen: how many of the hidden layers do not train.
        cell: of a recurrent body; ``gain`` scales its orthogonal recurrent start.
        loss: None for the task's own; ``onehot`` whether the targets are given as one-hot rows.
        optimizer: a Keras name; ``schedule`` maps share of the training gone → factor on the rate.
        shuffle: whether examples are shuffled each epoch.
        seed: of weights, of shuffling and of the split.
    """

    split: Split
    task: Task
    classes: int
    body: Body = "dense"
    widths: tuple[int, ...] = (64, 32)
    activation: str = "relu"
    last: str | None = None
    start: float = 1.0
    bias: float = 0.0
    penalty: float = 0.0
    dropout: float = 0.0
    batchnorm: bool = False
    frozen: int = 0
    cell: str = "GRU"
    gain: float = 1.0
    loss: Any = None
    onehot: bool = False
    optimizer: str = "Adam"
    learning_rate: float = 1e-3
    schedule: Callable[[float], float] | None = None
    batch: int = 32
    epochs: int = 15
    shuffle: bool = True
    seed: int = 1


#: How a fault harms: the score on data never seen, the score on the validation data as logged, or
#: a validation score that promises more than the other keeps.
Harm = Literal["test", "validation", "promise"]
Inject = Callable[[Plan, Any], Plan]


@dataclass(frozen=True)
class Fault:
    """One fault at several severities, mildest first.

    Attributes:
        levels: what the function is called with; ``unit`` says what they are.
        bases: names of the healthy trainings it is put into.
        expects: diagnoses that name this fault itself, not merely what it leads to.
        types: its class in the words of published benchmarks.
        harm: where the harm is looked for.
    """

    name: str
    levels: Sequence[Any]
    unit: str
    bases: Sequence[str]
    expects: tuple[str, ...]
    types: str
    inject: Inject
    harm: Harm = "test"


BASES: dict[str, Callable[[int], Plan]] = {}
FAULTS: dict[str, Fault] = {}


def base(name: str) -> Callable[[Callable[[int], Plan]], Callable[[int], Plan]]:
    """Register a healthy training: a function from a seed to a plan."""

    def register(make: Callable[[int], Plan]) -> Callable[[int], Plan]:
        BASES[name] = make
        return make

    return register


def fault(
    name: str,
    *,
    levels: Sequence[Any],
    unit: str,
    bases: str,
    expects: str,
    types: str,
    harm: Harm = "test",
) -> Callable[[Inject], Inject]:
    """Register a fault; ``bases``, ``expects`` and ``types`` are words separated by blanks."""

    def register(inject: Inject) -> Inject:
        FAULTS[name] = Fault(
            name, levels, unit, bases.split(), tuple(expects.split()), types, inject, harm
        )
        return inject

    return register


@dataclass(frozen=True)
class Trained:
    """What became of a training, measured on the network itself.

    Attributes:
        skill: score on the test data between 0 (guessing) and 1: share of the way from the
            commonest class to no error, or of variance explained; NaN where answers are NaN.
        train_skill, val_skill: the same on what was trained on, and on the validation data.
        before, after: loss on the training data, in inference mode, before and after.
        val_best, val_last: lowest and last validation loss.
        seconds: it took.
    """

    skill: float
    train_skill: float
    val_skill: float
    before: float
    after: float
    val_best: float
    val_last: float
    seconds: float = field(compare=False)


def rng(seed: int, purpose: int = 0) -> np.random.Generator:
    """A generator of one's own for each purpose, so that one fault does not shift another."""
    return np.random.default_rng([seed, purpose])

"""What a training consists of. A plan is plain data, so that a fault is ``replace`` and no more."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Pair = tuple[Array, Array]
#: ``labels`` is multi-label; an autoencoder is a regression whose targets are its inputs.
Task = Literal["classes", "binary", "labels", "regression"]
Framework = Literal["keras", "tf", "torch", "lightning", "huggingface", "ultralytics"]


class Split(NamedTuple):
    """Examples for training, for validation, and for the score that no training ever sees.

    Each is a pair of inputs [n, …] and targets: class numbers [n], else numbers [n, outputs].
    """

    train: Pair
    val: Pair
    test: Pair


class Layer(NamedTuple):
    """One layer: dense, conv, pool, flatten, norm, dropout, embed, mean, rnn or gru."""

    kind: str
    units: int = 0
    activation: str = ""


@dataclass(frozen=True)
class Plan:
    """One training.

    Attributes:
        split: the data; ``task`` says how the targets are meant, ``outputs`` how many units end it.
        layers: the hidden ones; ``last`` is the activation of the output layer.
        loss: a name of ``losses``; ``sign`` is -1 where it is maximized.
        optimizer: sgd, adam or rmsprop; ``rate`` its learning rate.
        schedule: a name of ``optimizers`` and its arguments.
        clip: largest norm of a gradient; 0 for no clipping.
        keep_gradients: they are added up from step to step, as where nobody sets them to zero.
        start: ``keras`` (Glorot, no bias) or ``torch`` (uniform up to 1/√inputs, biases too).
        gain: factor on the kernels at the start; ``constant`` is what all of them are instead.
        bias: what the biases of hidden layers start at; ``recurrence`` scales recurrent kernels.
        frozen: weights of so many layers, from the input on, are not trained.
        tuned: of so many layers from the output on, the optimizer has the weights; 0 for all.
        l2: penalty on the kernels; ``dropout`` is the share of units dropped in dropout layers.
        norm_momentum: share of the running statistics that a batch norm keeps at each step.
        noisy_eval: dropout stays on while validating.
        shuffle: whether examples are shuffled each epoch.
        seed: of weights, of the split and of the order.
    """

    split: Split
    task: Task
    outputs: int
    layers: tuple[Layer, ...]
    last: str
    loss: str
    optimizer: str = "adam"
    rate: float = 1e-3
    schedule: tuple[Any, ...] = ("constant",)
    batch: int = 32
    epochs: int = 15
    sign: int = 1
    momentum: float = 0.0
    epsilon: float = 1e-7
    clip: float = 0.0
    keep_gradients: bool = False
    start: str = "keras"
    gain: float = 1.0
    constant: float | None = None
    bias: float = 0.0
    recurrence: float = 1.0
    frozen: int = 0
    tuned: int = 0
    l2: float = 0.0
    dropout: float = 0.2
    norm_momentum: float = 0.9
    noisy_eval: bool = False
    shuffle: bool = True
    seed: int = 1

    @property
    def shape(self) -> tuple[Any, ...]:
        """What plans must share to be trained in one ensemble."""
        arrays = tuple((x.shape, y.shape) for x, y in self.split)
        return (self.layers, self.last, self.outputs, self.loss, self.optimizer, self.batch,
                self.epochs, arrays)  # fmt: skip

    @property
    def steps(self) -> int:
        """Updates in an epoch; the last batch may be smaller than the others."""
        return -(-len(self.split.train[1]) // self.batch)


def rng(*words: int | str) -> np.random.Generator:
    """A generator of one's own for each purpose, so that one fault does not shift another."""
    return np.random.default_rng([w if isinstance(w, int) else sum(w.encode()) for w in words])

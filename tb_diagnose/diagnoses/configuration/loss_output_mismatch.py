"""The last layer and the loss do not belong together.

Why it matters:
    The loss measures something else than what is wanted, or its gradient vanishes. Such a run
    often looks as if it learned: the loss falls while the accuracy stays.

How it is judged:
    The last layer's activation and number of units are looked up against the loss as configured,
    by what each pair computes. A binary cross-entropy below zero means labels outside 0 and 1,
    whatever the model.

When it stays silent:
    The log does not name the loss; the loss is custom; the pair works.

What to try:
    K classes: K scores with a softmax and a categorical cross-entropy. Two classes or several
    labels: sigmoids and a binary cross-entropy. A number: no activation and a squared error.

Sources:
    Nikanjam et al. 2021, "NeuraLint"; Schoop et al. 2021, "UMLAUT"; Keras API reference on losses.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from tb_diagnose.analysis.learning_state import WELL, does_well
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, sentence
from tb_diagnose.core.model import Layer, Loss, ModelConfig
from tb_diagnose.engine.contract import diagnosis, method
from tb_diagnose.roles.architecture import DISTANCES, PROBABILITIES, written
from tb_diagnose.roles.code import Code

MANY = ("categorical_crossentropy", "sparse_categorical_crossentropy")
BINARY = ("binary_crossentropy", "binary_focal_crossentropy")
HINGES = ("hinge", "squared_hinge")


class Mismatch(NamedTuple):
    """What is wrong with a pair, the changes that mend it, and how severe it is."""

    problem: str
    changes: tuple[str, ...]
    severity: Severity | None = None


def _no_loss(model: ModelConfig | None = None) -> str:
    return "" if model is None or model.losses else "the configuration names no loss"


@diagnosis(
    family="configuration",
    severity=Severity.CRITICAL,
    leads_to=(
        "no-learning",
        "loss-plateau",
        "slow-convergence",
        "initial-loss",
        "metric-loss-disagreement",
        "constant-output",
        "majority-guessing",
        "loss-divergence",
    ),
    since="0.1",
    concerns=_no_loss,
)
class LossOutputMismatch:
    @method("the configuration of output and loss")
    def by_configuration(
        self, model: ModelConfig, code: Code, train_loss: Curve | None = None
    ) -> Iterator[Evidence]:
        losses = model.losses * len(model.outputs) if len(model.losses) == 1 else model.losses
        for layer, loss in zip(model.outputs, losses, strict=False):
            mismatch = _mismatch(layer, loss)
            if mismatch is not None:
                mismatch = self._in_practice(mismatch, layer, loss, train_loss)
                yield Evidence(
                    message=f"The output is {written(layer)} and the loss {_spelled(loss)}: "
                    f"{mismatch.problem}.",
                    suggestion=sentence("; or ".join(map(code, mismatch.changes))),
                    tag="keras",
                    severity=mismatch.severity,
                )
            elif loss.name in BINARY and train_loss is not None:
                yield from self._below_zero(loss, train_loss, code)

    def _in_practice(
        self, mismatch: Mismatch, layer: Layer, loss: Loss, curve: Curve | None
    ) -> Mismatch:
        """A mismatch that did no harm, as the training shows, is a note."""
        if curve is None or curve.lowest is None or curve.start is None:
            return mismatch
        if loss.from_logits and curve.lowest.value < _floor(layer):
            seen = f"{mismatch.problem}, which Keras sees through here: the loss falls below what "
            return Mismatch(seen + "would be possible", mismatch.changes, Severity.INFO)
        fits = does_well(curve, None, None, WELL)
        if mismatch.severity is Severity.WARNING and layer.activation == "relu" and fits:
            return mismatch._replace(severity=Severity.INFO)
        return mismatch

    def _below_zero(self, loss: Loss, curve: Curve, code: Code) -> Iterator[Evidence]:
        lowest = curve.lowest
        if lowest is not None and lowest.value < 0:
            first = curve.point(int(np.argmax(curve.values < 0)))
            yield Evidence(
                message=f"{curve.name} is {number(lowest.value)} at step {lowest.step}, but "
                f"{_spelled(loss)} cannot be below 0 for labels of 0 and 1.",
                suggestion=f"For more than two classes {code('classify many')}; for two, use "
                "labels of 0 and 1.",
                tag=curve.name,
                steps=(first.step, lowest.step) if first.step < lowest.step else (first.step,),
            )


def _mismatch(layer: Layer, loss: Loss) -> Mismatch | None:
    """What is wrong with a pair; None if nothing is known to be."""
    activation, units = layer.activation, layer.units
    if not activation and layer.kind != "Dense":
        return None  # the last layer is none whose output is known, such as a Reshape
    if activation == "softmax" and units == 1:
        problem = "a softmax over one unit is 1 whatever its input, so every prediction is the same"
        return Mismatch(problem, ("classify two", "regress"))
    if loss.name in MANY and units == 1:
        problem = "a categorical loss needs one output for each class"
        return Mismatch(problem, ("classify many", "classify two"))
    if loss.from_logits and activation in PROBABILITIES:
        problem = f"the loss takes raw scores and squashes the {activation}'s probabilities again"
        return Mismatch(problem, ("pass probabilities",))
    return _pairing(layer, loss)


def _pairing(layer: Layer, loss: Loss) -> Mismatch | None:
    activation = layer.activation
    if loss.name in MANY + BINARY and activation not in PROBABILITIES and not loss.from_logits:
        gives = "a layer without activation" if activation == "linear" else f"a {activation}"
        problem = f"a cross-entropy needs probabilities, and {gives} gives any number"
        return Mismatch(problem, ("pass scores",))
    if loss.name in MANY and activation == "sigmoid":
        problem = "the classes exclude each other in the loss but not in the output"
        return Mismatch(problem, ("classify many",), Severity.INFO)
    if loss.name in BINARY and activation == "softmax" and layer.units > 2:
        problem = "the loss judges each class by itself, but the outputs compete"
        return Mismatch(problem, ("classify many", "classify two"), Severity.WARNING)
    if loss.name in DISTANCES and activation == "softmax":
        problem = "a distance of probabilities has hardly any gradient where the model is wrong"
        return Mismatch(problem, ("classify many", "regress"), Severity.WARNING)
    if loss.name in DISTANCES and activation == "relu" and layer.units == 1:
        problem = "a ReLU cannot go below 0, and once it is 0 for every input it has no gradient"
        return Mismatch(problem, ("regress",), Severity.WARNING)
    if loss.name in HINGES and activation in PROBABILITIES:
        problem = "a hinge loss wants scores around -1 and 1, not probabilities"
        return Mismatch(problem, ("classify two",), Severity.WARNING)
    return None


def _floor(layer: Layer) -> float:
    """The lowest loss of probabilities that are taken for scores.

    The best a softmax of K probabilities can do is one 1 among zeros: ln(e + K - 1) - 1. A sigmoid
    of a probability is at most 0.731. Keras on TensorFlow finds the scores behind a softmax or
    sigmoid in float32 and uses them, whatever ``from_logits`` says.
    """
    if layer.activation == "softmax":
        return float(np.log(np.exp(1) + layer.units - 1) - 1)
    return float(np.log(1 + np.exp(-1))) if layer.activation == "sigmoid" else 0.0


def _spelled(loss: Loss) -> str:
    return loss.name + ("(from_logits=True)" if loss.from_logits else "")

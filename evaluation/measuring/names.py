"""What counts as naming a labeled fault: the tables from labels to diagnoses, with reasons.

Both tables were drawn up from the diagnoses' own texts, not from what they find on any corpus. A
test holds that the catalog has every id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

#: Symptom → the diagnoses that say just this, and why they do.
SYMPTOM_NAMED_BY: Mapping[str, Mapping[str, str]] = {
    "diverged_or_nan": {
        "loss-divergence": "the loss rises and stays up",
        "non-finite-values": "NaN or infinity in what is logged",
    },
    "oscillating": {
        "loss-oscillation": "large swings that do not settle",
        "reward-instability": "the same of a reward, by which reinforcement learning is judged",
    },
    "plateau_from_start": {"no-learning": "never better than at the start, or than guessing"},
    "overfitting": {"overfitting": "validation worsens while training improves"},
    "slow_convergence": {"slow-convergence": "hardly begun to converge"},
    "loss_spikes": {"loss-spikes": "single values far above their neighbors"},
}

#: Published type of fault → the diagnoses that point at it: their text names it as the thing to
#: change. A mere symptom, such as a loss that stands still, points at no type.
TYPE_NAMED_BY: Mapping[str, Mapping[str, str]] = {
    "activation": {
        "loss-output-mismatch": "the last activation does not fit the loss",
        "missing-nonlinearity": "no activation between layers",
        "dead-relu": "the cure is another activation or initialisation",
        "saturated-activations": "the cure is another activation",
        "vanishing-gradients": "its first cause is a chain of saturating activations",
        "constant-output": "a softmax over one unit, or a dead last activation",
        "misplaced-activation": "a hidden layer has the activation of an output",
        "target-out-of-range": "the last activation cannot reach the targets",
    },
    "loss": {
        "loss-output-mismatch": "the loss does not fit the last activation",
        "metric-loss-disagreement": "the loss does not measure what counts",
        "excessive-regularisation": "the penalty is the larger part of the loss",
        "metric-mismatch": "the loss is a distance where the metric counts classes",
        "initial-loss": "the loss of an untrained network is far from that of guessing",
    },
    "learning-rate": {
        "learning-rate-too-high": "names the rate",
        "learning-rate-too-low": "names the rate",
        "learning-rate-schedule": "names the rate over time",
        "update-ratio": "steps too large or small for the weights, which is the rate",
        "slow-convergence": "its advice is a higher rate",
    },
    "optimizer": {
        "learning-rate-too-high": "the optimizer's steps are too large",
        "learning-rate-too-low": "the optimizer's steps are too small",
        "update-ratio": "the optimizer's steps do not fit the weights",
        "slow-convergence": "its advice is the optimizer's rate",
    },
    "epochs": {
        "unfinished-training": "stopped while still improving",
        "slow-convergence": "would need many times the epochs",
        "overfitting": "trained past its best epoch",
    },
    "slow": {
        "slow-convergence": "says so",
        "unfinished-training": "stopped while still improving",
        "learning-rate-too-low": "why it is slow",
        "loss-plateau": "stands still early",
    },
    "batch": {"batch-too-small": "says so", "loss-oscillation": "its advice is a larger batch"},
    "layers": {
        "shallow-model": "too few layers or units",
        "oversized-model": "too many",
        "underfitting": "its advice is a larger model",
        "missing-nonlinearity": "layers that amount to one",
        "disconnected-layers": "a layer without influence",
        "vanishing-gradients": "too deep for its activations",
    },
    "initialisation": {
        "poor-initialisation": "says so",
        "initial-loss": "the first loss is far from that of guessing",
        "dead-relu": "the cure is another initialisation or rate",
        "frozen-weights": "weights that a constant start never lets move apart",
        "exploding-weights": "weights far larger than an initialiser would make them",
    },
    "preprocessing": {
        "unnormalised-inputs": "says so",
        "train-validation-skew": "both sets are prepared differently",
        "unconventional-input-size": "inputs of the wrong size",
        "unscaled-targets": "says so",
        "target-out-of-range": "its advice is to scale the targets",
        "unshuffled-data": "the data come in an order",
        "repeated-inputs": "the same inputs again and again",
        "initial-loss": "its advice is to scale inputs and targets",
        "slow-convergence": "its advice is to standardize what is huge",
    },
    "regularisation": {
        "excessive-regularisation": "says so",
        "missing-regularisation": "says so",
        "overfitting": "its advice is regularisation",
        "vanishing-weights": "a penalty shrinks weights to nothing",
        "underfitting": "its advice is to regularize less",
    },
    "labels": {
        "noisy-labels": "says so",
        "class-imbalance": "says what the labels are",
        "majority-guessing": "its first advice is to weigh the classes",
        "no-learning": "its advice is to check that inputs and labels belong together",
        "validation-at-chance": "nothing about the labels can be learnt from the inputs",
        "repeated-inputs": "the same input with other labels",
    },
    "vanishing": {
        "vanishing-gradients": "says so",
        "saturated-activations": "how gradients vanish",
        "misplaced-activation": "softmax or sigmoids in hidden layers, which shrink gradients",
        "update-ratio": "early layers hardly move",
        "frozen-weights": "early layers do not move",
    },
    "exploding": {
        "exploding-gradients": "says so",
        "exploding-weights": "what exploding gradients do",
        "non-finite-values": "where they end",
        "loss-divergence": "where they end",
    },
    "dying-relu": {"dead-relu": "says so"},
    "frozen": {
        "frozen-weights": "says so",
        "disconnected-layers": "layers that no gradient reaches",
        "no-learning": "its advice is to check what is trained",
    },
    "imbalance": {
        "class-imbalance": "says so",
        "majority-guessing": "what it leads to",
    },
    "overfitting": {
        "overfitting": "says so",
        "missing-regularisation": "why it overfits",
        "oversized-model": "why it overfits",
    },
    "leak": {
        "implausible-perfection": "its first cause is a leak",
        "validation-below-training": "the same",
        "identical-runs": "the same data twice",
    },
    "validation-skew": {
        "train-validation-skew": "says so",
        "validation-at-chance": "validation has nothing to do with training",
        "noisy-validation": "statistics that jump from one validation to the next",
    },
    "constant-output": {
        "constant-output": "says so",
        "majority-guessing": "the constant is the commonest class",
        "no-learning": "the constant is the mean",
    },
    "schedule": {
        "learning-rate-schedule": "says so",
        "loss-spikes": "what a restart of the rate does",
        "slow-convergence": "what a rate that dies does",
    },
    "order": {"unshuffled-data": "says so"},
    "too-small": {
        "shallow-model": "says so",
        "underfitting": "its advice is a larger model",
    },
    "logging": {
        "disordered-steps": "steps that go back",
        "overlapping-restart": "a restart that writes over what was logged",
        "damaged-log": "says so",
        "running-mean-loss": "a mean that is never reset",
        "dropped-epoch-metrics": "epochs without their values",
        "identical-runs": "a metric that never moves",
    },
    "oscillation": {
        "loss-oscillation": "says so",
        "learning-rate-too-high": "why it oscillates",
    },
}


def symptoms_named(ids: Iterable[str]) -> dict[str, list[str]]:
    """Symptom → those of the ids that name it; symptoms nobody names are left out."""
    said = set(ids)
    named = {name: sorted(said & by.keys()) for name, by in SYMPTOM_NAMED_BY.items()}
    return {symptom: by for symptom, by in named.items() if by}


def right_types(types: Iterable[str], ids: Iterable[str]) -> list[str]:
    """Those of the ids that point at one of the published types of a fault."""
    pointing = {identity for kind in types for identity in TYPE_NAMED_BY.get(kind, ())}
    return sorted(pointing & set(ids))

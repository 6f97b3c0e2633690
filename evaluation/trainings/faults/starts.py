"""Faults of where it starts from, of what can move, and of how it is held back."""

from __future__ import annotations

from dataclasses import replace

from trainings.faults.registry import Registry, has, register
from trainings.plan import Framework, Layer, Plan

FAULTS: Registry = {}
_fault = register(FAULTS)


def _deep(plan: Plan, _: Framework) -> bool:
    return sum(layer.kind in ("dense", "conv") for layer in plan.layers) >= 2


def _hidden(plan: Plan, _: Framework) -> bool:
    return any(layer.kind in ("dense", "conv") for layer in plan.layers)


def _with_dropout(plan: Plan) -> Plan:
    if has("dropout")(plan, "keras"):
        return plan
    return replace(plan, layers=(*plan.layers, Layer("dropout")))


def _droppable(plan: Plan, framework: Framework) -> bool:
    last = plan.layers[-1].kind if plan.layers else ""
    return last in ("dense", "dropout", "gru", "rnn") and not has("norm")(plan, framework)


@_fault("initialisation exploding", (5, 20, 100), "times the usual kernels at the start",
        "poor-initialisation initial-loss", _hidden, told_by="config")  # fmt: skip
def huge_start(plan: Plan, level: float) -> Plan:
    return replace(plan, gain=level)


@_fault("initialisation vanishing", (0.1, 0.01, 0.001), "times the usual kernels at the start",
        "poor-initialisation no-learning", _deep, told_by="config")  # fmt: skip
def tiny_start(plan: Plan, level: float) -> Plan:
    return replace(plan, gain=level)


@_fault("initialisation", (0.0, 0.1, 1.0), "each weight at the start",
        "poor-initialisation no-learning", _hidden, told_by="config")  # fmt: skip
def constant_start(plan: Plan, level: float) -> Plan:
    """Every unit of a layer is and stays the same as its neighbor."""
    return replace(plan, constant=level)


@_fault("dying-relu activation initialisation", (-0.5, -1, -3, -10), "bias of the hidden units",
        "dead-relu no-learning", lambda plan, _: any(
            layer.kind in ("dense", "conv") and layer.activation == "relu"
            for layer in plan.layers), told_by="config")  # fmt: skip
def dead_relu(plan: Plan, level: float) -> Plan:
    """Biases so low that the units never speak, and so never get a gradient."""
    return replace(plan, bias=level)


@_fault("dying-relu learning-rate", (30, 100, 300), "times the healthy rate, in the first tenth",
        "dead-relu no-learning", lambda plan, _: any(
            layer.activation == "relu" for layer in plan.layers))  # fmt: skip
def killed_by_first_steps(plan: Plan, level: float) -> Plan:
    return replace(plan, rate=plan.rate * level, schedule=("jumps", 0.1, 1 / level))


@_fault("vanishing activation layers", (4, 6, 8), "sigmoid layers",
        "vanishing-gradients saturated-activations misplaced-activation",
        lambda plan, _: all(layer.kind == "dense" for layer in plan.layers),
        told_by="config")  # fmt: skip
def sigmoid_stack(plan: Plan, level: int) -> Plan:
    return replace(plan, layers=(Layer("dense", 24, "sigmoid"),) * level)


@_fault("vanishing activation initialisation", (5, 15, 50), "times the usual kernels, under tanh",
        "saturated-activations poor-initialisation", _hidden, told_by="config")  # fmt: skip
def saturated(plan: Plan, level: float) -> Plan:
    layers = tuple(
        layer._replace(activation="tanh") if layer.activation == "relu" else layer
        for layer in plan.layers
    )
    return replace(plan, layers=layers, gain=level)


@_fault("exploding initialisation", (1.5, 2, 3, 5), "times the usual recurrent kernel, under ReLU",
        "exploding-gradients poor-initialisation", has("rnn"), told_by="config")  # fmt: skip
def exploding_recurrence(plan: Plan, level: float) -> Plan:
    layers = tuple(
        layer._replace(activation="relu") if layer.kind == "rnn" else layer for layer in plan.layers
    )
    return replace(plan, layers=layers, recurrence=level)


@_fault("frozen layers", (1, 2, 4), "layers from the input on that are not trained",
        "frozen-weights disconnected-layers", _deep, told_by="config")  # fmt: skip
def frozen_layers(plan: Plan, level: int) -> Plan:
    """Of a start that knows nothing."""
    return replace(plan, frozen=min(level, len(plan.layers)))


@_fault("frozen", ("all",), "weights not trained", "frozen-weights no-learning", told_by="config")
def frozen_model(plan: Plan, _: str) -> Plan:
    return replace(plan, frozen=len(plan.layers) + 1)


@_fault("frozen optimizer", (1, 2), "layers from the output on that the optimizer knows",
        "optimizer-misses-weights frozen-weights",
        lambda plan, framework: _deep(plan, framework)
        and framework not in ("keras", "huggingface"))  # fmt: skip
def optimizer_misses_weights(plan: Plan, level: int) -> Plan:
    return replace(plan, tuned=level)


@_fault("regularisation", (0.01, 0.1, 1.0), "L2 penalty",
        "excessive-regularisation vanishing-weights", _hidden, told_by="config")  # fmt: skip
def heavy_penalty(plan: Plan, level: float) -> Plan:
    return replace(plan, l2=level)


@_fault("regularisation", (0.7, 0.9, 0.97), "of the units dropped",
        "excessive-regularisation validation-below-training underfitting",
        _droppable, told_by="config")  # fmt: skip
def heavy_dropout(plan: Plan, level: float) -> Plan:
    return replace(_with_dropout(plan), dropout=level)


@_fault("validation-skew", (0.99, 0.999, 0.9999), "momentum of the batch norms",
        "batch-norm-statistics train-validation-skew", has("norm"), told_by="config")  # fmt: skip
def norm_lags(plan: Plan, level: float) -> Plan:
    """Running statistics that are still near their start when the training ends."""
    return replace(plan, norm_momentum=level)


@_fault("validation-skew", ("one-batch",), "batch norms see in their statistics",
        "batch-norm-statistics noisy-validation", has("norm"))  # fmt: skip
def norm_forgets(plan: Plan, _: str) -> Plan:
    return replace(plan, norm_momentum=0.0, batch=8, epochs=max(3, plan.epochs // 3))


@_fault("validation-skew regularisation", (0.5, 0.7, 0.9), "of the units dropped in validation too",
        "train-validation-skew", lambda plan, framework: _droppable(plan, framework)
        and framework not in ("keras", "huggingface"), "validation")  # fmt: skip
def dropout_in_validation(plan: Plan, level: float) -> Plan:
    return replace(_with_dropout(plan), noisy_eval=True, dropout=level)

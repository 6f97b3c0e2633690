"""Faults of the network and of what it is measured by: activations, outputs, losses, size."""

from __future__ import annotations

from dataclasses import replace

from trainings.faults.registry import Registry, register, task
from trainings.plan import Framework, Layer, Plan

FAULTS: Registry = {}
_fault = register(FAULTS)


def _activated(plan: Plan, _: Framework) -> bool:
    return any(layer.activation in ("relu", "tanh") for layer in plan.layers)


def _activation(plan: Plan, name: str) -> Plan:
    layers = tuple(
        layer._replace(activation=name)
        if layer.activation in ("relu", "tanh") and layer.kind in ("dense", "conv", "norm")
        else layer
        for layer in plan.layers
    )
    return replace(plan, layers=layers)


def _dense_relu(plan: Plan, _: Framework) -> bool:
    return any(layer.kind == "dense" and layer.activation == "relu" for layer in plan.layers)


@_fault("activation layers", ("linear",), "activation between layers", "missing-nonlinearity",
        _dense_relu, told_by="config")  # fmt: skip
def no_nonlinearity(plan: Plan, level: str) -> Plan:
    return _activation(plan, level)


@_fault("activation vanishing", ("softmax", "sigmoid"), "activation of hidden layers",
        "misplaced-activation vanishing-gradients",
        lambda plan, _: all(layer.kind in ("dense", "dropout", "flatten") for layer in plan.layers)
        and bool(plan.layers), told_by="config")  # fmt: skip
def wrong_hidden_activation(plan: Plan, level: str) -> Plan:
    return _activation(plan, level)


@_fault("loss activation", ("mse", "mae"), "for classes", "loss-output-mismatch",
        lambda plan, framework: plan.task == "classes" and framework in ("keras", "tf"),
        told_by="config")  # fmt: skip
def distance_for_classes(plan: Plan, level: str) -> Plan:
    return replace(plan, loss=level)


@_fault("loss activation", ("linear",), "outputs under a cross-entropy of probabilities",
        "loss-output-mismatch non-finite-values",
        lambda plan, framework: plan.task in ("classes", "binary")
        and framework in ("keras", "tf"), told_by="config")  # fmt: skip
def probabilities_missing(plan: Plan, level: str) -> Plan:
    kind = "cross-entropy" if plan.task == "classes" else "binary"
    return replace(plan, last=level, loss=f"{kind} of shares")


@_fault("loss activation", ("twice",), "the activation is in the loss as well",
        "loss-output-mismatch",
        lambda plan, framework: plan.task in ("classes", "binary", "labels")
        and framework not in ("keras", "huggingface"))  # fmt: skip
def probabilities_twice(plan: Plan, _: str) -> Plan:
    many = plan.task == "classes"
    kind = "cross-entropy" if many else "binary"
    return replace(plan, last="softmax" if many else "sigmoid", loss=f"{kind} of outputs")


@_fault("loss activation", ("probabilities", "logits"), "where logarithms are wanted",
        "negative-loss loss-output-mismatch",
        lambda plan, framework: plan.task == "classes"
        and framework in ("torch", "lightning"))  # fmt: skip
def logarithm_missing(plan: Plan, level: str) -> Plan:
    """PyTorch's NLLLoss takes whatever it is given for log-probabilities."""
    last = "softmax" if level == "probabilities" else "linear"
    return replace(plan, last=last, loss="negative likelihood")


@_fault("activation loss", ("relu",), "activation of the output", "loss-output-mismatch",
        lambda plan, framework: plan.task in ("classes", "binary")
        and framework in ("keras", "tf"), told_by="config")  # fmt: skip
def relu_output(plan: Plan, level: str) -> Plan:
    kind = "cross-entropy" if plan.task == "classes" else "binary"
    return replace(plan, last=level, loss=f"{kind} of shares")


@_fault("activation loss constant-output", ("softmax",), "over a single unit",
        "loss-output-mismatch constant-output",
        lambda plan, framework: plan.task == "binary" and framework in ("keras", "tf", "torch"),
        told_by="config")  # fmt: skip
def softmax_of_one(plan: Plan, level: str) -> Plan:
    return replace(plan, last=level, loss="binary of shares")


@_fault("activation loss", ("sigmoid", "relu", "tanh", "softmax"), "over real targets",
        "target-out-of-range loss-output-mismatch", task("regression"),
        told_by="config")  # fmt: skip
def bounded_output(plan: Plan, level: str) -> Plan:
    return replace(plan, last=level)


@_fault("loss constant-output", ("broadcast",), "each answer is compared with every target",
        "no-learning loss-plateau",
        lambda plan, framework: plan.task == "regression" and plan.outputs == 1
        and framework in ("torch", "lightning", "tf"))  # fmt: skip
def broadcast_loss(plan: Plan, _: str) -> Plan:
    return replace(plan, loss="broadcast mse")


@_fault("too-small layers", (3, 2, 1), "units in the first hidden layer",
        "shallow-model underfitting",
        lambda plan, _: plan.task != "regression" or plan.outputs == 1,
        told_by="config")  # fmt: skip
def too_small(plan: Plan, level: int) -> Plan:
    kinds = [layer.kind for layer in plan.layers]
    if "dense" not in kinds:
        return replace(plan, layers=(*plan.layers, Layer("dense", level, "relu")))
    narrow = tuple(
        layer._replace(units=level) if layer.kind == "dense" else layer for layer in plan.layers
    )
    return replace(plan, layers=narrow)


@_fault("layers vanishing", (8, 16), "more dense layers", "vanishing-gradients no-learning",
        lambda plan, _: all(layer.kind == "dense" for layer in plan.layers),
        told_by="config")  # fmt: skip
def too_deep(plan: Plan, level: int) -> Plan:
    return replace(plan, layers=(*plan.layers, *[Layer("dense", 12, "relu")] * level))

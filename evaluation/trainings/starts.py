"""Faults of where it starts from, and of what can move: weights, biases, chains, frozen layers."""

from __future__ import annotations

from dataclasses import replace

from trainings.plan import Plan, fault


@fault(
    "huge-start",
    levels=(3, 10, 30, 100),
    unit="times Glorot's standard deviation",
    bases="digits-mlp friedman-mlp",
    expects="poor-initialisation initial-loss",
    types="initialisation",
)
def huge_start(plan: Plan, level: float) -> Plan:
    return replace(plan, start=level)


@fault(
    "small-start",
    levels=(0.1, 0.01, 0),
    unit="times Glorot's standard deviation",
    bases="moons-deep digits-cnn",
    expects="poor-initialisation",
    types="initialisation",
)
def small_start(plan: Plan, level: float) -> Plan:
    """At zero, every unit of a layer is and stays the same as its neighbour."""
    return replace(plan, start=level)


@fault(
    "dead-relu",
    levels=(-0.5, -1, -3, -10),
    unit="bias of the hidden units at the start",
    bases="digits-mlp moons-deep",
    expects="dead-relu",
    types="dying-relu",
)
def dead_relu(plan: Plan, level: float) -> Plan:
    """Biases so low that the units never speak, and so never get a gradient."""
    return replace(plan, bias=level)


@fault(
    "sigmoid-stack",
    levels=(2, 4, 6, 8),
    unit="sigmoid layers",
    bases="digits-mlp moons-deep",
    expects="misplaced-activation vanishing-gradients saturated-activations",
    types="vanishing",
)
def sigmoid_stack(plan: Plan, level: int) -> Plan:
    return replace(plan, widths=(32,) * level, activation="sigmoid")


@fault(
    "exploding-recurrence",
    levels=(1.5, 2, 3, 5),
    unit="gain of the recurrent weights at the start",
    bases="series-rnn",
    expects="exploding-gradients exploding-weights poor-initialisation",
    types="exploding",
)
def exploding_recurrence(plan: Plan, level: float) -> Plan:
    """A recurrent network of ReLUs whose state grows by the gain at each of 24 steps."""
    return replace(plan, activation="relu", gain=level)


@fault(
    "frozen-layers",
    levels=(1, 2, 4),
    unit="hidden layers from the input that do not train",
    bases="moons-deep",
    expects="",
    types="layers",
)
def frozen_layers(plan: Plan, level: int) -> Plan:
    """As by somebody who freezes too much of a model; no diagnosis can know it was not meant."""
    return replace(plan, frozen=level)

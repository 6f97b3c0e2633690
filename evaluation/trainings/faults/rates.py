"""Faults of the optimizer: its rate, its schedule, its settings, the time it is given."""

from __future__ import annotations

from dataclasses import replace

from trainings.faults.registry import Applies, Registry, register
from trainings.plan import Framework, Plan

FAULTS: Registry = {}
_fault = register(FAULTS)


def _of(*kinds: str) -> Applies:
    return lambda plan, _: plan.optimizer in kinds


@_fault(
    "learning-rate exploding oscillation",
    (3, 10, 30, 100, 1000),
    "times the healthy rate",
    "learning-rate-too-high loss-oscillation loss-divergence",
    told_by="config",
    often=6,
)
def rate_too_high(plan: Plan, level: float) -> Plan:
    return replace(plan, rate=plan.rate * level)


@_fault(
    "learning-rate slow",
    (3, 10, 30, 100, 1000),
    "times below the healthy rate",
    "learning-rate-too-low slow-convergence unfinished-training",
    told_by="config",
)
def rate_too_low(plan: Plan, level: float) -> Plan:
    return replace(plan, rate=plan.rate / level)


@_fault("schedule learning-rate", (0.4, 0.2, 0.1, 0.05), "of the training, then 1e-5 of the rate",
        "learning-rate-schedule loss-plateau", told_by="rate")  # fmt: skip
def schedule_kills(plan: Plan, level: float) -> Plan:
    return replace(plan, schedule=("killed", level, 1e-5))


@_fault("schedule learning-rate", (1e-2, 1e-4, 1e-8), "of the rate is left at the end",
        "learning-rate-schedule slow-convergence", told_by="rate")  # fmt: skip
def schedule_decays_fast(plan: Plan, level: float) -> Plan:
    """Exponentially, with most of it gone long before the end."""
    return replace(plan, schedule=("decay", level**2))


@_fault("schedule learning-rate oscillation", (5, 20, 100), "times the rate at each restart",
        "learning-rate-schedule loss-spikes periodic-loss", told_by="rate")  # fmt: skip
def schedule_restarts(plan: Plan, level: float) -> Plan:
    return replace(plan, schedule=("restarts", 0.25, level))


@_fault("schedule learning-rate exploding", (30, 100, 1000), "times the rate from 80 % on",
        "learning-rate-schedule loss-divergence loss-spikes", told_by="rate")  # fmt: skip
def schedule_jumps(plan: Plan, level: float) -> Plan:
    return replace(plan, schedule=("jumps", 0.8, level))


@_fault("schedule learning-rate exploding", (30, 100, 1000), "times the rate at the end",
        "learning-rate-schedule loss-divergence", told_by="rate")  # fmt: skip
def schedule_grows(plan: Plan, level: float) -> Plan:
    return replace(plan, schedule=("grows", level))


@_fault("optimizer learning-rate", (0.99, 0.997), "momentum at the same rate",
        "loss-oscillation learning-rate-too-high loss-divergence", told_by="config")  # fmt: skip
def momentum_too_high(plan: Plan, level: float) -> Plan:
    rate = plan.rate if plan.optimizer == "sgd" else plan.rate * 5
    return replace(plan, optimizer="sgd", momentum=level, rate=rate)


@_fault("optimizer learning-rate slow", (0.1, 1.0, 10.0), "Adam's epsilon",
        "learning-rate-too-low slow-convergence", _of("adam"), told_by="config")  # fmt: skip
def epsilon_too_large(plan: Plan, level: float) -> Plan:
    return replace(plan, epsilon=level)


@_fault("optimizer slow learning-rate", ("same-rate",), "the rate of Adam given to plain SGD",
        "learning-rate-too-low slow-convergence", _of("adam"), told_by="config")  # fmt: skip
def sgd_at_rate_of_adam(plan: Plan, _: str) -> Plan:
    return replace(plan, optimizer="sgd", momentum=0.0, schedule=("constant",))


@_fault("optimizer slow learning-rate", (0.1, 0.01, 0.001), "largest norm of a gradient, for SGD",
        "slow-convergence learning-rate-too-low")  # fmt: skip
def clipped_to_nothing(plan: Plan, level: float) -> Plan:
    rate = plan.rate if plan.optimizer == "sgd" else plan.rate * 5
    return replace(plan, optimizer="sgd", momentum=0.0, rate=rate, clip=level)


@_fault("optimizer learning-rate exploding", ("sgd", "own"), "optimizer",
        "gradients-never-zeroed loss-oscillation loss-divergence",
        lambda _, framework: framework not in ("keras", "huggingface"))  # fmt: skip
def gradients_never_zeroed(plan: Plan, level: str) -> Plan:
    if level == "own":
        return replace(plan, keep_gradients=True)
    rate = plan.rate if plan.optimizer == "sgd" else plan.rate * 10
    return replace(plan, keep_gradients=True, optimizer="sgd", momentum=0.0, rate=rate)


@_fault("loss", ("maximized",), "", "negative-loss loss-divergence")
def wrong_sign(plan: Plan, _: str) -> Plan:
    return replace(plan, sign=-1)


@_fault("epochs slow", (0.5, 0.25, 0.1), "of the healthy epochs",
        "unfinished-training slow-convergence",
        lambda plan, _: plan.epochs >= 10)  # fmt: skip
def too_few_epochs(plan: Plan, level: float) -> Plan:
    return replace(plan, epochs=max(2, int(plan.epochs * level)))


def _small_batches(plan: Plan, framework: Framework) -> bool:
    return plan.steps * plan.epochs < 1200 and framework != "huggingface"


@_fault("batch oscillation", (4, 2, 1), "examples in a batch, with SGD of a rate for large ones",
        "batch-too-small loss-oscillation noisy-validation", _small_batches)  # fmt: skip
def batch_too_small(plan: Plan, level: int) -> Plan:
    rate = plan.rate * 3 if plan.optimizer == "sgd" else plan.rate * 10
    epochs = max(3, plan.epochs // 4)
    return replace(plan, batch=level, optimizer="sgd", momentum=0.9, rate=rate, epochs=epochs)


@_fault("batch slow", ("all", "half"), "of the examples in one batch, at the same rate",
        "slow-convergence unfinished-training",
        lambda plan, _: plan.steps >= 8 and plan.epochs <= 40)  # fmt: skip
def batch_too_large(plan: Plan, level: str) -> Plan:
    count = len(plan.split.train[1])
    return replace(plan, batch=count if level == "all" else count // 2)

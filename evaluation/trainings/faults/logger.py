"""Faults of the log alone: the training is healthy, and what is written of it is wrong.

The plan stays as it is; ``logs.view`` bends what is written by the fault's name.
"""

from __future__ import annotations

from typing import Any

from trainings.faults.registry import Applies, Registry, register
from trainings.plan import Plan

FAULTS: Registry = {}
_fault = register(FAULTS)
_own_loop: Applies = lambda _, framework: framework in ("tf", "torch", "lightning")  # noqa: E731


@_fault("logging", ("all-epochs",), "a mean that is never reset", "running-mean-loss",
        _own_loop, "log")  # fmt: skip
def running_mean(plan: Plan, _: Any) -> Plan:
    return plan


@_fault("logging", (0.3, 0.6), "of the epochs validated", "curve-ends-early", harm="log")
def validation_ends_early(plan: Plan, _: Any) -> Plan:
    return plan


@_fault("logging", ("zeros",), "validation that never ran", "empty-validation", _own_loop, "log")
def empty_validation(plan: Plan, _: Any) -> Plan:
    return plan


@_fault("logging", (2, 3), "trainings in one folder", "mixed-trainings overlapping-restart",
        harm="log")  # fmt: skip
def mixed_trainings(plan: Plan, _: Any) -> Plan:
    return plan


@_fault("logging", (0.5,), "of the epochs, then a restart from a checkpoint further back",
        "overlapping-restart disordered-steps", harm="log")  # fmt: skip
def restarted(plan: Plan, _: Any) -> Plan:
    return plan


@_fault("logging loss", ("accuracy",), "of a regression", "metric-mismatch",
        lambda plan, framework: plan.task == "regression"
        and framework in ("keras", "tf", "torch"), "log", told_by="config")  # fmt: skip
def accuracy_of_regression(plan: Plan, _: Any) -> Plan:
    return plan


@_fault("logging", ("stuck",), "metric that is never updated", "score-at-chance identical-runs",
        _own_loop, "log")  # fmt: skip
def metric_never_updated(plan: Plan, _: Any) -> Plan:
    return plan

"""Rates that only plain SGD cannot bear."""

from __future__ import annotations

from dataclasses import replace

from trainings.faults.registry import Registry, register
from trainings.plan import Framework, Plan

FAULTS: Registry = {}
_fault = register(FAULTS)


def _adaptive(plan: Plan, _: Framework) -> bool:
    return plan.optimizer != "sgd"


@_fault(
    "optimizer learning-rate exploding oscillation",
    (3, 10, 30, 100),
    "times the healthy rate of plain SGD",
    "learning-rate-too-high loss-oscillation loss-divergence",
    _adaptive,
    told_by="config",
    often=12,
)
def sgd_rate_too_high(plan: Plan, level: float) -> Plan:
    """Where Adam forgives a rate, SGD does not. Its healthy rate is ten times that of Adam."""
    return replace(plan, optimizer="sgd", momentum=0.9, rate=10 * plan.rate * level)

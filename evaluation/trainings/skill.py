"""How good the trained networks are, on one scale for all tasks."""

from __future__ import annotations

import numpy as np

from trainings.losses import says_yes
from trainings.plan import Array, Plan


def skill(plan: Plan, z: Array, out: Array, y: Array) -> Array:
    """Share of the way from guessing (0) to no error (1), for each member: [members].

    Guessing is the commonest class, or the mean. NaN where an answer is not finite.

    Args:
        plan: which they share in task, loss and last activation.
        z: before the last activation: [members, n, outputs].
        out: behind it.
        y: class numbers [members, n], else [members, n, outputs].
    """
    answers = zip(z.astype(float), out.astype(float), y, strict=True)
    return np.array([_member(plan, *answer) for answer in answers])


def _member(plan: Plan, z: Array, out: Array, y: Array) -> float:
    if not (np.isfinite(out).all() and np.isfinite(z).all()):
        return float("nan")
    if plan.task == "regression":
        rest = np.mean((out - y) ** 2) / np.mean((y - y.mean(0)) ** 2)
        return float(max(1 - rest, -10))
    if plan.task == "labels":
        said = says_yes(plan, z, out)
        return float(np.mean([_of_classes(*pair) for pair in zip(said.T, y.T > 0, strict=True)]))
    said = out.argmax(1) if plan.task == "classes" else says_yes(plan, z, out)[:, 0]
    return _of_classes(said, y)


def _of_classes(said: Array, y: Array) -> float:
    """By balanced accuracy, so that naming the commonest class is guessing however common."""
    known = np.unique(y)
    right = np.mean([np.mean(said[y == label] == label) for label in known])
    return float((right - 1 / len(known)) / (1 - 1 / len(known)))

"""The gradients grow without bound.

Why it matters:
    One step along a gradient a thousand times its usual size undoes what thousands of steps have
    learned, and growing gradients end in infinity.

How it is judged:
    The norm of the gradient against its own past, since no norm is large by itself. A climb: its
    level (the median of a fiftieth of the run) ends at ten times that of the first half or more,
    and the loss ends above where it was in the midst of that half, or shows no learning. Or
    bursts: values a hundred times the median of the 50 before them, in more than one step of a
    thousand: a note, unless the loss ends worse than it was at the first of them.

When it stays silent:
    Fewer than 10 norms; norms that grow while the loss falls, which is common late in training;
    single bursts; NaN and infinity (non-finite-values).

What to try:
    clipnorm=1.0 (or ten times the usual norm, to catch bursts alone); a learning rate divided by
    3 to 10, or warm-up; for recurrent networks shorter sequences.

Sources:
    Pascanu et al. 2013, "On the difficulty of training recurrent neural networks"; runmedic (ten
    times the run's median); Kumar et al. 2025, "ZClip" (bursts against the norm's own past).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.progress import stalled
from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number, percent, plural, steps_of
from tb_diagnose.core.run import Series, Vitals
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import condense, end_level, finite
from tb_diagnose.measure.medians import median
from tb_diagnose.measure.reductions import all_of
from tb_diagnose.measure.swings import running_median
from tb_diagnose.roles.chance_level import ChanceLevel

ENABLE = 'tf.summary.scalar("grad_norm", tf.linalg.global_norm(gradients), step)'


class Limits(Thresholds):
    """How far above its own past."""

    points: int = limit(10, unit="values", source="chosen: fewer have no past")
    climb: float = limit(
        10.0, unit="times the first half's level", source="runmedic: 10 times the median"
    )
    burst: float = limit(100.0, unit="times the median before", source="chosen: 10 is common")
    often: float = limit(1e-3, unit="of the steps", source="chosen: single ones do no harm")
    worse: float = limit(0.1, unit="of the loss", source="chosen: more than noise")


@diagnosis(
    family="stability",
    severity=Severity.CRITICAL,
    leads_to=("exploding-weights", "non-finite-values", "loss-divergence", "loss-spikes"),
    since="0.1",
)
def exploding_gradients(
    gradient_norm: Series | None,
    step_vitals: Vitals | None,
    train_loss: Series | None,
    chance: ChanceLevel | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """The logged norm, else the one that an attached training measured."""
    norm = gradient_norm if gradient_norm is not None else _measured(step_vitals)
    if norm is None or len(finite(norm.values)) < limits.points:
        raise NotApplicable(f"fewer than {limits.points} norms of the gradient", ENABLE)
    known = np.isfinite(norm.values) & (norm.values > 0)
    norm = norm if all_of(known) else norm.at(known)
    if len(norm) < limits.points:
        return
    climb = _climb(norm, train_loss, chance, limits)
    yield from (climb,) if climb else _bursts(norm, train_loss, limits)


def _measured(vitals: Vitals | None) -> Series | None:
    if vitals is None:
        return None
    values = vitals.column("gradient_norm")[:, 0]
    return Series(vitals.tag, vitals.folder, vitals.steps, values, vitals.wall)


def _climb(
    norm: Series, loss: Series | None, chance: ChanceLevel | None, limits: Limits
) -> Evidence | None:
    levels = condense(norm.values)
    half = max(1, len(levels) // 2)
    usual, at = float(median(levels.values[:half])), int(levels.last[half // 2])
    times = float(levels.values[-1]) / usual
    if times < limits.climb:
        return None
    why = _worse(loss, float(norm.wall[at]), limits) or stalled(loss, chance)
    if not why:
        return None
    since = int(np.argmax((norm.values >= limits.climb * usual) & (np.arange(len(norm)) > at)))
    return Evidence(
        message=f"{norm.name} climbed from {number(usual)} in the first half of the run to "
        f"{number(float(levels.values[-1]))}, {number(times)} times as much; {why}.",
        suggestion=f"clipnorm={number(usual)} (the norm while all was well), and a learning rate divided "
        "by 3 to 10.",
        tag=norm.name,
        steps=(int(norm.steps[since]), int(norm.steps[-1])),
        measured=times,
        limit=limits.climb,
        unit="times the first half's level",
    )


def _bursts(norm: Series, loss: Series | None, limits: Limits) -> Iterator[Evidence]:
    values = np.asarray(norm.values, np.float64)
    before = np.concatenate([values[:1], running_median(values, 51)[:-1]])
    burst = values >= limits.burst * before
    share = float(np.mean(burst))
    if share <= limits.often or burst.sum() < 2:
        return
    first = int(np.argmax(burst))
    why = _worse(loss, float(norm.wall[first]), limits)
    yield Evidence(
        message=f"{norm.name} bursts to {number(limits.burst)} times its usual size and more at "
        f"{plural(int(burst.sum()), 'step')} ({percent(share)})" + (f"; {why}." if why else "."),
        suggestion=f"clipnorm={number(10 * float(median(values)))}, ten times the usual norm, takes "
        "the bursts and leaves the rest.",
        tag=norm.name,
        steps=steps_of(norm, burst),
        measured=share,
        limit=limits.often,
        unit="of the steps",
        severity=Severity.WARNING if why else Severity.INFO,
    )


def _worse(loss: Series | None, wall: float, limits: Limits) -> str:
    """In words, that the loss ends higher than it was at a moment; else the empty string."""
    if loss is None or not len(loss):
        return ""
    if not np.isfinite(loss.values[-1]):
        return f"{loss.name} is no longer finite"
    until = finite(loss.values[loss.wall <= wall])
    end = end_level(finite(loss.values))
    if not len(until) or end <= until[-1] + limits.worse * abs(until[-1]):
        return ""
    return f"{loss.name} rose from {number(float(until[-1]))} then to {number(end)}"

"""The reward swings by much of what was learned, or is lost and does not come back.

Why it matters:
    Which policy one ends with is a matter of the moment one stops at. A policy that was good and
    is lost again has usually been destroyed by too large an update.

How it is judged:
    On the reward (under evaluation, where it is logged) and on the success rate, condensed to at
    most 50 medians. *Swings*: at least 4 turns behind the first fifth, one of them in the last
    third, each a move of at least half the curve's range, a fifth of its level and 4 standard
    errors of such a median. A success rate moves in whole episodes, which gives away how many
    there are: its standard error is that of counting them. *Collapse*: the end lies below the peak
    (highest running median of three) by half of what was gained from the start to it, by a fifth
    of the level and by 6 standard errors, as does the start, and the last fifth stays that low.

When it stays silent:
    Fewer than 20 values (10 for a collapse); a dip before success; a reward that never rose
    (no-learning); the noise of single episodes.

What to try:
    Keep the policy that was best under evaluation. Smaller steps: a lower learning rate, a smaller
    clip range or target KL, a slower target network, a larger replay buffer or batch. Average
    evaluations over more episodes.

Sources:
    Henderson et al. 2018, "Deep reinforcement learning that matters"; Chan et al. 2020, "Measuring
    the reliability of reinforcement learning algorithms" (dispersion and drawdown over time).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number, plural, steps_of
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.granularity import sample_size, share_noise
from tb_diagnose.measure.levels import (
    Condensed,
    best,
    condense,
    end_level,
    finite,
    noise,
    start_level,
)
from tb_diagnose.measure.medians import median
from tb_diagnose.measure.reductions import any_of, max_of, min_of, range_of
from tb_diagnose.measure.swings import swings


class Limits(Thresholds):
    """What counts as a swing and what as a collapse."""

    points: int = limit(20, unit="values", source="chosen: four turns and as many between, twice")
    few: int = limit(10, unit="values", source="chosen: three for the peak, three for the end")
    size: float = limit(0.5, unit="of the range or gain", source="chosen: half of what was learned")
    level: float = limit(0.2, unit="of the level", source="chosen: less is not worth a word")
    turns: int = limit(4, unit="turns", source="two full swings: fewer can be one accident")
    error: float = limit(4.0, unit="standard errors", source="twice what 50 medians of noise reach")
    collapse: float = limit(6.0, unit="standard errors", source="a difference of two extremes")


@diagnosis(family="reinforcement", severity=Severity.WARNING, since="0.1")
def reward_instability(
    reward: Series | None, success: Series | None, limits: Limits
) -> Iterator[Evidence]:
    """The first of the curves that swings or collapses speaks."""
    curves = [
        (curve, condense(curve.values))
        for curve in (reward, success)
        if curve is not None and len(finite(curve.values)) >= limits.few
    ]
    if not curves:
        raise NotApplicable(
            f"no reward of {limits.few} values or more in this run",
            'tf.summary.scalar("eval/mean_reward", reward, step)',
        )
    for curve, medians in curves:
        error = _error(curve, medians)
        evidence = _collapse(curve, medians, error, limits) or _swings(
            curve, medians, error, limits
        )
        if evidence is not None:
            yield evidence
            return


def _error(curve: Series, medians: Condensed) -> float:
    """Standard error of one median, in the curve's unit."""
    values = finite(curve.values)
    episodes = sample_size(values)
    single = share_noise(float(np.mean(values)), episodes) if episodes else noise(values)
    each = len(values) / len(medians)
    return single * (1.25 / np.sqrt(each) if each > 1 else 1.0)


def _swings(curve: Series, medians: Condensed, error: float, limits: Limits) -> Evidence | None:
    values = medians.values
    level = abs(float(median(values)))
    size = max(limits.size * range_of(values), limits.level * level, limits.error * error)
    turns = swings(values, size) if size > 0 else np.empty(0, dtype=np.int64)
    turns = turns[turns >= len(values) // 5]
    late = any_of(turns >= len(values) * 2 // 3)
    if len(finite(curve.values)) < limits.points or len(turns) < limits.turns or not late:
        return None
    low, high = min_of(values[turns]), max_of(values[turns])
    return Evidence(
        message=f"{curve.name} swings between {number(low)} and {number(high)} to the end: "
        f"{plural(len(turns), 'turn')} of at least {number(size)}.",
        suggestion="Keep the policy that was best under evaluation, and take smaller steps: divide the "
        "learning rate by 3, or lower the clip range or target KL.",
        tag=curve.name,
        steps=_steps(curve, medians, turns),
        measured=float(len(turns)),
        limit=float(limits.turns),
        unit="turns",
        confidence=f"each is {number(size / error)} standard errors" if error > 0 else "",
    )


def _collapse(curve: Series, medians: Condensed, error: float, limits: Limits) -> Evidence | None:
    values = medians.values
    at, negative = best(-values)
    peak, start, end = -negative, start_level(finite(curve.values)), end_level(values)
    gain, lost = peak - start, peak - end
    least = max(limits.size * gain, limits.level * abs(peak), limits.collapse * error)
    high = np.flatnonzero(values > peak - limits.size * gain)
    if min(gain, lost) < least or gain <= 0 or int(high[-1]) >= 0.8 * len(values):
        return None
    since = int(high[-1]) + 1
    return Evidence(
        message=f"{curve.name} rose from {number(start)} to {number(peak)} around step "
        f"{curve.steps[medians.first[at]]}, then fell to {number(end)} and did not come back.",
        suggestion=f"Go back to the policy of step {curve.steps[medians.first[at]]}, and take smaller "
        "steps from there: divide the learning rate by 3, or lower the clip range or target KL.",
        tag=curve.name,
        steps=_steps(curve, medians, np.array([at, since])),
        measured=lost / gain,
        limit=limits.size,
        unit="of what was gained",
        confidence=f"the fall is {number(lost / error)} standard errors" if error > 0 else "",
    )


def _steps(curve: Series, medians: Condensed, where: NDArray[np.int64]) -> tuple[int, ...]:
    return steps_of(curve, medians.first[where])

"""The run swings up and down by much of what it has learned, and does not settle.

Why it matters:
    Steps are so large that each one undoes the last. Which weights one ends with is a matter of
    luck, and the average of the run hides that it goes nowhere.

How it is judged:
    On curves that average out sampling noise: validation curves of 500 points at most, training
    curves that are logged once an epoch, and all others condensed to at most 50 medians of at least
    20 values. A swing is a move of at least a quarter of the curve's whole range and a tenth of its
    level (a tenth of all examples for a score), there and back (a zigzag filter). Validation
    jitters on its way down more than training does: its swings must also be four tenths of what it
    gained from its start to its end. It is an oscillation where at least 4 such turns come behind
    the first fifth of the run, one of them in its last third, and no fewer than one turn in 8
    points. The swing must also be 6 times the standard error of such a median, and for a score that
    moves in whole examples, which gives away how many there are, 4 standard deviations of counting
    so many. A score alone proves nothing: a loss must turn twice as well, by a quarter of its own
    range behind the first fifth. Where highest and lowest turn are less than half the level apart,
    it is a note.

When it stays silent:
    Fewer than 8 points; swings that are small against what has been learned; swings that die out;
    a per-step curve too short to tell oscillation from the noise of single batches.

What to try:
    Divide the learning rate by 3, or let it decay. Enlarge the batch if it is below 16. For SGD
    with momentum lower the momentum first.

Sources:
    Zhang et al. 2021, "AUTOTRAINER", section 3.2 (oscillating loss);
    Cohen et al. 2021, "Gradient descent on neural networks typically occurs at the edge of
    stability".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number, plural
from tb_diagnose.core.model import Optimizer
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.granularity import sample_size, share_noise
from tb_diagnose.measure.levels import (
    STRETCHES,
    condense,
    differences,
    finite,
    noise,
    start_level,
)
from tb_diagnose.measure.medians import median
from tb_diagnose.measure.reductions import any_of, max_of, min_of, range_of
from tb_diagnose.measure.swings import swings
from tb_diagnose.roles.tags import parse_tag

#: Words of a tag that say that each value is one batch's.
SINGLE = frozenset(("step", "batch", "iter", "iteration"))


class Limits(Thresholds):
    """What counts as a swing, and how many make an oscillation."""

    points: int = limit(8, unit="points", source="chosen: four turns need as many again between")
    validations: int = limit(500, unit="points", source="chosen: nobody validates more often")
    per_median: int = limit(20, unit="values", source="the median of 20 has a quarter of the noise")
    size: float = limit(0.25, unit="of the range", source="calibrated on demo_logs")
    gain: float = limit(0.4, unit="of the gain", source="calibrated: less is jitter")
    level: float = limit(0.1, unit="of the level", source="calibrated on demo_logs")
    large: float = limit(0.5, unit="of the level", source="calibrated: noise of small sets is less")
    turns: int = limit(4, unit="turns", source="two full swings: fewer can be one accident")
    confirm: int = limit(2, unit="turns of a loss", source="chosen: there and back once")
    every: int = limit(8, unit="points per turn", source="chosen: slower is drift")
    counting: float = limit(4.0, unit="standard deviations", source="chosen: p < 1e-4")
    error: float = limit(6.0, unit="standard errors", source="chosen: a difference of two medians")


@diagnosis(
    family="stability", severity=Severity.WARNING, leads_to=("noisy-validation",), since="0.1"
)
def loss_oscillation(
    train_loss: Series | None,
    val_loss: Series | None,
    val_score: Series | None,
    optimizer: Optimizer | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """The curve with the most turns speaks."""
    curves = [curve for curve in (val_loss, val_score, train_loss) if curve is not None]
    judged = [(curve, _even(curve, val_loss, limits)) for curve in curves]
    able = [(curve, values) for curve, values in judged if len(values) >= limits.points]
    if not able:
        raise NotApplicable(
            "no curve has enough points that average out the noise of single batches",
            "model.fit(..., validation_data=(x_val, y_val))",
        )
    found = []
    for curve, values in able:
        score = curve is val_score
        if _calm(values, limits.size * range_of(values), limits):
            continue  # and so the more for swings that have to be larger still
        size = _size(curve, values, score=score, limits=limits)
        turns = _turns(values, size, limits)
        if size > 0 and len(turns) and not (score and not _confirmed(able, val_score, limits)):
            found.append((len(turns), curve, values, turns, size))
    if found:
        _, curve, values, turns, size = max(found, key=lambda each: each[0])
        yield _evidence(curve, values, turns, size, optimizer, limits)


def _even(curve: Series, val_loss: Series | None, limits: Limits) -> NDArray[np.float64]:
    """The curve's values, condensed where a single value is one batch's and so mostly noise."""
    values = finite(curve.values)
    if not _per_step(curve, val_loss, limits):
        return values
    stretches = min(STRETCHES, len(values) // limits.per_median)
    return condense(values, stretches).values if stretches else values[:0]


def _per_step(curve: Series, val_loss: Series | None, limits: Limits) -> bool:
    """Whether each value is a single batch's: its words say so, or there are too many, or they
    are logged at other steps than validations.
    """
    means = parse_tag(curve.folder, curve.tag)
    if curve.tag.startswith("epoch_"):
        return False
    if means.split == "validation":
        return len(curve) > limits.validations
    if SINGLE & set(means.words):  # however rarely it is logged: Lightning's train_loss_step
        return True
    return (
        val_loss is None or len(curve) > 1.5 * len(val_loss) or _apart(curve.steps, val_loss.steps)
    )


def _apart(steps: NDArray[np.int64], others: NDArray[np.int64]) -> bool:
    """Whether both count the same steps, and most of the ones are none of the others."""
    if not (len(steps) and len(others)) or np.array_equal(steps, others):
        return False
    last, other = int(steps[-1]), int(others[-1])
    return max(last, other) <= 2 * min(last, other) and bool(np.mean(np.isin(steps, others)) < 0.5)


def _size(curve: Series, values: NDArray[np.float64], *, score: bool, limits: Limits) -> float:
    settled = values[len(values) // 5 :]
    level = 1.0 if score else float(median(np.abs(settled)))
    size = max(limits.size * range_of(values), limits.level * level)
    if score or parse_tag(curve.folder, curve.tag).split == "validation":
        end = float(median(values[-max(3, len(values) // 5) :]))
        size = max(size, limits.gain * abs(end - start_level(values)))
    if _calm(values, size, limits):
        return size  # what is left to be asked takes longer, and could but make it larger
    each = len(curve) / len(values)
    if each > 1:
        size = max(size, limits.error * 1.25 * noise(finite(curve.values)) / np.sqrt(each))
    examples = sample_size(curve.values) if score else None
    if examples:
        size = max(size, limits.counting * share_noise(float(median(settled)), examples))
    return size


def _confirmed(
    able: list[tuple[Series, NDArray[np.float64]]], score: Series | None, limits: Limits
) -> bool:
    """Whether a loss turns as well, where one is logged."""
    losses = [values[len(values) // 5 :] for curve, values in able if curve is not score]
    turned = [len(swings(each, limits.size * range_of(each))) for each in losses]
    return not losses or max(turned) >= limits.confirm


def _turns(values: NDArray[np.float64], size: float, limits: Limits) -> NDArray[np.int64]:
    if _calm(values, size, limits):
        return np.empty(0, np.int64)
    turns = swings(values, size)
    turns = turns[turns >= len(values) // 5]
    late = any_of(turns >= len(values) * 2 // 3)
    return turns if late and len(turns) >= _enough(values, limits) else turns[:0]


def _enough(values: NDArray[np.float64], limits: Limits) -> float:
    """How many turns make an oscillation."""
    return max(limits.turns, len(values) * 4 / 5 / limits.every)


def _calm(values: NDArray[np.float64], size: float, limits: Limits) -> bool:
    """Whether the curve moves too little, all moves added up, to turn so often by so much."""
    way = float(np.abs(differences(values[len(values) // 5 :])).sum())
    return (_enough(values, limits) - 1) * size > (1 + 1e-9) * way


def _evidence(
    curve: Series,
    values: NDArray[np.float64],
    turns: NDArray[np.int64],
    size: float,
    optimizer: Optimizer | None,
    limits: Limits,
) -> Evidence:
    where = np.flatnonzero(np.isfinite(curve.values))
    at = where[(turns * len(where)) // len(values)]
    low, high = min_of(values[turns]), max_of(values[turns])
    rate = optimizer.learning_rate if optimizer else None
    cut = (
        f"Lower the learning rate from {rate:g} to {rate / 3:.2g}"
        if rate
        else ("Divide the learning rate by 3")
    )
    return Evidence(
        message=f"{curve.name} swings between {number(low)} and {number(high)} and does not settle: "
        f"{plural(len(turns), 'turn')} of at least {number(size)} in {len(values)} points.",
        suggestion=f"{cut}, or let it decay; with a small batch, enlarge the batch.",
        tag=curve.name,
        steps=tuple(int(step) for step in curve.steps[at][:20]),
        measured=float(len(turns)),
        limit=float(limits.turns),
        unit="turns",
        confidence=f"{plural(len(turns), 'turn')} where {limits.turns} would be enough",
        severity=None if high - low >= limits.large * abs(high + low) / 2 else Severity.INFO,
    )

"""The discriminator wins: its loss goes to nothing while the generator's rises.

Why it matters:
    A discriminator that is sure of every sample has no gradient left for the generator. The
    generator stops learning, or turns to the few samples that still pass.

How it is judged:
    On the two cross-entropy losses. A discriminator that cannot tell is at ln 2 for each half of
    its batch, at 2 ln 2 in all. It dominates where its end level is below a twentieth of ln 2,
    while the generator's end lies at twice its start or above and still rises (Mann-Kendall over
    at most 50 medians, p < 0.01).

When it stays silent:
    Fewer than 10 values; losses that go below zero (Wasserstein and hinge losses, which have no
    fixed balance); two losses that merely swing against each other.

What to try:
    Divide the discriminator's learning rate by 4, update the generator more often, smooth the
    labels of real samples to 0.9, add noise to the discriminator's inputs, or change to a loss
    with a gradient everywhere (Wasserstein with gradient penalty, hinge with spectral norm).

Sources:
    Goodfellow et al. 2014, "Generative adversarial nets", section 3 and 4.1 (2 ln 2 at the
    optimum); Arjovsky and Bottou 2017, "Towards principled methods for training GANs".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import condense, end_level, finite, start_level
from tb_diagnose.measure.reductions import min_of
from tb_diagnose.measure.trend import trend


class Limits(Thresholds):
    """How low the one, how high the other."""

    points: int = limit(10, unit="values", source="chosen: fewer are the beginning")
    low: float = limit(0.05, unit="of ln 2", source="chosen: right by 29 to 1 on average")
    rise: float = limit(2.0, unit="times its start", source="chosen: beyond the usual swings")
    chance: float = limit(0.01, unit="p-value", source="convention")


@diagnosis(family="adversarial", severity=Severity.WARNING, since="0.1")
def discriminator_dominance(
    discriminator_loss: Series, generator_loss: Series, limits: Limits
) -> Iterator[Evidence]:
    """The ends of both losses."""
    sure, fooled = finite(discriminator_loss.values), finite(generator_loss.values)
    if min(len(sure), len(fooled)) < limits.points:
        raise NotApplicable(f"fewer than {limits.points} values of both losses")
    if min(min_of(sure), min_of(fooled)) < 0:
        raise NotApplicable("losses below zero are no cross-entropies, and have no fixed balance")
    level, start, end = end_level(sure), start_level(fooled), end_level(fooled)
    p = trend(condense(fooled).values).rising
    if level > limits.low * np.log(2) or end < limits.rise * start or p >= limits.chance:
        return
    medians = condense(discriminator_loss.values)
    high = np.flatnonzero(medians.values > limits.low * np.log(2))
    since = min(int(high[-1]) + 1, len(medians) - 1) if len(high) else 0
    yield Evidence(
        message=f"{discriminator_loss.name} is down to {number(level)}, where one that cannot tell is "
        f"at {number(np.log(2))}, and {generator_loss.name} rose from {number(start)} to "
        f"{number(end)}: the generator gets no gradient.",
        suggestion="Divide the discriminator's learning rate by 4, or smooth the labels of real samples "
        "to 0.9.",
        tag=discriminator_loss.name,
        related=(generator_loss.name,),
        steps=(
            int(discriminator_loss.steps[medians.first[since]]),
            int(discriminator_loss.steps[-1]),
        ),
        measured=level / float(np.log(2)),
        limit=limits.low,
        unit="of ln 2",
        confidence=f"p = {number(p)}, Mann-Kendall on {generator_loss.name}",
    )

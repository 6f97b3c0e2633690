"""The discriminator wins, and the generator gets no gradient.

Why it matters:
    A discriminator that is sure teaches nothing.

How it is judged:
    Cross-entropy: the discriminator ends below a twentieth of ln 2, the level of one that cannot
    tell, while the generator's loss is twice its start or more. A hinge loss (exact zeros, or a
    generator's loss near 0 or below) is told apart: a twentieth of 1, while the generator's loss is
    beyond the margin of 1, is a note.

When it stays silent:
    Wasserstein losses, whose critic should win; two losses that swing against each other.

What to try:
    Divide the discriminator's learning rate by 4, update the generator more often, or smooth the
    labels of real samples to 0.9.

Sources:
    Goodfellow et al. 2014, "Generative adversarial nets"; Arjovsky and Bottou 2017, "Towards
    principled methods for training GANs"; Lim and Ye 2017, "Geometric GAN" (hinge).
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log

import numpy as np

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.training_kinds import no_adversaries


def _concerns(generator_loss: Curve | None, discriminator_loss: Curve | None) -> str:
    lowest = discriminator_loss.lowest if discriminator_loss else None
    if lowest is not None and lowest.value < 0:
        return "the critic of a Wasserstein GAN should win: its loss has no balance"
    return no_adversaries(generator_loss, discriminator_loss)


@diagnosis(family="adversarial", severity=Severity.WARNING, since="0.1", concerns=_concerns)
class DiscriminatorDominance:
    low = limit(
        0.05, alarm="<", unit="of the level of one that cannot tell", source="right by 29 to 1"
    )
    rise = limit(2, alarm=">=", unit="× its start", source="beyond the usual swings")

    @method("both losses", points={"discriminator_loss": 10, "generator_loss": 10})
    def by_losses(self, discriminator_loss: Curve, generator_loss: Curve) -> Iterator[Evidence]:
        sure, fooled = discriminator_loss, generator_loss
        level, start, end = sure.end_level, fooled.start_level, fooled.end_level
        last, first, worst = sure.end, fooled.start, fooled.end
        if not (level and start and end and last and first and worst and fooled.lowest):
            return
        # A cross-entropy hardly gets to exactly 0, a hinge loss does beyond its margin.
        exact = bool((sure.values == 0).any())
        hinge = exact or fooled.lowest.value < 0 or start.value < log(2) / 2
        balance = 1.0 if hinge else log(2)  # 1 is also the margin of a hinge
        times = end.value / start.value if start.value > 0 else 0.0
        suffers = end.value > balance if hinge else self.rise.exceeded(times)
        left = max(level.value, 0.0) / balance
        if not self.low.exceeded(left) or not suffers:
            return
        high = np.flatnonzero(sure.values >= self.low * balance)
        begin = min(int(high[-1]) + 1, len(sure) - 1) if len(high) else 0
        yield Evidence(
            message=f"{sure.name} ends at {number(last.value)}, where one that cannot tell is "
            f"near {number(balance)}, and {fooled.name} went from {number(first.value)} to "
            f"{number(worst.value)}: the generator gets "
            + ("little gradient, unless this is a hinge loss." if hinge else "no gradient."),
            suggestion="Divide the discriminator's learning rate by 4, or update the generator "
            "more often.",
            severity=Severity.INFO if hinge else None,
            tag=sure.name,
            steps=sure.span(begin),
            comparison=self.low.compare(left),
            related=(fooled.name,),
        )

"""A part of the labels contradicts what the network has learned.

Why it matters:
    Wrong labels set the ceiling of every score, and a network that learns them by heart is worse on
    everything else.

How it is judged:
    By the loss of single examples over the last quarter of the run. Half of them are well below
    guessing, so that the network knows them, while a tenth are above it. Above twice ln K, where
    the network is surely contradicted, it is a warning, else a note: hard examples look alike.

When it stays silent:
    The network has not learned the other half yet; the tail still falls by a tenth.

What to try:
    Look at the 20 examples with the largest loss: wrong labels are seen at once. Correct or drop
    them, or stop early.

Sources:
    Northcutt et al. 2021, "Confident learning".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.run import Vitals
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.chance_level import ChanceLevel


def _losses(step_vitals: Vitals) -> NDArray[np.float64]:
    """Median and 90th percentile of the examples' losses, where measured. [2, n]"""
    columns = [step_vitals.column(name)[:, 0] for name in ("loss_q50", "loss_q90")]
    both = np.array(columns)
    return both[:, np.isfinite(both).all(axis=0)]


def _too_few(step_vitals: Vitals, chance: ChanceLevel) -> str:
    if not chance.cross_entropy:
        return "the loss is no cross-entropy, so a guess has no known loss"
    measured = _losses(step_vitals).shape[1]
    return "" if measured >= 2**3 else f"the losses of single examples were logged {measured} times"


@diagnosis(family="data", severity=Severity.WARNING, leads_to=("overfitting",), since="0.1")
class NoisyLabels:
    known = limit(0.5, unit="× ln K", source="the label beats an even guess clearly")
    tail = limit(1, alarm=">", unit="× ln K", source="worse than guessing")
    falling = limit(0.1, unit="of the tail", source="it is still being learned")

    @method("the losses of single examples", unless=_too_few)
    def by_examples(self, step_vitals: Vitals, chance: ChanceLevel) -> Iterator[Evidence]:
        losses = _losses(step_vitals)
        late = losses[:, -max(losses.shape[1] // 2 // 2, 1) :]
        middle, worst = np.median(late, axis=1).tolist()
        half = late.shape[1] // 2
        before, after = np.median(late[1, :half]), np.median(late[1, half:])
        # Below ln 2 the label is likelier to the network than all others together.
        known = min(self.known * chance.loss, float(np.log(2)))
        if after < (1 - self.falling) * before or middle > known:
            return
        if self.tail.exceeded(worst / chance.loss):
            yield Evidence(
                message=f"Half of the examples have a loss below {number(middle)} and a tenth one "
                f"above {number(worst)}, where guessing among {chance.classes} classes gives "
                f"{number(chance.loss)}: their labels contradict what the network has learned.",
                suggestion="Sort the training examples by their loss and look at the first 20; "
                "correct or drop wrong labels, or stop early.",
                tag=step_vitals.name,
                steps=(int(step_vitals.steps[-late.shape[1]]), int(step_vitals.steps[-1])),
                comparison=self.tail.compare(worst / chance.loss),
                severity=None if worst > 2 * self.tail * chance.loss else Severity.INFO,
            )

"""The learning rate is far above what the optimizer stands, and the curves show it.

Why it matters:
    It is the most common cause of a run that blows up, swings, or sits at the level of guessing
    after a first epoch that threw the weights far away. One number to change.

How it is judged:
    The rate from the model's configuration, the hyper-parameters or the logged rate is compared
    with what is usual for the optimizer (Adam and its kin up to 0.01, SGD and Adagrad up to 0.5,
    Adadelta up to 2), and the curves are asked for one of the marks of too large a step: NaN or
    infinity; a loss that was at any time 10 times its start, or 10 times ln K where K classes are
    known; a loss that ends no better than guessing or than it started. Above the usual and marked,
    it is critical. Without a mark, a rate 100 times above the usual is a warning, and one 10 times
    above it a note. From a tenth of the usual on, one mark is enough: a first loss 3 times the last
    one, after which not one digit changes for half of the run. The first steps threw the weights
    where no gradient reaches them.

When it stays silent:
    A rate within the usual range, unless its first steps killed the network: other causes come
    first.

What to try:
    Adam(learning_rate=1e-3), SGD(learning_rate=0.01, momentum=0.9). Then raise it by threes for as
    long as the loss falls smoothly.

Sources:
    Kingma and Ba 2015, "Adam", section 2.1 (the rate bounds each weight's step); Bengio 2012,
    "Practical recommendations for gradient-based training", section 3.1; Keras' own defaults.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import Optimizer
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import end_level, finite, start_level
from tb_diagnose.measure.reductions import any_of, max_of, range_of
from tb_diagnose.roles.chance_level import ChanceLevel


class Limits(Thresholds):
    """Highest usual rates by family of optimizers, and the marks of too large a step."""

    adaptive: float = limit(0.01, unit="learning rate", source="Kingma and Ba 2015: 1e-3 is usual")
    plain: float = limit(0.5, unit="learning rate", source="Goyal et al. 2017: 0.1 to 0.4 for SGD")
    adadelta: float = limit(2.0, unit="learning rate", source="Zeiler 2012: no rate, so 1.0")
    blow_up: float = limit(10.0, unit="times the start", source="chosen: beyond any noise")
    absurd: float = limit(100.0, unit="times the usual", source="chosen")
    far: float = limit(10.0, unit="times the usual", source="chosen: hardly anybody means it")
    near: float = limit(0.1, unit="of the usual", source="chosen: large for unscaled data")
    thrown: float = limit(3.0, unit="times the last loss", source="chosen: beyond any noise")


#: Optimizer → the field of ``Limits`` that holds its highest usual rate, and what to try instead.
USUAL = {
    "adam": ("adaptive", "Adam(learning_rate=1e-3)"),
    "adamw": ("adaptive", "AdamW(learning_rate=1e-3)"),
    "adamax": ("adaptive", "Adamax(learning_rate=1e-3)"),
    "nadam": ("adaptive", "Nadam(learning_rate=1e-3)"),
    "rmsprop": ("adaptive", "RMSprop(learning_rate=1e-3)"),
    "lion": ("adaptive", "Lion(learning_rate=1e-4)"),
    "adadelta": ("adadelta", "Adadelta(learning_rate=1.0)"),
}
OTHER = ("plain", "SGD(learning_rate=0.01, momentum=0.9)")


@diagnosis(
    family="configuration",
    severity=Severity.CRITICAL,
    leads_to=(
        "loss-divergence",
        "loss-oscillation",
        "loss-spikes",
        "non-finite-values",
        "exploding-weights",
        "exploding-gradients",
        "dead-relu",
        "frozen-weights",
        "initial-loss",
        "no-learning",
        "loss-plateau",
    ),
    since="0.1",
)
def learning_rate_too_high(
    optimizer: Optimizer,
    train_loss: Series | None,
    chance: ChanceLevel | None,
    learning_rate: Series | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """The rate against the usual, and the loss against its start."""
    rate = optimizer.learning_rate
    if rate is None and learning_rate is not None:
        rate = float(np.nanmax(learning_rate.values))
    if rate is None or not rate > 0:
        return
    field, better = USUAL.get(optimizer.name, OTHER)
    usual = float(getattr(limits, field))
    mark = _mark(train_loss, chance, limits)
    if limits.near * usual <= rate <= usual:
        yield from _thrown(optimizer, rate, better, train_loss, limits)
    elif rate > usual and (mark or rate >= limits.far * usual):
        name = optimizer.class_name
        unmarked = Severity.WARNING if rate >= limits.absurd * usual else Severity.INFO
        yield Evidence(
            message=f"{name} runs at a learning rate of {rate:g}, {number(rate / usual)} times the "
            f"highest usual one ({usual:g})" + (f"; {mark}." if mark else "."),
            suggestion=f"{name}(learning_rate={rate:g}) → {better}",
            tag=train_loss.name if train_loss is not None else "",
            steps=_steps(train_loss) if mark else (),
            measured=rate,
            limit=usual,
            unit="learning rate",
            severity=None if mark else unmarked,
        )


def _thrown(
    optimizer: Optimizer, rate: float, better: str, loss: Series | None, limits: Limits
) -> Iterator[Evidence]:
    """A rate that is usual, but for which these data were too large: it killed the network."""
    values = finite(loss.values) if loss is not None else np.empty(0)
    if loss is None or len(values) < 8 or len(values) < len(loss):
        return
    last = float(values[-2])  # the last epoch may have been cut short
    if range_of(values[len(values) // 2 : -1]) == 0 and 0 < limits.thrown * last < values[0]:
        name = optimizer.class_name
        since = int(np.argmax(np.abs(values - last) <= 1e-3 * last))
        yield Evidence(
            message=f"{name}'s first steps at a rate of {rate:g} threw the weights where nothing "
            f"moves them: {loss.name} went from {number(float(values[0]))} to {number(last)}, and "
            f"not one digit changes since step {loss.steps[since]}.",
            suggestion=f"{name}(learning_rate={rate:g}) → {better}, and standardise inputs and targets.",
            tag=loss.name,
            steps=(int(loss.steps[0]), int(loss.steps[since])),
            measured=float(values[0]) / last,
            limit=limits.thrown,
            unit="times the last loss",
        )


def _mark(loss: Series | None, chance: ChanceLevel | None, limits: Limits) -> str:
    """What in the loss says that steps were too large, or the empty string."""
    if loss is None or not len(loss):
        return ""
    values = finite(loss.values)
    if len(values) < len(loss):
        at = int(np.argmin(np.isfinite(loss.values)))
        return f"{loss.name} is not finite from step {loss.steps[at]} on"
    start, end, peak = start_level(values), end_level(values), max_of(values)
    guess = chance.loss if chance is not None and chance.cross_entropy else None
    reference = min(start, guess) if guess else start
    if reference > 0 and peak > limits.blow_up * reference:
        what = f"guessing gives {number(guess)}" if guess else f"it started at {number(start)}"
        return f"{loss.name} reached {number(peak)} where {what}, and ends at {number(end)}"
    if guess and end > 0.97 * guess:
        return f"{loss.name} ends at {number(end)}, no better than guessing ({number(guess)})"
    if len(values) > 2 and end >= start:
        return f"{loss.name} ends at {number(end)}, no better than its start ({number(start)})"
    return ""


def _steps(loss: Series | None) -> tuple[int, ...]:
    if loss is None or not len(loss):
        return ()
    bad = ~np.isfinite(loss.values)
    peak = int(np.argmax(bad)) if any_of(bad) else int(np.argmax(loss.values))
    return tuple(sorted({int(loss.steps[0]), int(loss.steps[peak])}))

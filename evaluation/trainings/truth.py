"""What is true of a training, from the trained network and from its healthy twins.

Nothing here reads a log or asks a diagnosis.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from trainings.faults import Fault
from trainings.plan import Plan
from trainings.record import Record

#: Least loss of skill that is harm, and how many deviations between healthy seeds it must be too.
HARM, DEVIATIONS = 0.05, 4.0
#: Less than so much of that is no harm; what lies between is neither.
HARMLESS = 0.5
#: A healthy validation loss ends at most so far above its lowest value.
TURNED = 1.15
#: An overfitting one ends at least so far above, and is by ``HARM`` better on what it trained on.
OVERFITTED = 1.25
#: Below this skill on its own training data, and with most of its loss left, it learned nothing.
NOTHING, LEFT = 0.05, 0.9
#: A loss that ends above this multiple of what it was before training has diverged.
DIVERGED = 1.5
#: A curve that is so far from those of healthy seeds can be seen: in deviations, and at least so
#: much of the score, or of the decimal logarithm of a loss.
SEEN, SEEN_SCORE, SEEN_LOSS = 4.0, 0.1, 0.2
#: Who reaches more than so much of the usual skill may as well have a harder task, unless the
#: curves have a shape that no healthy one has.
HARDER = 0.75


@dataclass(frozen=True)
class Measured:
    """The few numbers of a record that the truth is taken from.

    Attributes:
        skill, train_skill, val_skill: as in the record.
        turned: the last validation loss as a multiple of the lowest.
        training, validation: what shows in the losses of each part; ``score`` in the scores.
        did: diagnoses of what it did, whatever its fault.
    """

    skill: float
    train_skill: float
    val_skill: float
    turned: float
    training: tuple[float, ...]
    validation: tuple[float, ...]
    score: tuple[float, ...]
    did: tuple[str, ...] = ()


def measured(plan: Plan, record: Record) -> Measured:
    """The numbers of one training."""
    loss, val = record.epochs(record.loss), record.val_loss
    with np.errstate(all="ignore"):
        turned = float(val[-1] / np.nanmin(val)) if np.isfinite(val).any() else math.nan
        rough = float(np.std(np.diff(_log(*loss)))) if len(loss) > 2 else 0.0
    score = record.epochs(record.score)
    ends = (score[-1], record.val_score[-1]) if plan.task != "regression" else ()
    return Measured(
        skill=record.skill,
        train_skill=record.train_skill,
        val_skill=record.val_skill,
        turned=turned,
        training=(*_log(record.loss[0], loss[0], loss[-1]), rough),
        validation=_log(val[0], val[-1], turned),
        score=tuple(float(end) for end in ends),
        did=tuple(_did(record, turned)),
    )


def _did(record: Record, turned: float) -> Iterator[str]:
    first, last = record.loss[0], record.epochs(record.loss)[-1]
    if not (math.isfinite(last) and math.isfinite(record.skill)):
        yield "non-finite-values"
    elif last > first + (DIVERGED - 1) * abs(first):
        yield "loss-divergence"
    elif record.train_skill < NOTHING and last > LEFT * first:
        yield "no-learning"
    elif turned > OVERFITTED and record.train_skill - record.skill > HARM:
        yield "overfitting"


def _log(*losses: float) -> tuple[float, ...]:
    """Decimal logarithms of sizes; a change of sign is far from everything."""
    with np.errstate(all="ignore"):
        return tuple((np.sign(losses) * 10 + np.log10(np.abs(losses) + 1e-6)).tolist())


@dataclass(frozen=True)
class Truth:
    """What is true of one training.

    Attributes:
        harm: yes, maybe, no; na where only the log errs or nothing is wrong.
        loggable: whether what the fault does can be seen in what is logged.
        clean: healthy, and silence is right.
        score: the skill.
    """

    harm: str
    loggable: bool
    clean: bool
    score: float


def truth(
    fault: Fault | None, one: Measured, twins: Sequence[Measured], logged: Mapping[str, bool]
) -> Truth:
    """Judge one training by its healthy twins, itself among them where it is healthy.

    Args:
        fault: what was done to it.
        one: it.
        twins: healthy trainings of the same base and framework.
        logged: whether training, validation, score, rate, norm and config are in its log.
    """
    if fault is None:
        return Truth("na", loggable=False, clean=_clean(one, twins), score=one.skill)
    if fault.harm == "log":
        return Truth("na", loggable=True, clean=False, score=one.skill)
    return Truth(
        _harm(fault, one, twins),
        loggable=_loggable(fault, one, twins, logged),
        clean=False,
        score=one.skill,
    )


def _loggable(
    fault: Fault, one: Measured, twins: Sequence[Measured], logged: Mapping[str, bool]
) -> bool:
    if fault.harm == "promise":
        return False  # no log tells it from a network that generalizes well
    if logged.get(fault.told_by):
        return True
    usual, _ = _usual([twin.skill for twin in twins])
    striking = fault.harm == "validation" or bool(one.did) or not one.skill > HARDER * usual
    return striking and _seen(one, twins, logged)


def _clean(one: Measured, twins: Sequence[Measured]) -> bool:
    usual, tolerance = _usual([twin.skill for twin in twins])
    return one.skill >= usual - tolerance and one.turned <= TURNED


def _usual(skills: Sequence[float]) -> tuple[float, float]:
    """Mean, and how much less is harm."""
    return float(np.mean(skills)), max(HARM, DEVIATIONS * float(np.std(skills, ddof=1)))


def _harm(fault: Fault, one: Measured, twins: Sequence[Measured]) -> str:
    usual, tolerance = _usual([twin.skill for twin in twins])
    if fault.harm == "validation":
        usual, tolerance = _usual([twin.val_skill for twin in twins])
        less = usual - one.val_skill
    elif fault.harm == "promise":
        less = one.val_skill - one.skill
    else:
        less = usual - one.skill
    if math.isnan(less) or less > tolerance:
        return "yes"
    return "no" if less < HARMLESS * tolerance else "maybe"


def _seen(one: Measured, twins: Sequence[Measured], logged: Mapping[str, bool]) -> bool:
    kinds = {
        "training": (SEEN_LOSS, logged["training"]),
        "validation": (SEEN_LOSS, logged["validation"]),
        "score": (SEEN_SCORE, logged["score"]),
    }
    return any(
        there and _differs(getattr(one, kind), [getattr(twin, kind) for twin in twins], least)
        for kind, (least, there) in kinds.items()
    )


def _differs(one: Sequence[float], twins: Sequence[Sequence[float]], least: float) -> bool:
    if not one:
        return False
    if not np.isfinite(one).all():
        return True
    usual, deviation = np.mean(twins, axis=0), np.std(twins, axis=0, ddof=1)
    return bool((np.abs(np.array(one) - usual) > np.maximum(least, SEEN * deviation)).any())

"""Make the trainings of one base and framework: train them in ensembles and write their logs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from trainings.grid import Training
from trainings.labels import Made
from trainings.logs.told import style
from trainings.logs.write import write
from trainings.plan import Plan
from trainings.record import Record
from trainings.train import train
from trainings.truth import measured

#: Networks in an ensemble at most: more do not fit the processor's caches.
MEMBERS = 64


def make(trainings: Sequence[Training], runs: Path) -> list[Made]:
    """Event files below ``runs``/NAME, and what became of each."""
    wanted = [[training.plan(), *training.others()] for training in trainings]
    records = _trained([plan for plans in wanted for plan in plans])
    made = []
    for training, plans in zip(trainings, wanted, strict=True):
        trained = [(plan, next(records)) for plan in plans]
        plan, record = trained[0]
        how = style(training.framework, plan, training.name)
        folder = runs / training.name
        write(folder, training.framework, trained, how, training.fault, training.level)
        made.append(Made(training, how, measured(plan, record)))
    return made


def _trained(plans: Sequence[Plan]) -> Iterator[Record]:
    """Records in the order of the plans, whichever ensembles those were trained in."""
    by_shape: dict[object, list[int]] = {}
    for number, plan in enumerate(plans):
        by_shape.setdefault(plan.shape, []).append(number)
    records: dict[int, Record] = {}
    for numbers in by_shape.values():
        for begin in range(0, len(numbers), MEMBERS):
            part = numbers[begin : begin + MEMBERS]
            records |= zip(part, train([plans[number] for number in part]), strict=True)
    return iter([records[number] for number in range(len(plans))])

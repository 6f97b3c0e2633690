"""Write the log of a training, as its framework and its fault have it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from trainings.logs import keras, loops, trainers
from trainings.logs.told import Style, Told, bent, metric_of
from trainings.plan import Framework, Plan
from trainings.record import Record

_WRITERS: dict[Framework, Callable[[Path, Told], None]] = {
    "keras": keras.write,
    "tf": loops.write_tf,
    "torch": loops.write_torch,
    "lightning": trainers.write_lightning,
    "huggingface": trainers.write_huggingface,
    "ultralytics": trainers.write_ultralytics,
}


def write(
    folder: Path,
    framework: Framework,
    trained: Sequence[tuple[Plan, Record]],
    style: Style,
    fault: str,
    level: Any,
) -> None:
    """Event files below ``folder``; several trainings go there one after the other."""
    begin = style.begin
    number = 0
    for plan, record in trained:
        for span in _spans(plan, fault, level):
            metric = metric_of(plan, fault)
            told = Told(plan, bent(record, plan, fault, level), style, metric, span, number, begin)
            _WRITERS[framework](folder, told)
            begin, number = told.wall(span.stop * plan.steps) + 60, number + 1


def _spans(plan: Plan, fault: str, level: Any) -> list[range]:
    """Epochs that are written by each start of the training."""
    if fault != "restarted":
        return [range(plan.epochs)]
    stop = max(2, round(plan.epochs * level))
    return [range(stop), range(max(1, stop - max(1, plan.epochs // 5)), plan.epochs)]

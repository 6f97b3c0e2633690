"""A few batches of one validation as one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tb_diagnose.attach.core.rolling_stats import pooled
from tb_diagnose.attach.core.step_layout import Sample, StepLayout

#: Batches of one validation that are looked at (chosen).
BATCHES = 8


def is_power_of_two(number: int) -> bool:
    """Whether it is 0, 1, 2, 4, 8 …: spread over a length that is not known yet."""
    return number & (number - 1) == 0


def merge_batches(samples: list[Sample]) -> Sample:
    """One sample as if its batch were all of the samples' batches (of about equal size)."""
    layout: StepLayout = samples[0].layout
    numbers = dict(samples[0].numbers)
    alike = [sample for sample in samples if sample.numbers.keys() == numbers.keys()]
    for row in layout.inputs:
        columns = {
            column: np.stack([sample.numbers[f"input/{row.name}/{column}"] for sample in alike])
            for column in ("mean", "std", "low", "high", "wrong")
        }
        parts = [
            pooled(mean.astype(np.float64), std.astype(np.float64))
            for mean, std in zip(columns["mean"].T, columns["std"].T, strict=True)
        ]
        found = (
            [mean for mean, _ in parts],
            [std for _, std in parts],
            columns["low"].min(axis=0),
            columns["high"].max(axis=0),
            columns["wrong"].sum(axis=0),
        )
        for column, values in zip(columns, found, strict=True):
            numbers[f"input/{row.name}/{column}"] = np.asarray(values, np.float32)
    return replace(samples[0], numbers=numbers)

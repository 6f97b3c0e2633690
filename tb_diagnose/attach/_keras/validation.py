"""What validation sees: the inputs and labels of a few batches of ``test_function``."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tb_diagnose.attach._keras.instrumented_step import InstrumentedStep
from tb_diagnose.attach._keras.ops import backend
from tb_diagnose.attach.core.rolling_stats import RollingStats
from tb_diagnose.attach.core.step_layout import Sample
from tb_diagnose.attach.core.table_writer import TableWriter
from tb_diagnose.attach.core.tables import batch_tables
from tb_diagnose.attach.core.validation_batches import BATCHES, is_power_of_two, merge_batches


class Validation:
    """Looks at a few batches of the 1st, 2nd, 4th, 8th … validation, and writes one value each.

    The first time, when the number of batches is not known, these are batches 0, 1, 2, 4, 8 …;
    later they are spread evenly, as validation data may well be sorted.
    """

    def __init__(
        self, table_writer: TableWriter, instrumented: InstrumentedStep | None = None
    ) -> None:
        self.instrumented = instrumented
        self._table_writer = table_writer
        self._passes = 0
        self._seen = 0
        self._wanted: Callable[[int], bool] | None = None
        self._samples: list[Sample] = []
        self._enabled: float | None = None
        self._spent = 0.0

    def begin(self, model: Any, *, worth: bool) -> None:
        """A validation begins. ``worth``: compiling its step a second time pays."""
        self._passes += 1
        known, self._seen, self._samples, self._spent = self._seen, 0, [], 0.0
        self._wanted = None
        if not is_power_of_two(self._passes) or not worth:
            return
        if self.instrumented is None or self.instrumented.plain is not model.test_function:
            self.instrumented = backend().InstrumentedStep(model, "test")
        apart = -(-known // BATCHES)
        self._wanted = (lambda batch: batch % apart == 0) if apart else is_power_of_two

    def batch(self, batch: int) -> None:
        """A batch begins."""
        self._take()
        self._seen = batch + 1
        if self.instrumented is None:
            return
        self.instrumented.disable()
        if self._wanted is not None and self._wanted(batch):
            self.instrumented.enable()
            self._enabled = time.perf_counter()

    def end(self, step: int, about: Callable[[tuple[str, ...]], dict[str, Any]]) -> float:
        """The validation is over; ``step`` is the training's. Seconds that the samples took."""
        self._take()
        if self.instrumented is not None:
            self.instrumented.disable()
        if not self._samples:
            return self._spent
        rolling = RollingStats(len(self._samples))
        for sample in self._samples:
            rolling.add(sample)
        whole = merge_batches(self._samples)
        self._table_writer.write(batch_tables(whole, rolling), step, about(whole.layout.skipped))
        self._samples = []
        return self._spent

    def _take(self) -> None:
        if self._enabled is not None:
            self._spent += time.perf_counter() - self._enabled
            self._enabled = None
        sample = self.instrumented.read_sample() if self.instrumented is not None else None
        if sample is not None:
            self._samples.append(sample)

"""What validation sees: the inputs and labels of a few batches of ``test_function``."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tb_diagnose.attach.keras_ops import shell
from tb_diagnose.attach.keras_twin import Twin
from tb_diagnose.attach.layout import Journal
from tb_diagnose.attach.merge import BATCHES, doubling, merged
from tb_diagnose.attach.plan import Sample
from tb_diagnose.attach.tables import batch_tables
from tb_diagnose.attach.window import Window


class Validation:
    """Looks at a few batches of the 1st, 2nd, 4th, 8th … validation, and writes one value each.

    The first time, when the number of batches is not known, these are batches 0, 1, 2, 4, 8 …;
    later they are spread evenly, as validation data may well be sorted.
    """

    def __init__(self, journal: Journal, twin: Twin | None = None) -> None:
        self.twin = twin
        self._journal = journal
        self._passes = 0
        self._seen = 0
        self._wanted: Callable[[int], bool] | None = None
        self._samples: list[Sample] = []
        self._armed: float | None = None
        self._spent = 0.0

    def begin(self, model: Any, *, worth: bool) -> None:
        """A validation begins. ``worth``: compiling its step a second time pays."""
        self._passes += 1
        known, self._seen, self._samples, self._spent = self._seen, 0, [], 0.0
        self._wanted = None
        if not doubling(self._passes) or not worth:
            return
        if self.twin is None or self.twin.plain is not model.test_function:
            self.twin = shell().Twin(model, "test")
        apart = -(-known // BATCHES)
        self._wanted = (lambda batch: batch % apart == 0) if apart else doubling

    def batch(self, batch: int) -> None:
        """A batch begins."""
        self._take()
        self._seen = batch + 1
        if self.twin is None:
            return
        self.twin.disarm()
        if self._wanted is not None and self._wanted(batch):
            self.twin.arm()
            self._armed = time.perf_counter()

    def end(self, step: int, about: Callable[[tuple[str, ...]], dict[str, Any]]) -> float:
        """The validation is over; ``step`` is the training's. Seconds that the samples took."""
        self._take()
        if self.twin is not None:
            self.twin.disarm()
        if not self._samples:
            return self._spent
        window = Window(len(self._samples))
        for sample in self._samples:
            window.add(sample)
        whole = merged(self._samples)
        self._journal.write(batch_tables(whole, window), step, about(whole.plan.skipped))
        self._samples = []
        return self._spent

    def _take(self) -> None:
        if self._armed is not None:
            self._spent += time.perf_counter() - self._armed
            self._armed = None
        sample = self.twin.take() if self.twin is not None else None
        if sample is not None:
            self._samples.append(sample)

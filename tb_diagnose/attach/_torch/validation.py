"""What a PyTorch model sees while it is evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from tb_diagnose.attach._torch.ops import TorchOps
from tb_diagnose.attach.core.recorder import Recorder
from tb_diagnose.attach.core.rolling_stats import RollingStats
from tb_diagnose.attach.core.sinks import FileSink
from tb_diagnose.attach.core.step_layout import Sample, StepLayouts
from tb_diagnose.attach.core.step_tracker import StepTracker
from tb_diagnose.attach.core.table_writer import TableWriter
from tb_diagnose.attach.core.tables import batch_tables
from tb_diagnose.attach.core.validation_batches import BATCHES, is_power_of_two, merge_batches


class Validation:
    """Looks at a few batches of each evaluation and writes to ``<folder>/validation``.

    A ``SummaryWriter`` writes to one folder; the file in this other one is ours alone.
    """

    def __init__(self, folder: Path, tracker: StepTracker) -> None:
        self._table_writer = TableWriter(FileSink(folder / "validation"))
        self._tracker = tracker
        self._layouts = StepLayouts()
        self._passes = self._seen = 0
        self._recorded = False
        self._samples: list[Sample] = []

    def begin_batch(self) -> bool:
        """A batch is evaluated: whether it, or a later one of this pass, is worth a look."""
        self._passes += self._seen == 0
        self._seen += 1
        self._recorded = False
        return is_power_of_two(self._passes) and len(self._samples) < BATCHES

    def record(self, inputs: Mapping[str, Any]) -> None:
        """Look at the batch at hand, once: at the 1st, 2nd, 3rd, 5th, 9th …"""
        if self._recorded or not is_power_of_two(self._seen - 1):
            return
        self._recorded = True
        recorder = Recorder(TorchOps())
        with torch.no_grad():
            recorder.inputs(inputs, prints=False)
            vector = recorder.vector(self._layouts).cpu().numpy()
        self._samples.append(self._layouts.read(vector))

    def end(self) -> None:
        """Training goes on, or is over."""
        self._seen = 0
        if not self._samples:
            return
        whole = merge_batches(self._samples)
        self._samples = []
        found = batch_tables(whole, RollingStats())
        self._table_writer.write(found, max(0, self._tracker.step - 1), self._tracker.about(whole))

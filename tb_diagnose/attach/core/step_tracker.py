"""A training that calls us step by step: when to sample, and what becomes of a sample."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tb_diagnose.attach.core.live_monitor import LiveMonitor, OnFinding
from tb_diagnose.attach.core.rolling_stats import RollingStats
from tb_diagnose.attach.core.sampling_schedule import SamplingSchedule
from tb_diagnose.attach.core.sinks import Sink
from tb_diagnose.attach.core.step_layout import Sample
from tb_diagnose.attach.core.table_writer import TableWriter
from tb_diagnose.attach.core.tables import Clipping, layout_facts, tables

_log = logging.getLogger("tb_diagnose")


class StepTracker:
    """One training's sampling schedule, window of samples and writer.

    Attributes:
        step: number of the step that runs now, from 0.
        stop: True once ``on_finding="stop"`` found something critical; the loop may look at it.
    """

    def __init__(
        self,
        sink: Sink,
        schedule: SamplingSchedule,
        *,
        step: int = 0,
        folder: Path | None = None,
        on_finding: OnFinding = None,
        about: dict[str, Any],
    ) -> None:
        if on_finding and folder is None:
            raise ValueError("on_finding needs the folder with the event files: logdir=...")
        self.step, self.stop = step, False
        self._schedule, self._rolling = schedule, RollingStats()
        self._table_writer = TableWriter(sink)
        self._monitor = LiveMonitor(folder, on_finding) if on_finding and folder else None
        self._about = about
        self._last: float | None = None

    def should_sample(self) -> bool:
        """Whether the step that begins is to be sampled."""
        return self._schedule.should_sample(self.step)

    def write_setup(self, setup: Mapping[str, Any]) -> None:
        """Describe the whole setup; once."""
        self._table_writer.write_setup(setup)

    def done(self, sample: Sample | None = None, clipping: Clipping | None = None) -> None:
        """The step is over; ``sample`` is what was measured in it."""
        if sample is not None:
            self._rolling.add(sample)
            found = tables(sample, self._rolling, clipping)
            self._table_writer.write(found, self.step, self.about(sample))
        now = time.perf_counter()
        if self._last is not None:
            # From end to end: a device that runs behind shows its pace in nothing shorter.
            self._schedule.record_step(self.step, now - self._last, sampled=sample is not None)
        self._last = now
        self.step += 1
        if sample is not None and self._monitor is not None:
            self.stop |= self._monitor.check()
            self._last = time.perf_counter()

    def finish(self) -> None:
        """The training is over: examine it as one that has ended."""
        if self._monitor is not None:
            self.stop |= self._monitor.check(last=True)

    def about(self, sample: Sample) -> dict[str, Any]:
        """What the layouts of a sample's tables say."""
        return layout_facts(self._schedule.every, self._about, sample.layout.skipped)

    def new_epoch(self) -> None:
        """From here on examples may come again without being repeats."""
        self._rolling.new_epoch()

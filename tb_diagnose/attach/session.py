"""A training that calls us step by step: when to sample, and what becomes of a sample."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

from tb_diagnose.attach.cadence import Cadence
from tb_diagnose.attach.layout import Journal, Sink
from tb_diagnose.attach.loop import OnFinding, Watch
from tb_diagnose.attach.plan import Sample
from tb_diagnose.attach.statistics import CAP
from tb_diagnose.attach.tables import Clipping, tables
from tb_diagnose.attach.window import WINDOW, Window

_log = logging.getLogger("tb_diagnose")


class Session:
    """One training's cadence, window and journal.

    Attributes:
        step: number of the step that runs now, from 0.
        stop: True once ``on_finding="stop"`` found something critical; the loop may look at it.
    """

    def __init__(
        self,
        sink: Sink,
        cadence: Cadence,
        *,
        folder: Path | None = None,
        on_finding: OnFinding = None,
        about: dict[str, Any],
    ) -> None:
        if on_finding and folder is None:
            raise ValueError("on_finding needs the folder with the event files: logdir=...")
        self.step, self.stop = 0, False
        self._cadence, self._journal, self._window = cadence, Journal(sink), Window()
        self._watch = Watch(folder, on_finding) if on_finding and folder else None
        self._about = about
        self._last: float | None = None

    def due(self) -> bool:
        """Whether the step that begins is to be sampled."""
        return self._cadence.due(self.step)

    def done(self, sample: Sample | None = None, clipping: Clipping | None = None) -> None:
        """The step is over; ``sample`` is what was measured in it."""
        if sample is not None:
            self._window.add(sample)
            found = tables(sample, self._window, clipping)
            self._journal.write(found, self.step, self.about(sample))
        now = time.perf_counter()
        if self._last is not None:
            # From end to end: a device that runs behind shows its pace in nothing shorter.
            self._cadence.took(self.step, now - self._last, sampled=sample is not None)
        self._last = now
        self.step += 1
        if sample is not None and self._watch is not None:
            self.stop |= self._watch.look()
            self._last = time.perf_counter()

    def about(self, sample: Sample) -> dict[str, Any]:
        """What the layouts of a sample's tables say."""
        return {
            "every": self._cadence.every,
            "window": WINDOW,
            "cap": CAP,
            **self._about,
            "skipped": list(sample.plan.skipped),
        }

    def new_epoch(self) -> None:
        """From here on examples may come again without being repeats."""
        self._window.new_epoch()

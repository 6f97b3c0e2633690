"""What a training took, epoch by epoch."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time


@dataclass
class Epochs:
    """Processor and clock time at the end of each epoch of ``steps`` steps.

    The last two thirds of them are the steady state; what the first third took beyond that is paid
    once: compilations, and the dense first samples.
    """

    steps: int
    marks: list[tuple[float, float]] = field(default_factory=list)

    def mark(self) -> None:
        """Called at the start of the training, and at the end of each epoch."""
        self.marks.append((process_time(), perf_counter()))

    def report(self) -> str:
        """Milliseconds a step in the steady state, seconds paid once, and the peak memory in MB."""
        at, epochs = len(self.marks) // 3, len(self.marks) - 1
        (begin, _), (cpu, wall), (end, clock) = self.marks[0], self.marks[at], self.marks[-1]
        later = self.steps * (epochs - at)
        each = (end - cpu) / later
        return json.dumps(
            {
                "cpu": 1000 * each,
                "wall": 1000 * (clock - wall) / later,
                "once": cpu - begin - each * self.steps * at,
                "memory": _memory(),
            }
        )


def _memory() -> float:
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return float(line.split()[1]) / 1024

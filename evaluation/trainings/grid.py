"""All trainings by name: healthy ones with every seed, faulty ones at every severity.

Those of one seed come together, so that a run that was stopped is a smaller grid, not half a one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from trainings import bases, examples, rates, shapes, starts
from trainings.plan import BASES, FAULTS, Fault, Plan

#: Imported for what they register.
REGISTERED = (bases, examples, rates, shapes, starts)

HEALTHY_SEEDS = (1, 2, 3, 4)
FAULTY_SEEDS = (1,)


@dataclass(frozen=True)
class Training:
    """One training of the grid; ``fault`` and ``level`` are None where it is healthy."""

    name: str
    base: str
    seed: int
    fault: Fault | None = None
    level: Any = None

    def plan(self) -> Plan:
        """What is trained."""
        healthy = BASES[self.base](self.seed)
        return self.fault.inject(healthy, self.level) if self.fault else healthy


def grid() -> Iterator[Training]:
    """Every training; names are file names and never change."""
    for seed in sorted({*HEALTHY_SEEDS, *FAULTY_SEEDS}):
        if seed in HEALTHY_SEEDS:
            yield from (Training(f"healthy-{base}-{seed}", base, seed) for base in BASES)
        if seed in FAULTY_SEEDS:
            yield from _faulty(seed)


def _faulty(seed: int) -> Iterator[Training]:
    for fault in FAULTS.values():
        for level in fault.levels:
            for base in fault.bases:
                name = f"{fault.name}-{word(level)}-{base}-{seed}"
                yield Training(name, base, seed, fault, level)


def word(level: Any) -> str:
    """A severity as a part of a name: 0.1, 1000, squared-error."""
    return level if isinstance(level, str) else f"{level:g}"

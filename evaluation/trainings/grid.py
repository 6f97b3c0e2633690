"""Which trainings there are: for each base and framework healthy seeds, then faults as drawn.

The list never depends on how many are asked for: fewer are its beginning.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from trainings.bases import BASES
from trainings.faults import FAULTS, Fault
from trainings.plan import Framework, Plan, rng

#: What a fault is measured by: so many healthy trainings of each base and framework.
HEALTHY = 6
#: Seeds of faulty ones.
SEEDS = (1, 2, 3, 4, 5, 6, 7, 8)


@dataclass(frozen=True)
class Training:
    """One training; ``fault`` is the name of one, empty where it is healthy."""

    base: str
    framework: Framework
    seed: int
    fault: str = ""
    level: Any = None

    @property
    def injected(self) -> Fault | None:
        """What is wrong with it."""
        return FAULTS[self.fault] if self.fault else None

    @property
    def severity(self) -> str:
        """The fault's level in a word."""
        return self.injected.severity(self.level) if self.injected else ""

    @property
    def name(self) -> str:
        """A file name, which never changes."""
        kind = f"{self.fault}-{self.severity}" if self.fault else "healthy"
        return f"{self.base}-{self.framework}-{kind}-{self.seed}"

    @property
    def group(self) -> tuple[str, Framework]:
        """Those of one group are compared with each other."""
        return self.base, self.framework

    def plan(self) -> Plan:
        """What is trained."""
        healthy = BASES[self.base].plan(self.seed, self.framework)
        return self.injected.inject(healthy, self.level) if self.injected else healthy

    def others(self) -> Iterator[Plan]:
        """Healthy trainings whose logs get into the same folder."""
        if self.fault == "mixed-trainings":
            for number in range(1, self.level):
                yield BASES[self.base].plan(self.seed + 100 * number, self.framework)


def grid(count: int) -> list[Training]:
    """So many trainings, spread evenly over bases and frameworks."""
    groups = [(name, framework) for name, base in BASES.items() for framework in base.frameworks]
    possible = {group: _possible(*group) for group in groups}
    common = Counter(fault.name for faults in possible.values() for fault in faults)
    columns = [[*_healthy(*group), *_faulty(*group, possible[group], common)] for group in groups]
    rows = (training for row in zip_longest(*columns) for training in row if training is not None)
    return [training for _, training in zip(range(count), rows, strict=False)]


def _possible(base: str, framework: Framework) -> list[Fault]:
    plan = BASES[base].plan(1, framework)
    return [fault for fault in FAULTS.values() if fault.applies(plan, framework)]


def _healthy(base: str, framework: Framework) -> list[Training]:
    return [Training(base, framework, seed) for seed in range(1, HEALTHY + 1)]


def _faulty(
    base: str, framework: Framework, possible: list[Fault], common: Counter[str]
) -> list[Training]:
    """Every fault at every level, in an order drawn so that rare faults come early.

    Each gets a number drawn by its weight, and the greatest come first (Efraimidis and Spirakis,
    2006).
    """
    random = rng(base, framework, len(base))
    drawn = []
    for fault in possible:
        weight = (common[fault.name] ** 0.75) * len(fault.levels) ** 0.75 / fault.often
        for level in fault.levels:
            seed = int(random.choice(SEEDS))
            training = Training(base, framework, seed, fault.name, level)
            drawn.append((float(random.random() ** weight), training))
    return [training for _, training in sorted(drawn, key=lambda pair: -pair[0])]

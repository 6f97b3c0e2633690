"""What one compiled step hands out: a flat vector of numbers, and the layout that names them.

The vector leaves the device in one copy. A layout is made while a step is traced, so a step that
is traced again (another batch shape, another structure) may come with another layout; the vector
begins with its layout's number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Segment:
    """Neighboring numbers of the vector.

    Attributes:
        name: what they are.
        size: how many.
        rule: how replicas' numbers become one: ``sum``, ``mean``, ``low``, ``high``, ``same``
            (all replicas hold the same) or ``joined`` (one after the other).
    """

    name: str
    size: int
    rule: str


@dataclass(frozen=True)
class Layer:
    """One call of one layer: its row's name, its kind and the name of its activation."""

    name: str
    kind: str
    activation: str


@dataclass(frozen=True)
class Input:
    """One input: its name, its shape without the batch axis (None = free) and its channels."""

    name: str
    shape: tuple[int | None, ...]
    channels: int
    dtype: str

    @property
    def rows(self) -> tuple[str, ...]:
        """One row per channel, or one for the whole where there is one channel or too many."""
        if self.channels == 0:
            return (self.name,)
        return tuple(f"{self.name}[{channel}]" for channel in range(self.channels))


@dataclass(frozen=True)
class StepLayout:
    """The vector's segments, and what they are about."""

    segments: tuple[Segment, ...] = ()
    layers: tuple[Layer, ...] = ()
    variables: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    classes: int = 0
    skipped: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        return sum(segment.size for segment in self.segments)

    def read(self, matrix: NDArray[np.floating[Any]]) -> Sample:
        """A step's numbers from [replicas, size] values."""
        numbers: dict[str, Floats] = {}
        at = 0
        for segment in self.segments:
            part = np.asarray(matrix[:, at : at + segment.size], dtype=np.float32)
            numbers[segment.name] = _RULES[segment.rule](part)
            at += segment.size
        return Sample(self, numbers)


@dataclass(frozen=True, eq=False)
class Sample:
    """One sampled step: its layout and its numbers by segment."""

    layout: StepLayout
    numbers: Mapping[str, Floats] = field(default_factory=dict)

    def one(self, name: str) -> float:
        """A single number, NaN where it was not measured."""
        found = self.numbers.get(name)
        return float(found[0]) if found is not None and len(found) else float("nan")


class StepLayouts:
    """The layouts that the traces of one step function made, by number."""

    def __init__(self) -> None:
        self._layouts: list[StepLayout] = []

    def number(self, layout: StepLayout) -> int:
        """The layout's number; equal layouts share one."""
        if layout not in self._layouts:
            self._layouts.append(layout)
        return self._layouts.index(layout)

    def read(self, vector: NDArray[np.floating[Any]]) -> Sample:
        """A step's numbers from what the step handed out: [1 + size] or [replicas, 1 + size]."""
        matrix = np.atleast_2d(vector)
        return self._layouts[round(float(matrix[0, 0]))].read(matrix[:, 1:])


_RULES = {
    "sum": lambda part: part.sum(axis=0),
    "mean": lambda part: part.mean(axis=0),
    "low": lambda part: part.min(axis=0),
    "high": lambda part: part.max(axis=0),
    "same": lambda part: part[0],
    "joined": lambda part: part.reshape(-1),
}

"""A curve of a run with its name, its role and its summary in one object."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.analysis.curve import CurveSummary
from tb_diagnose.core.run import Series
from tb_diagnose.roles.tags import TagInfo, parse_tag

#: Sums of float32 over the batches of an epoch are equal to so many digits.
_ROUNDING = 1e-6


class Curve(CurveSummary):
    """What a curve of a run did.

    Attributes:
        series: the curve as it was logged.
        better: -1 where lower is better, 1 where higher is, 0 where that is unknown.
    """

    def __init__(self, series: Series, better: int = 0) -> None:
        super().__init__(series.steps, series.values, better)
        self.series = series

    @property
    def name(self) -> str:
        """Folder and tag, as in TensorBoard."""
        return self.series.name

    @property
    def wall(self) -> NDArray[np.float64]:
        """[n] seconds since 1970."""
        return self.series.wall

    @cached_property
    def info(self) -> TagInfo:
        """What the words of its tag say."""
        return parse_tag(self.series.folder, self.series.tag)

    @property
    def split(self) -> str:
        """``train``, ``validation`` or ``""`` where its words do not say."""
        return self.info.split

    @cached_property
    def held(self) -> int:
        """How many of the last values are the same, but for the rounding of float32."""
        if not self.finite:
            return 0
        last = float(self.finite_values[-1])
        moved = np.flatnonzero(np.abs(self.values - last) > _ROUNDING * max(abs(last), _ROUNDING))
        return len(self) - 1 - int(moved[-1]) if len(moved) else len(self)

    @property
    def late_start(self) -> str:
        """Why its first value is not that of the first steps, ``""`` where it is."""
        begins = int(self.steps[0]) if len(self) else 0
        return f"the log of {self.name} begins at step {begins}" if begins > 1 else ""

    @property
    def resumed(self) -> bool:
        """Whether it begins behind steps that took half as long as all it shows, or longer."""
        return len(self) > 1 and 2 * int(self.steps[0]) > int(self.steps[-1] - self.steps[0])

    def span(self, first: int, last: int = -1) -> tuple[int, int]:
        """The steps at two indices, as evidence names them."""
        return int(self.steps[first]), int(self.steps[last])

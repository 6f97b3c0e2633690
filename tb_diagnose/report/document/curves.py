"""Curves thinned out for the document, so that no spike and no NaN is lost."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.run import Series
from tb_diagnose.measure.downsample import downsample
from tb_diagnose.measure.levels import finite
from tb_diagnose.report.document.numbers import number, numbers
from tb_diagnose.report.document.schema import CountedIn, CurvePart, NonFinitePart


def counted_in(tag: str) -> CountedIn:
    """Whether a curve's steps are epochs: Keras says so in the tag, nobody else says it."""
    return "epochs" if tag.rpartition("/")[2].startswith("epoch_") else "steps"


def parts(tag: str) -> list[str]:
    """The curves behind a tag in evidence: a sum of curves is written ``a + b``."""
    return tag.split(" + ")


def curve(series: Series, role: str | None, points: int) -> CurvePart:
    """At most ``points`` finite points of a curve, extremes kept, and where it was not finite."""
    known = finite(series.values)
    kept = downsample(known, points)
    whole = len(known) == len(series)
    if not whole:
        kept = np.flatnonzero(np.isfinite(series.values))[kept]
    return CurvePart(
        name=series.name,
        role=role,
        counted_in=counted_in(series.tag),
        points=len(series),
        steps=series.steps[kept].tolist(),
        values=cast("list[float]", numbers(series.values[kept])),
        nonfinite=[] if whole else list(_stretches(series, points)),
    )


def _stretches(series: Series, points: int) -> Iterator[NonFinitePart]:
    """Neighboring points of one non-finite kind as one; past ``points`` of them, per bucket."""
    kinds = [(int(i), str(number(series.values[i]))) for i in _nonfinite(series)]
    position = {index: place for place, (index, _) in enumerate(kinds)}
    alone = [list(kind) for _, kind in groupby(kinds, lambda at: (at[0] - position[at[0]], at[1]))]
    if len(alone) > points:
        size = max(1, -(-len(series) // max(1, points // 3)))
        kinds.sort(key=lambda at: (at[0] // size, at[1], at[0]))
        alone = [list(kind) for _, kind in groupby(kinds, lambda at: (at[0] // size, at[1]))]
    for stretch in alone:
        first, last = stretch[0][0], stretch[-1][0]
        yield NonFinitePart(
            first=int(series.steps[first]),
            last=int(series.steps[last]),
            count=len(stretch),
            value=cast(Any, stretch[0][1]),
        )


def _nonfinite(series: Series) -> NDArray[np.intp]:
    return np.flatnonzero(~np.isfinite(series.values))

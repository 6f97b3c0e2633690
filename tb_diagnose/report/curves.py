"""Curves thinned out for the document, so that no spike and no NaN is lost."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.levels import distinct
from tb_diagnose.report.numbers import number, numbers
from tb_diagnose.report.shapes import CountedIn, CurvePart, Stretch
from tb_diagnose.runs import Series


def counted_in(tag: str) -> CountedIn:
    """Whether a curve's steps are epochs: Keras says so in the tag, nobody else says it."""
    return "epochs" if tag.rpartition("/")[2].startswith("epoch_") else "steps"


def parts(tag: str) -> list[str]:
    """The curves behind a tag in evidence: a sum of curves is written ``a + b``."""
    return tag.split(" + ")


def curve(series: Series, role: str | None, points: int) -> CurvePart:
    """At most ``points`` finite points of a curve, extremes kept, and where it was not finite."""
    finite = np.flatnonzero(np.isfinite(series.values))
    kept = finite[thinned(np.asarray(series.values, dtype=np.float64)[finite], points)]
    return CurvePart(
        name=series.name,
        role=role,
        counted_in=counted_in(series.tag),
        points=len(series),
        steps=series.steps[kept].tolist(),
        values=numbers(series.values[kept]),
        nonfinite=list(_stretches(series, points)),
    )


def thinned(values: NDArray[np.float64], points: int) -> NDArray[np.intp]:
    """Indices, rising, of at most ``points`` (>= 4) of the [n] finite values.

    The first and the last are kept, and the smallest and the largest of every bucket between.
    """
    size = len(values)
    if size <= points:
        return np.arange(size)
    bounds = np.linspace(1, size - 1, max(1, points // 2 - 1) + 1).astype(np.intp)
    lows = bounds[:-1]
    inner = values[1:-1]
    ends = (np.minimum, np.maximum)
    found = [_first(inner, each.reduceat(inner, lows - 1), lows - 1) + 1 for each in ends]
    return distinct(np.concatenate([[0, size - 1], *found]).astype(np.intp))


def _first(
    values: NDArray[np.float64], wanted: NDArray[np.float64], lows: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Where in [n] values each bucket, which begin at ``lows``, has its wanted one first."""
    sizes = np.diff(lows, append=len(values))
    hits = np.flatnonzero(values == np.repeat(wanted, sizes))
    return hits[np.searchsorted(hits, lows)]


def _stretches(series: Series, points: int) -> Iterator[Stretch]:
    """Neighbouring points of one non-finite kind as one; past ``points`` of them, per bucket."""
    kinds = [(int(i), str(number(series.values[i]))) for i in _nonfinite(series)]
    position = {index: place for place, (index, _) in enumerate(kinds)}
    alone = [list(each) for _, each in groupby(kinds, lambda at: (at[0] - position[at[0]], at[1]))]
    if len(alone) > points:
        size = max(1, -(-len(series) // max(1, points // 3)))
        kinds.sort(key=lambda at: (at[0] // size, at[1], at[0]))
        alone = [list(each) for _, each in groupby(kinds, lambda at: (at[0] // size, at[1]))]
    for each in alone:
        first, last = each[0][0], each[-1][0]
        yield Stretch(
            first=int(series.steps[first]),
            last=int(series.steps[last]),
            count=len(each),
            value=each[0][1],
        )


def _nonfinite(series: Series) -> NDArray[np.intp]:
    return np.flatnonzero(~np.isfinite(series.values))

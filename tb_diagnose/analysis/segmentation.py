"""A curve as straight segments, and excursions from them that return."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.binning import BINS, bin_curve
from tb_diagnose.measure.noise import NoiseModel, discernible, estimate_noise, residual_scale
from tb_diagnose.measure.outliers import clip_outliers, departures, outlier_limit
from tb_diagnose.measure.piecewise import (
    SHORTEST,
    Line,
    change_penalty,
    fit_line,
    segment,
)

Floats = NDArray[np.float64]
#: First and last index of a piece, among bins or among points.
Piece = tuple[int, int]

#: Curves of fewer points do not show whether their noise is correlated: it takes eight blocks.
_BLOCK, _CORRELATED = 4, 32


class Excursion(NamedTuple):
    """Points that depart from the curve's course and come back. Indices into the finite values.

    Attributes:
        first, last, peak: where it begins, ends, and is furthest away.
        score: how far that is, in units of what is discernible; negative below the course.
        base: the level of the course at the peak, in the curve's unit.
    """

    first: int
    last: int
    peak: int
    score: float
    base: float


class Segmentation(NamedTuple):
    """What the finite values [n >= 1] of a curve did.

    Attributes:
        noise: the estimated noise.
        unit: what is discernible: the unit of ``heights``, ``lines`` and scores.
        heights: [n] the values in that unit, in which the noise is at most 1 at every level.
        lines: the segments, in order, by the indices of their points.
        excursions: in order.
        limit: score beyond which a single point stands out.
    """

    noise: NoiseModel
    unit: NoiseModel
    heights: Floats
    lines: tuple[Line, ...]
    excursions: tuple[Excursion, ...]
    limit: float


class _Points(NamedTuple):
    """What lines are fitted to: bins of a curve [m], or its points."""

    places: Floats
    heights: Floats
    errors: Floats


def describe(values: Floats) -> Segmentation:
    """Segments and excursions of [n >= 1] values within 1e300. O(n)."""
    noise = estimate_noise(values)
    unit, resolution = discernible(values, noise)
    heights = unit.stabilize(values)
    points, edges = _points(values, heights, unit, resolution)
    pieces = segment(*points, np.diff(edges))
    pieces, returned = _without_returns(points, pieces)
    lines = _lines(points, pieces, returned, edges, heights)
    return _judged(noise, unit, heights, lines, [_raw(piece, edges) for piece in returned])


def _points(
    values: Floats, heights: Floats, unit: NoiseModel, resolution: float
) -> tuple[_Points, NDArray[np.int64]]:
    """What lines are fitted to, and the first point of each and of the end. [m + 1]"""
    bins = bin_curve(values)
    edges = np.append(bins.first, len(values))
    if len(bins.values) == len(values):
        errors = np.full(len(values), _correlation(heights))
        return _Points(bins.centers, clip_outliers(heights, errors), errors), edges
    levels = np.asarray(unit.stabilize(bins.values))
    largest = int(bins.sizes.max())
    middle = levels[bins.sizes >= largest - 1]
    error = max(residual_scale(middle), largest**-0.5)
    # Between single points and the largest bins the error is a power of the size.
    errors = bins.sizes ** (math.log(error) / math.log(largest))
    errors = np.maximum(errors, resolution)
    # The median of five and more points needs no clipping.
    levels = np.where(bins.sizes < 5, clip_outliers(levels, errors), levels)
    return _Points(bins.centers, levels, errors), edges


def _correlation(heights: Floats) -> float:
    """By what factor the errors of means are larger than those of independent noise; >= 1.

    The noise of means of four, against the half of the single values' that it should be.
    """
    n = len(heights) // _BLOCK * _BLOCK
    if n < _CORRELATED or n > 2 * BINS:
        return 1.0
    single = residual_scale(heights)
    means = clip_outliers(heights, np.ones(len(heights)))[-n:].reshape(-1, _BLOCK).mean(axis=1)
    together = residual_scale(means) * math.sqrt(_BLOCK)
    return max(1.0, together) if single else 1.0


def _without_returns(
    points: _Points, pieces: list[Piece]
) -> tuple[list[tuple[Piece, ...]], list[Piece]]:
    """Pieces joined where one between them is an excursion: shorter, and on one line without it.

    Returns the pieces, each with the parts that it consists of, and the excursions.
    """
    joined: list[tuple[Piece, ...]] = [(piece,) for piece in pieces]
    returned: list[Piece] = []
    at = 1
    while 1 <= at < len(joined) - 1:
        before, piece, after = joined[at - 1 : at + 2]
        if _length(piece) < min(_length(before), _length(after)) and _collinear(
            points, before, after
        ):
            returned.append((piece[0][0], piece[-1][1]))
            joined[at - 1 : at + 2] = [before + after]
            at = max(at - 1, 1)
        else:
            at += 1
    return joined, sorted(returned)


def _length(parts: Sequence[Piece]) -> int:
    return sum(last - first + 1 for first, last in parts)


def _collinear(points: _Points, one: Sequence[Piece], other: Sequence[Piece]) -> bool:
    apart = _squares(points, one) + _squares(points, other)
    return _squares(points, [*one, *other]) - apart < change_penalty(len(points.places))


def _fitted(points: _Points, parts: Sequence[Piece]) -> tuple[Line, _Points]:
    at = np.concatenate([np.arange(first, last + 1) for first, last in parts])
    chosen = _Points(points.places[at], points.heights[at], points.errors[at])
    return fit_line(*chosen, 0, len(at) - 1), chosen


def _squares(points: _Points, parts: Sequence[Piece]) -> float:
    line, (places, heights, errors) = _fitted(points, parts)
    return float(np.sum(((heights - line.at_all(places)) / errors) ** 2))


def _raw(piece: Piece, edges: NDArray[np.int64]) -> Piece:
    return int(edges[piece[0]]), int(edges[piece[1] + 1]) - 1


def _lines(
    points: _Points,
    pieces: Sequence[tuple[Piece, ...]],
    returned: Sequence[Piece],
    edges: NDArray[np.int64],
    heights: Floats,
) -> list[Line]:
    """The line of each piece, from its first point to its last, changes placed to the point."""
    lines: list[Line] = []
    for parts in pieces:
        line, _ = _fitted(points, parts)
        first, last = _raw((parts[0][0], parts[-1][1]), edges)
        line = line._replace(first=first, last=last)
        if lines and len(edges) <= len(heights):
            at = parts[0][0]
            window = int(edges[at - 1]), int(edges[at + 1])
            if len(lines) > 1 and window[0] - lines[-1].first < SHORTEST:
                del lines[-1]  # what was a piece lies within the bin where two others meet
                window = lines[-1].last + 1, window[1]
            lines[-1], line = _meeting(lines[-1], line, window, heights)
        lines.append(line)
    return lines


def _meeting(before: Line, after: Line, window: Piece, heights: Floats) -> tuple[Line, Line]:
    """Two lines that meet within a window of points, at the point where they fit best."""
    start, stop = max(window[0], before.first + 1), min(window[1], after.last)
    places, near = np.arange(start, stop), heights[start:stop]
    before_gone, after_gone = (
        np.minimum((near - line.at_all(places)) ** 2, 9.0) for line in (before, after)
    )
    gain = np.concatenate([[0.0], np.cumsum(after_gone - before_gone)])
    change = start + int(gain.argmax())
    return before._replace(last=change - 1), after._replace(first=change)


def _judged(
    noise: NoiseModel,
    unit: NoiseModel,
    heights: Floats,
    lines: list[Line],
    returned: Sequence[Piece],
) -> Segmentation:
    """Single points judged: departures that reach an end are segments, the others excursions."""
    lines = _without_short_ends(lines)
    residuals = _residuals(heights, lines)
    limit = outlier_limit(residuals)
    found = departures(residuals, limit)
    end = len(heights) - 1
    if found and found[-1][1] == end and found[-1][0] > lines[-1].first:
        first = found.pop()[0]
        lines = [*lines[:-1], lines[-1]._replace(last=first - 1), _line(heights, first, end)]
    if found and found[0][0] == 0 and found[0][1] < lines[0].last:
        last = found.pop(0)[1]
        lines = [_line(heights, 0, last), lines[0]._replace(first=last + 1), *lines[1:]]
    for first, last in returned:
        if not any(start <= last and stop >= first for start, stop, _ in found):
            peak = first + int(np.abs(residuals[first : last + 1]).argmax())
            found.append((first, last, peak))
    excursions = [_excursion(unit, residuals, heights, each) for each in sorted(found)]
    return Segmentation(noise, unit, heights, tuple(lines), tuple(excursions), limit)


def _residuals(heights: Floats, lines: Sequence[Line]) -> Floats:
    fitted = np.empty(len(heights))
    for line in lines:
        fitted[line.first : line.last + 1] = line.at_all(np.arange(line.first, line.last + 1))
    return np.asarray(heights - fitted)


def _without_short_ends(lines: Sequence[Line]) -> list[Line]:
    """The lines, those of one or two points at the ends left to their neighbors.

    Least squares does not tell a segment of so few from an outlier; single points are judged by
    the tail of the residuals.
    """
    kept = list(lines)
    if len(kept) > 1 and kept[-1].last - kept[-1].first + 1 < SHORTEST:
        last = kept.pop().last
        kept[-1] = kept[-1]._replace(last=last)
    if len(kept) > 1 and kept[0].last - kept[0].first + 1 < SHORTEST:
        kept = [kept[1]._replace(first=kept[0].first), *kept[2:]]
    return kept


def _line(heights: Floats, first: int, last: int) -> Line:
    """The line through the points ``first`` to ``last``."""
    places = np.arange(len(heights), dtype=np.float64)[first : last + 1]
    count = last - first + 1
    line = fit_line(places, heights[first : last + 1], np.ones(count), 0, count - 1)
    return line._replace(first=first, last=last)


def _excursion(
    unit: NoiseModel, residuals: Floats, heights: Floats, found: tuple[int, int, int]
) -> Excursion:
    first, last, peak = found
    score = float(residuals[peak])
    return Excursion(first, last, peak, score, float(unit.restore(heights[peak] - score)))

"""From pieces of a binned curve to lines whose changes are placed to the point."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.measure.piecewise import Line, change_penalty, fit_line

Floats = NDArray[np.float64]
#: First and last index of a piece, among bins or among points.
Piece = tuple[int, int]


class Points(NamedTuple):
    """What lines are fitted to: bins of a curve [m], or its points."""

    places: Floats
    heights: Floats
    errors: Floats


def without_returns(
    points: Points, pieces: list[Piece]
) -> tuple[list[tuple[Piece, ...]], list[Piece]]:
    """Pieces joined where what lies between is an excursion: shorter, and on one line without it.

    That may be two pieces, since the bin that holds the way back is neither up nor down. Returns
    the pieces, each with the parts that it consists of, and the excursions.
    """
    joined: list[tuple[Piece, ...]] = [(piece,) for piece in pieces]
    returned: list[Piece] = []
    at = 1
    while at < len(joined) - 1:
        for width in (1, 2):
            before, *between, after = joined[at - 1 : at + width + 1]
            short = sum(map(_length, between)) < min(_length(before), _length(after))
            if len(between) == width and short and _collinear(points, before, after):
                returned.append((between[0][0][0], between[-1][-1][1]))
                joined[at - 1 : at + width + 1] = [before + after]
                at = max(at - 1, 1)
                break
        else:
            at += 1
    return joined, sorted(returned)


def _length(parts: Sequence[Piece]) -> int:
    return sum(last - first + 1 for first, last in parts)


def _collinear(points: Points, one: Sequence[Piece], other: Sequence[Piece]) -> bool:
    apart = _squares(points, one) + _squares(points, other)
    return _squares(points, [*one, *other]) - apart < change_penalty(len(points.places))


def _fitted(points: Points, parts: Sequence[Piece]) -> tuple[Line, Points]:
    at = np.concatenate([np.arange(first, last + 1) for first, last in parts])
    chosen = Points(points.places[at], points.heights[at], points.errors[at])
    return fit_line(*chosen, 0, len(at) - 1), chosen


def _squares(points: Points, parts: Sequence[Piece]) -> float:
    line, (places, heights, errors) = _fitted(points, parts)
    return float(np.sum(((heights - line.at_all(places)) / errors) ** 2))


def points_of(piece: Piece, edges: NDArray[np.int64]) -> Piece:
    """First and last point of the bins of a piece, whose first points are ``edges`` [m + 1]."""
    return int(edges[piece[0]]), int(edges[piece[1] + 1]) - 1


def fit_lines(
    points: Points,
    pieces: Sequence[tuple[Piece, ...]],
    edges: NDArray[np.int64],
    heights: Floats,
) -> list[Line]:
    """The line of each piece, from its first point to its last, changes placed to the point."""
    lines: list[Line] = []
    window = (0, 0)
    for parts in pieces:
        line, _ = _fitted(points, parts)
        first, last = points_of((parts[0][0], parts[-1][1]), edges)
        line = line._replace(first=first, last=last)
        if lines and len(edges) <= len(heights):
            before = window[0]
            window = int(edges[parts[0][0] - 1]), int(edges[parts[0][0] + 1])
            if len(lines) > 1 and _is_mixed(lines[-2:], line, (before, window[1]), heights):
                del lines[-1]  # its bin is neither here nor there: the curve jumps within it
                window = before, window[1]
            lines[-1], line = _meeting(lines[-1], line, window, heights)
        lines.append(line)
    return lines


def _is_mixed(lines: Sequence[Line], after: Line, window: Piece, heights: Floats) -> bool:
    """Whether the second of two lines is not needed between the first one and the one behind it."""
    before, mixed = lines
    if mixed.first < window[0] or mixed.last >= window[1]:
        return False
    outer = _meeting(before, after, window, heights)
    _, inner = _meeting(mixed, after, window, heights)
    explained = sum(_lost(line, window, heights) for line in outer)
    needed = sum(_lost(line, window, heights) for line in (before, mixed, inner))
    return explained <= needed + change_penalty(len(heights))


def _meeting(before: Line, after: Line, window: Piece, heights: Floats) -> tuple[Line, Line]:
    """Two lines that meet within a window of points, at the point where they fit best."""
    start, stop = max(window[0], before.first + 1), min(window[1], after.last)
    before_lost, after_lost = (
        _squares_lost(line, start, stop, heights) for line in (before, after)
    )
    gain = np.concatenate([[0.0], np.cumsum(after_lost - before_lost)])
    change = start + int(gain.argmax())
    return before._replace(last=change - 1), after._replace(first=change)


def _squares_lost(line: Line, start: int, stop: int, heights: Floats) -> Floats:
    """Squared distance of the points from ``start`` to ``stop`` - 1 from a line, 9 at most."""
    distances = heights[start:stop] - line.at_all(np.arange(start, stop))
    return np.minimum(distances**2, 9.0)


def _lost(line: Line, window: Piece, heights: Floats) -> float:
    """Sum of these over the points of a line within a window."""
    start, stop = max(window[0], line.first), min(window[1], line.last + 1)
    return float(_squares_lost(line, start, stop, heights).sum())

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
    pieces = [slice(first, last + 1) for first, last in parts]
    if len(pieces) == 1:
        chosen = Points(*(column[pieces[0]] for column in points))
    else:
        chosen = Points(*(np.concatenate([column[p] for p in pieces]) for column in points))
    return fit_line(*chosen, 0, len(chosen.places) - 1), chosen


def _squares(points: Points, parts: Sequence[Piece]) -> float:
    line, (places, heights, errors) = _fitted(points, parts)
    return float((((heights - line.at_all(places)) / errors) ** 2).sum())


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
        first, last = points_of((parts[0][0], parts[-1][1]), edges)
        line = _fitted(points, parts)[0]._replace(first=first, last=last)
        if lines and len(edges) <= len(heights):
            before = window[0]
            window = int(edges[parts[0][0] - 1]), int(edges[parts[0][0] + 1])
            if len(lines) > 1 and _is_mixed(lines[-2:], line, (before, window[1]), heights):
                del lines[-1]  # its bin is neither here nor there: the curve jumps within it
                window = before, window[1]
            lost = [*_squares_lost((lines[-1], line), window, heights)]
            lines[-1], line = _meeting(lines[-1], line, window, lost)
        lines.append(line)
    return lines


def _is_mixed(lines: Sequence[Line], after: Line, window: Piece, heights: Floats) -> bool:
    """Whether the second of two lines is not needed between the first one and the one behind it."""
    before, mixed = lines
    if mixed.first < window[0] or mixed.last >= window[1]:
        return False
    first, second, third = _squares_lost((before, mixed, after), window, heights)
    outer = _meeting(before, after, window, (first, third))
    inner = _meeting(mixed, after, window, (second, third))[1]
    explained = _lost(outer[0], window, first) + _lost(outer[1], window, third)
    needed = sum(
        _lost(line, window, squares)
        for line, squares in ((before, first), (mixed, second), (inner, third))
    )
    return explained <= needed + change_penalty(len(heights))


def _meeting(before: Line, after: Line, window: Piece, lost: Sequence[Floats]) -> tuple[Line, Line]:
    """Two lines that meet within a window of points, at the point where they fit best.

    ``lost`` are the squares that each of them leaves at the points of the window.
    """
    start, stop = max(window[0], before.first + 1), min(window[1], after.last)
    inside = slice(start - window[0], max(start, stop) - window[0])
    before_lost, after_lost = (squares[inside] for squares in lost)
    gain = (after_lost - before_lost).cumsum()
    best = int(gain.argmax()) if len(gain) else 0
    change = start + best + 1 if len(gain) and gain[best] > 0 else start
    return before._replace(last=change - 1), after._replace(first=change)


def _squares_lost(lines: Sequence[Line], window: Piece, heights: Floats) -> Floats:
    """Squared distance of the m points of a window from each of k lines, 9 at most. [k, m]"""
    places = np.arange(*window)
    levels = np.array([line.at_all(places) for line in lines])
    return np.asarray(np.minimum((heights[slice(*window)] - levels) ** 2, 9.0))


def _lost(line: Line, window: Piece, squares: Floats) -> float:
    """Sum of the squares that a line leaves at its points within a window."""
    start, stop = max(window[0], line.first), min(window[1], line.last + 1)
    return float(squares[start - window[0] : max(start, stop) - window[0]].sum())

"""Histograms of the older encoding, many at a time: the same field of all of them at once.

    2a <length> [09 <min>] [11 <max>] [19 <num>] [21 <sum>] [29 <sum of squares>]
    32 <length> <limits> 3a <length> <counts>

That is a HistogramProto as TensorFlow 1 and PyTorch write it: a number that is 0 is left out, and
how many buckets there are is different each time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.columns.histograms import Buckets, from_limits
from tb_diagnose.read.decode.lockstep import message
from tb_diagnose.read.wire.places import Octets, Places, anywhere

_SINGLES = (0x09, 0x11, 0x19, 0x21, 0x29)
_FLOAT = 8


def parse(octets: Octets, begins: Places, lengths: Places) -> tuple[NDArray[np.bool_], Buckets]:
    """The histograms among what begins at [n] places and is of such lengths.

    Returns [n] whether it is one of the form above, and the buckets of those that are; behind the
    last one there have to be 16 more bytes.
    """
    good, at, ends = np.ones(len(begins), bool), begins.copy(), begins + lengths
    at, length = message(octets, at, 0x2A, good)
    good &= at + length == ends
    doubles = anywhere(octets, "<f8")
    singles = []
    for key in _SINGLES:
        told = good & (at + 1 + _FLOAT <= ends)
        told &= octets[np.where(told, at, 0)] == key
        singles.append(np.where(told, doubles[np.where(told, at + 1, 0)], 0.0))
        at += told * (1 + _FLOAT)
    good &= at < ends
    limits, length = message(octets, at, 0x32, good)
    good &= (length % _FLOAT == 0) & (limits + length < ends)
    counts, likewise = message(octets, limits + length, 0x3A, good)
    good &= (likewise == length) & (counts + length == ends)
    sizes = length[good] // _FLOAT
    edges, count = (_flat(doubles, each[good], sizes) for each in (limits, counts))
    return good, from_limits(edges, count, sizes, [each[good] for each in singles])


def _flat(doubles: NDArray[np.float64], begins: Places, sizes: Places) -> NDArray[np.float64]:
    """The doubles at these places, so many at each, one after the other."""
    firsts = begins - _FLOAT * (np.cumsum(sizes) - sizes)
    places = np.repeat(firsts, sizes) + _FLOAT * np.arange(int(sizes.sum()))
    found: NDArray[np.float64] = doubles[places]
    return found

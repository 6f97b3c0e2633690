"""Many events parsed in step: the same field of all of them at once.

    09 <wall time> [10 <step>] 2a <length> 0a <length> 0a <length> <tag> <rest>

That is an Event with a wall time, a step and a Summary with a single value, as nearly all writers
write it. Each line below does for all events of a block what a parser does for one; an event that
is of another form falls out and is left to the parser.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.read.wire.places import Octets, Places, anywhere

Words = NDArray[np.uint64]
_ONE = np.uint64(1)
_HIGH_BITS = np.uint64(0x8080808080808080)
_LOW_BITS = np.uint64(0x0101010101010101)
#: The lowest 0 to 8 bytes of a word.
LOW_BYTES: Words = np.array([(1 << 8 * width) - 1 for width in range(9)], np.uint64)
#: Longest tag that is compared a word at a time.
_LONGEST_TAG = 256


class Parsed(NamedTuple):
    """[n] events of a block.

    Attributes:
        good: whether the event is of the form above; if not, the rest means nothing.
        walls: the bits of the wall time.
        steps: the step.
        tags, tag_lengths: where the tag stands, and of how many bytes it is.
        rests, rest_lengths: the same of what is behind it, up to the end of the event.
    """

    good: NDArray[np.bool_]
    walls: Words
    steps: NDArray[np.int64]
    tags: Places
    tag_lengths: Places
    rests: Places
    rest_lengths: Places


def parse(octets: Octets, begins: Places, lengths: Places) -> Parsed:
    """Parses the events at ``begins``; behind the last one there have to be 16 more bytes."""
    words = anywhere(octets, "<u8")
    ends = begins + lengths
    good = octets[begins] == 0x09
    stepped = octets[begins + 9] == 0x10
    steps, widths = varints(words[begins + 10])
    good &= ~stepped | (widths > 0)
    steps[~stepped] = 0
    at = begins + 9 + np.where(stepped, widths + 1, 0)
    for key in (0x2A, 0x0A):
        # A message that reaches to the end of the event.
        at, length = message(octets, at, key, good)
        good &= at + length == ends
    tags, tag_lengths = message(octets, at, 0x0A, good)
    rests = tags + tag_lengths
    good &= (rests <= ends) & (tag_lengths <= _LONGEST_TAG)
    return Parsed(good, words[begins + 1], steps, tags, tag_lengths, rests, ends - rests)


def message(octets: Octets, at: Places, key: int, good: NDArray[np.bool_]) -> tuple[Places, Places]:
    """Where the field of bytes at ``at`` has its bytes, and how many; ``good`` only if it is one.

    ``at`` and ``good`` are changed: places of what is not good become harmless ones. The length is
    a varint of one or two bytes.
    """
    at[~good] = 0
    head = anywhere(octets, "<u4")[at]
    low, high = (head >> np.uint32(8)) & np.uint32(0xFF), (head >> np.uint32(16)) & np.uint32(0xFF)
    long = low >= 0x80
    good &= ((head & np.uint32(0xFF)) == key) & ~(long & (high >= 0x80))
    length = np.where(long, (low & np.uint32(0x7F)) | (high << np.uint32(7)), low)
    return at + 2 + long, length.astype(np.int64)


def varints(words: Words) -> tuple[NDArray[np.int64], Places]:
    """Value and width of the varints with which ``words`` begin; width 0 if it is over 8 bytes."""
    # The lowest high bit that is not set ends the varint: what is below it belongs to it.
    ends = ~words & _HIGH_BITS
    below = (ends & (~ends + _ONE)) - _ONE
    # Each byte but the last is full of ones in ``below``, the last has seven.
    widths = ((below & _LOW_BITS) * _LOW_BITS) >> np.uint64(56)
    sevens = words & below & ~_HIGH_BITS
    for shift, low in ((1, 0x007F007F007F007F), (2, 0x00003FFF00003FFF), (4, 0x000000000FFFFFFF)):
        # Pairs of groups of 7, 14, 28 bits are joined.
        high = np.uint64(low << (8 * shift))
        sevens = (sevens & np.uint64(low)) | ((sevens & high) >> np.uint64(shift))
    widths[ends == 0] = 0
    return sevens.view(np.int64), widths.view(np.int64)


def tag_words(octets: Octets, parsed: Parsed) -> list[Words]:
    """The tags, 8 bytes at a time, with zeros behind the end of each."""
    words = anywhere(octets, "<u8")
    lengths = np.where(parsed.good, parsed.tag_lengths, 0)
    found = []
    for first in range(0, int(lengths.max(initial=0)), 8):
        left = np.clip(lengths - first, 0, 8)
        places = np.where(left > 0, parsed.tags + first, 0)
        found.append(words[places] & LOW_BYTES[left])
    return found


def hashes(words: list[Words], lengths: Places) -> Words:
    """[n] a number that is the same for equal tags, and differs for most others."""
    found: Words = lengths.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for index, word in enumerate(words):
        mixed = (found ^ word) * np.uint64(0xD6E8FEB86659FD93)
        mixed ^= mixed >> np.uint64(32)
        found = np.where(lengths > 8 * index, mixed, found)
    return found


def like(octets: Octets, places: Places, same: Words, mask: Words) -> NDArray[np.bool_]:
    """[n] whether the bytes at each place are those of ``same`` where ``mask`` is set."""
    words = anywhere(octets, "<u8")
    unlike: Any = np.zeros(len(places), np.uint64)
    for index, (word, bits) in enumerate(zip(same, mask, strict=True)):
        if bits:
            unlike |= (words[places + 8 * index] ^ word) & bits
    alike: NDArray[np.bool_] = unlike == 0
    return alike

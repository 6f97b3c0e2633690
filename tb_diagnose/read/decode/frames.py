"""All records of a block at once: where each begins, and whether all are intact.

A length below 65,536 is written in 8 bytes of which 6 are zero, and is followed by its own CRC.
So a search for zeros, and a table with the CRC of each length, find every header at once. They are
the records of the file if each one ends where the next one begins: the chain is checked, not
followed. (Where records are long, and full of zeros, there are few to follow.)

The CRC of a message, appended to it, leaves the register of the CRC in a state that does not depend
on the message: checksums of checksummed messages are all the same. So if every payload were begun
with the register that the one before it left, one CRC over the whole block would tell whether all
of them are intact. It is: the first 4 bytes of a message enter the register by xor, so that xor
with a constant turns one register into the other.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from google_crc32c import extend
from numpy.typing import NDArray

from tb_diagnose.read.wire.places import Octets, Places, anywhere
from tb_diagnose.read.wire.records import FOOTER, HEADER, length_crcs, unmasked

#: The CRC of any message with its CRC behind it; as a register it is the inverse of this.
_RESIDUE = np.uint32(0x48674BC7)
#: The CRC of 8 zero bytes.
_CRC_OF_ZEROS = np.uint32(0x8C28B28A)
#: Payloads of fewer bytes hold no event, those of more are found one by one.
_SHORTEST, _LONGEST = 12, (1 << 16) - 1
#: Where the first few records have so many bytes in the middle, each is found by the one before it
#: (measured: with half as many, a search for all takes as long).
_FEW, _LONG = 16, 400


def frames(octets: Octets) -> tuple[Places, Places]:
    """Begins and lengths of the payloads of the whole records that ``octets`` begins with.

    Stops before the first one that is longer than 65,535 bytes, shorter than 12, or damaged in its
    header.
    """
    if len(octets) < HEADER + FOOTER:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    begins = _chain(octets, _FEW)
    if len(begins) < _FEW or begins[-1] >= _FEW * _LONG:
        begins = _chain(octets, len(octets))
    else:
        begins = _headers(octets)
    lengths = anywhere(octets, "<u2")[begins].astype(np.int64)
    ends = begins + lengths + (HEADER + FOOTER)
    # One by one: each record begins where the one before it ends, and ends within the block.
    follows = begins == np.concatenate([[0], ends[:-1]])
    good = follows & (ends <= len(octets)) & (lengths >= _SHORTEST)
    count = len(good) if good.all() else int(np.argmin(good))
    return begins[:count] + HEADER, lengths[:count]


def _chain(octets: Octets, most: int) -> Places:
    """Where records begin, as far as their lengths lead from one to the next; at most so many."""
    begins: list[int] = []
    at, last = 0, len(octets) - HEADER
    data = octets.data
    while at <= last and len(begins) < most:
        begins.append(at)
        length = int.from_bytes(data[at : at + 8], "little")
        at += length + HEADER + FOOTER
        if length > _LONGEST:
            break
    places = np.array(begins, np.int64)
    lengths = np.minimum(anywhere(octets, "<u8")[places], _LONGEST).view(np.int64)
    known = anywhere(octets, "<u4")[places + 8] == _known_crcs()[lengths]
    return places if known.all() else places[: int(np.argmin(known))]


def _headers(octets: Octets) -> Places:
    """Where 12 bytes stand that are a header of a length between 1 and 65,535."""
    runs = _zeros(octets)
    # A run of zeros begins behind the length's first byte, or behind its second.
    places = np.stack([runs - 2, runs - 1], axis=1).reshape(-1)
    places = places[(places >= 0) & (places <= len(octets) - HEADER)]
    lengths = anywhere(octets, "<u8")[places]
    short = lengths <= _LONGEST
    places, lengths = places[short], lengths[short]
    stored = anywhere(octets, "<u4")[places + 8]
    found: Places = places[stored == _known_crcs()[lengths.view(np.int64)]]
    return found


def _zeros(octets: Octets) -> Places:
    """Where each run of zeros begins that is long enough to be part of a header.

    Looks at two bytes at once: any six zeros hold two whole pairs of them in a row.
    """
    pairs = octets[: len(octets) & ~1].view("<u2") == 0
    two = np.empty(len(pairs), bool)
    two[0] = False
    np.logical_and(pairs[:-1], pairs[1:], out=two[1:])
    begins = 2 * np.flatnonzero(two[1:] > two[:-1])
    # The run may begin with the second byte of the pair before.
    found: Places = begins - (octets[np.maximum(begins - 1, 0)] == 0) * (begins > 0)
    return found


@lru_cache(maxsize=1)
def _known_crcs() -> NDArray[np.uint32]:
    """The stored form of the CRC of each length up to the longest."""
    return length_crcs(np.arange(_LONGEST + 1, dtype=np.uint64))


def intact(octets: Octets, begins: Places, lengths: Places) -> bool:
    """Whether the payloads of these records, which fill ``octets``, have the CRCs stored."""
    block = octets.copy()
    words = anywhere(block, "<u4")
    headers, footers = begins - HEADER, begins + lengths
    # The header becomes a message of its own: 8 zero bytes, begun as all are, and their CRC.
    words[headers] = _RESIDUE
    words[headers + 8] = _CRC_OF_ZEROS
    words[begins] ^= _RESIDUE
    words[footers] = unmasked(words[footers])
    residue = int(_RESIDUE)
    return bool(extend(residue, block) == residue)

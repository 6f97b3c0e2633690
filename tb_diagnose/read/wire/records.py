"""Framing of an event file: length, CRC of the length, payload, CRC of the payload."""

from __future__ import annotations

import struct
from functools import lru_cache
from typing import Any

import numpy as np
from google_crc32c import value as crc32c
from numpy.typing import NDArray

from tb_diagnose.read.native import binding

#: Bytes before and behind a payload.
HEADER, FOOTER = 12, 4
_U32 = struct.Struct("<I")
_DELTA = np.uint32(0xA282EAD8)
#: Bytes searched at first, where a header often is near, and at most (chosen: what is computed of
#: them stays in the cache).
_FIRST_BLOCK, _BLOCK = 1 << 9, 1 << 16


def masked(crc: int) -> int:
    """The form in which event files keep a CRC32C."""
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def length(header: bytes) -> int:
    """How long the payload behind this header of 12 bytes is; -1 where its CRC does not hold."""
    if masked(crc32c(header[:8])) != _U32.unpack_from(header, 8)[0]:
        return -1
    return int.from_bytes(header[:8], "little")


def framed(payload: bytes) -> bytes:
    """The record that ``payload`` is written as."""
    size = len(payload).to_bytes(8, "little")
    return size + _U32.pack(masked(crc32c(size))) + payload + _U32.pack(masked(crc32c(payload)))


def intact(record: bytes) -> bool:
    """Whether the payload of a whole record is what was written."""
    stored: int = _U32.unpack_from(record, len(record) - FOOTER)[0]
    return masked(crc32c(record[HEADER:-FOOTER])) == stored


def find_header(data: NDArray[np.uint8], at: int) -> int:
    """The first place from ``at`` on with 12 bytes that are a header with a true CRC.

    Where there is none, the place from which to search on when more bytes have come.
    """
    if (library := binding.library()) is not None:
        place: int = library.find_header(binding.address(data), len(data), at)
        return place
    end = len(data) - HEADER + 1
    block = _FIRST_BLOCK
    while at < end:
        found = _headers(data[at : at + block + HEADER - 1])
        if len(found):
            return at + int(found[0])
        at, block = min(at + block, end), min(2 * block, _BLOCK)
    return at


def _headers(octets: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Where headers stand: lengths under 4 GB have four zeros in their upper half, which leaves
    few places to compute a CRC for.
    """
    last = len(octets) - HEADER + 1
    upper = _anywhere(octets, "<u4")[4 : last + 4]
    places = np.flatnonzero(upper == 0)
    lengths, stored = _anywhere(octets, "<u8")[places], _anywhere(octets, "<u4")[places + 8]
    some = (lengths | stored) != 0  # a long run of zeros holds none
    places, lengths, stored = places[some], lengths[some], stored[some]
    found: NDArray[np.int64] = places[_length_crcs(lengths) == stored]
    return found


def _anywhere(octets: NDArray[np.uint8], kind: str) -> NDArray[Any]:
    """A view of the elements of type ``kind`` that begin at each byte; they overlap."""
    count = max(0, len(octets) - np.dtype(kind).itemsize + 1)
    found: NDArray[Any] = np.ndarray(count, kind, octets, 0, (1,))
    return found


def _length_crcs(lengths: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """[n] the stored form of the CRC of each length, by table, all at once."""
    table = _table()
    crc = np.full(len(lengths), 0xFFFFFFFF, np.uint32)
    for octet in lengths.astype("<u8").view(np.uint8).reshape(-1, 8).T:
        crc = table[(crc ^ octet) & 0xFF] ^ (crc >> np.uint32(8))
    crc = ~crc
    stored: NDArray[np.uint32] = ((crc >> np.uint32(15)) | (crc << np.uint32(17))) + _DELTA
    return stored


@lru_cache(maxsize=1)
def _table() -> NDArray[np.uint32]:
    """CRC32C of each single byte (Castagnoli's polynomial, reflected)."""
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        odd = (table & 1).astype(bool)
        table = (table >> np.uint32(1)) ^ np.where(odd, np.uint32(0x82F63B78), np.uint32(0))
    return table

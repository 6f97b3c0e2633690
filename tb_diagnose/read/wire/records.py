"""Framing of an event file: length, CRC of the length, payload, CRC of the payload."""

from __future__ import annotations

import struct

import numpy as np
from google_crc32c import value as crc32c
from numpy.typing import NDArray

from tb_diagnose.read.wire.places import anywhere

#: Bytes before and behind a payload.
HEADER, FOOTER = 12, 4
_U32 = struct.Struct("<I")
_DELTA = np.uint32(0xA282EAD8)


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


def intact(payload: bytes, footer: bytes) -> bool:
    """Whether the payload is what was written."""
    stored: int = _U32.unpack(footer)[0]
    return masked(crc32c(payload)) == stored


def headers(data: bytes) -> NDArray[np.int64]:
    """Positions in ``data`` at which 12 bytes stand that are a header with a true CRC.

    Reads every position at once: payloads under 4 GB have four zero bytes in their length, which
    leaves few positions to compute a CRC for.
    """
    if len(data) < HEADER:
        return np.empty(0, np.int64)
    octets = np.frombuffer(data, np.uint8)
    last = len(octets) - HEADER + 1
    high = octets[4 : last + 4] | octets[5 : last + 5] | octets[6 : last + 6] | octets[7 : last + 7]
    places = np.flatnonzero(high == 0)
    stored = anywhere(octets, "<u4")[places + 8]
    found: NDArray[np.int64] = places[length_crcs(anywhere(octets, "<u8")[places]) == stored]
    return found


def length_crcs(lengths: NDArray[np.uint64]) -> NDArray[np.uint32]:
    """[n] the stored form of the CRC of each length, by table, all at once."""
    crc = np.full(len(lengths), 0xFFFFFFFF, np.uint32)
    for octet in lengths.astype("<u8").view(np.uint8).reshape(-1, 8).T:
        crc = _TABLE[(crc ^ octet) & 0xFF] ^ (crc >> np.uint32(8))
    crc = ~crc
    stored: NDArray[np.uint32] = ((crc >> np.uint32(15)) | (crc << np.uint32(17))) + _DELTA
    return stored


def unmasked(stored: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """[...] the CRC32C of which ``masked`` is the stored form."""
    rotated = stored - _DELTA
    crc: NDArray[np.uint32] = (rotated << np.uint32(15)) | (rotated >> np.uint32(17))
    return crc


def _table() -> NDArray[np.uint32]:
    """CRC32C of each single byte (Castagnoli's polynomial, reflected)."""
    table = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        odd = (table & 1).astype(bool)
        table = (table >> np.uint32(1)) ^ np.where(odd, np.uint32(0x82F63B78), np.uint32(0))
    return table


_TABLE = _table()

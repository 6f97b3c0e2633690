"""Protocol buffers' wire format: just enough to walk a message without a schema compiler."""

from __future__ import annotations

VARINT, FIXED64, BYTES, START_GROUP, END_GROUP, FIXED32 = range(6)


class Malformed(ValueError):
    """The bytes are not a protocol buffer message."""


def varint(data: bytes, at: int, end: int) -> tuple[int, int]:
    """The unsigned base-128 number at ``at`` and the position behind it."""
    value = shift = 0
    while at < end:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at
        shift += 7
        if shift > 63:
            break
    raise Malformed("a number runs past its end")


def signed(value: int) -> int:
    """A varint read as int64 (two's complement)."""
    return value - (1 << 64) if value >> 63 else value


def fields(data: bytes, at: int, end: int) -> list[tuple[int, int, int, int]]:
    """``(field number, wire type, first, last)`` of each field of ``data[at:end]``.

    For a varint, ``first`` is the number itself and ``last`` the position after it; for all
    others ``data[first:last]`` is the value. Groups are skipped. Raises ``Malformed``.
    """
    found = []
    while at < end:
        key = data[at]
        at += 1
        if key >= 0x80:
            key, at = varint(data, at - 1, end)
        number, kind = key >> 3, key & 7
        if not number:
            raise Malformed("a field has the number 0")
        if kind == VARINT:
            value, at = varint(data, at, end)
            found.append((number, kind, value, at))
            continue
        if kind == START_GROUP:
            at = _behind_group(data, at, end, number)
            continue
        if kind == BYTES and at < end and data[at] < 0x80:
            first = at + 1
            at = first + data[at]
        else:
            size, first = _size(data, at, end, kind)
            at = first + size
        if at > end:
            raise Malformed("a field runs past the end of its message")
        found.append((number, kind, first, at))
    return found


def _size(data: bytes, at: int, end: int, kind: int) -> tuple[int, int]:
    if kind == BYTES:
        return varint(data, at, end)
    if kind == FIXED32:
        return 4, at
    if kind == FIXED64:
        return 8, at
    raise Malformed(f"wire type {kind} does not exist here")


def _behind_group(data: bytes, at: int, end: int, number: int, depth: int = 0) -> int:
    if depth > 100:
        raise Malformed("groups are nested too deeply")
    while at < end:
        key, at = varint(data, at, end)
        inner, kind = key >> 3, key & 7
        if kind == END_GROUP:
            if inner != number:
                raise Malformed("a group ends that had not begun")
            return at
        if kind == START_GROUP:
            at = _behind_group(data, at, end, inner, depth + 1)
        elif kind == VARINT:
            _, at = varint(data, at, end)
        else:
            size, at = _size(data, at, end, kind)
            at += size
    raise Malformed("a group has no end")


def packed(data: bytes, spans: list[tuple[int, int, int]]) -> list[int]:
    """The numbers of a repeated varint field, given its ``(wire type, first, last)`` spans."""
    numbers: list[int] = []
    for kind, first, last in spans:
        if kind == VARINT:
            numbers.append(first)
            continue
        at = first
        while at < last:
            value, at = varint(data, at, last)
            numbers.append(value)
    return numbers

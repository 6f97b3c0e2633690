"""What need not be read at all: images, sounds and graphs, known from the bytes they begin with."""

from __future__ import annotations

from collections.abc import Callable

from tb_diagnose.read.wire.wire import BYTES, Malformed, varint

#: So many bytes of a payload tell what it is.
ENOUGH = 256
#: Members of Event: graph_def, tagged_run_metadata, meta_graph_def. Members of Value: image, audio.
_EVENT_SKIPPED, _VALUE_SKIPPED = frozenset((4, 8, 9)), frozenset((4, 6))
_SUMMARY, _TENSOR = 5, 8
_WANTED = frozenset(
    (b"", b"scalars", b"histograms", b"text", b"graph_keras_model", b"hparams", b"diagnose")
)


def unwanted(start: bytes, length: int, plugin_of: Callable[[bytes], bytes]) -> bool:
    """Whether a payload of ``length`` bytes that begins with ``start`` holds nothing of use.

    That is so where a single field of no use reaches to its very end.
    """
    try:
        return _unwanted(start, length, plugin_of)
    except (IndexError, Malformed):
        return False


def _unwanted(start: bytes, length: int, plugin_of: Callable[[bytes], bytes]) -> bool:
    if start[0] != 0x09:
        return False
    at = 9
    if start[at] == 0x10:
        _, at = varint(start, at + 1, len(start))
    number, first, last = _field(start, at)
    if last != length:
        return False
    if number != _SUMMARY:
        return number in _EVENT_SKIPPED
    number, first, last = _field(start, first)
    named, begin, end = _field(start, first)
    if (number, named, last) != (1, 1, length):
        return False
    number, _, last = _field(start, end)
    plugin = plugin_of(start[begin:end])
    return last == length and (
        number in _VALUE_SKIPPED or (number == _TENSOR and plugin not in _WANTED)
    )


def _field(start: bytes, at: int) -> tuple[int, int, int]:
    """Number and span of the field of bytes at ``at``; number 0 if it is of another type."""
    key, size, at = start[at], start[at + 1], at + 2
    if key >= 0x80:
        return 0, at, at  # none that we look for has so high a number
    if size >= 0x80:  # of more than one byte
        size, at = varint(start, at - 1, len(start))
    return (key >> 3 if key & 7 == BYTES else 0), at, at + size

"""The tags at the beginning of an event file, which tell what wrote it."""

from __future__ import annotations

from tb_diagnose.read.sources.source import Place, beginning
from tb_diagnose.read.wire import records
from tb_diagnose.read.wire.records import FOOTER, HEADER
from tb_diagnose.read.wire.wire import BYTES, Malformed, fields

_ENOUGH = 1 << 14


def tags(path: Place) -> tuple[str, ...]:
    """Distinct tags in the first 16 kB of an event file, in order; none if it holds none."""
    try:
        return tuple(dict.fromkeys(_tags(beginning(path, _ENOUGH))))
    except (OSError, Malformed):
        return ()


def scalars_group(path: Place, relative: str) -> bool:
    """Whether ``add_scalars`` made the folder ``relative`` of this file: all is in its name.

    PyTorch names it ``<tag with / replaced by _>_<key>``, tensorboardX ``<tag>/<key>``.
    """
    found = tags(path)
    if len(found) != 1 or not found[0]:
        return False
    tag = found[0]
    stem = tag.replace("/", "_") + "_"
    of_torch = "/" not in relative and relative.startswith(stem) and len(relative) > len(stem)
    return of_torch or relative.rpartition("/")[0] == tag.strip("/")


def trial(path: Place) -> bool:
    """Whether PyTorch's ``add_hparams`` made the folder of this file."""
    found = tags(path)
    return found[:1] == ("_hparams_/experiment",) and "_hparams_/session_start_info" in found


def _tags(data: bytes) -> list[str]:
    found: list[str] = []
    at = 0
    while len(data) - at >= HEADER:
        size = records.length(data[at : at + HEADER])
        end = at + HEADER + size
        if size < 0 or end > len(data):
            break
        for number, kind, first, last in fields(data, at + HEADER, end):
            if number == 5 and kind == BYTES:
                found += _in_summary(data, first, last)
        at = end + FOOTER
    return found


def _in_summary(data: bytes, at: int, end: int) -> list[str]:
    found = []
    for number, kind, first, last in fields(data, at, end):
        if number == 1 and kind == BYTES:
            for inner, inner_kind, begin, stop in fields(data, first, last):
                if inner == 1 and inner_kind == BYTES:
                    found.append(data[begin:stop].decode("utf-8", "replace"))
    return found

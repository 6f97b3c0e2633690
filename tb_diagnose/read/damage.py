"""The condition of an event file, in sentences with the cure."""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.core.run import Fact
from tb_diagnose.read.event_file import EventFile, Lost
from tb_diagnose.read.sources.source import Place, beginning

#: How a file begins that is no event file → what it is and what to do.
_KNOWN = (
    (b"version https://git-lfs", "is a git-lfs pointer, not the log itself; run 'git lfs pull'."),
    (b"\x1f\x8b", "is gzip-compressed; unpack it with 'gunzip' first."),
    (b"PK\x03\x04", "is a zip archive; unpack it first."),
)


def facts(file: EventFile, where: str) -> Iterator[Fact]:
    """What is true of ``file``; ``where`` is its name in the sentences."""
    if file.error:
        message = f"{where} cannot be read ({file.error}); make it readable and try again."
        yield Fact("unreadable", message, where)
    elif not file.size:
        message = f"{where} is empty: nothing was logged to it, or its writer was never flushed."
        yield Fact("empty-file", message, where)
    elif not file.records and file.bad_from == 0 and not file.mismatched:
        yield Fact("not-event-file", f"{where} {_kind(file.path)}", where, {"bytes": file.size})
    else:
        yield from _damaged(file, where)
        yield from _truncated(file, where)


def unreadable(folder: Place, where: str, error: OSError) -> Fact:
    """The fact that a folder cannot be listed."""
    reason = error.strerror or str(error)
    message = f"folder {folder.name} cannot be read ({reason}); make it readable and try again."
    return Fact("unreadable", message, where)


def _kind(path: Place) -> str:
    head = beginning(path, 64)
    for start, message in _KNOWN:
        if head.startswith(start):
            return message
    return "is not an event file, though it is named like one; rename or remove it."


def _truncated(file: EventFile, where: str) -> Iterator[Fact]:
    tail = file.size - file.offset
    if tail and file.bad_from is None:
        message = (
            f"{where} ends in the middle of a record: {tail} bytes at offset {file.offset} are "
            "incomplete; if the training is over, copy the file again from where it was written."
        )
        yield Fact("truncated-tail", message, where, {"offset": file.offset, "bytes": tail})


def _damaged(file: EventFile, where: str) -> Iterator[Fact]:
    lost = list(file.lost)
    if file.bad_from is not None:
        lost.append(Lost(file.bad_from, file.size - file.bad_from))
    if not lost:
        return
    places = ", ".join(f"{each.offset} to {each.offset + each.size}" for each in lost[:3])
    more = f" and {len(lost) - 3} more ranges" if len(lost) > 3 else ""
    if file.mismatched and not file.records:
        message = (
            f"every checksum in {where} is wrong (bytes {places}{more}): the file is damaged, or "
            "its writer computes checksums in its own way; if so, read it with --no-checksum."
        )
    else:
        message = (
            f"{where} is damaged: bytes {places}{more} hold no intact record and are left out; "
            "copy the file again from where it was written."
        )
    numbers = {
        "offset": lost[0].offset,
        "bytes": sum(each.size for each in lost),
        "places": len(lost),
    }
    yield Fact("damaged-record", message, where, numbers)

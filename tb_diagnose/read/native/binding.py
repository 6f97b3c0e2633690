"""The C part of reading, where the package was built with a C compiler.

It does what ``decode/engine.py`` does without it, several times as fast where the order of records
does not repeat, and to the same bits; ``TB_DIAGNOSE_NATIVE=0`` in the environment does without.
"""

from __future__ import annotations

import ctypes
import os
import sys
from ctypes import POINTER, c_char_p, c_int32, c_int64, c_uint32, c_uint64, c_void_p
from functools import lru_cache
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

#: The library, as ``hatch_build.py`` names it, and the version of what passes between it and here.
FILE, INTERFACE = "native.so", 2
SWITCH = "TB_DIAGNOSE_NATIVE"
#: Kinds of curves, and news of a plugin, as the library numbers them.
PLUGIN, FLOAT, DOUBLE, HISTOGRAM = range(4)
_BYTE = ctypes.c_char.from_buffer


class Rows(ctypes.Structure):
    """Where points go, in the order written."""

    _fields_ = (
        ("numbers", c_void_p),
        ("steps", c_void_p),
        ("walls", c_void_p),
        ("values", c_void_p),
        ("count", c_int64),
        ("room", c_int64),
    )


class File(ctypes.Structure):
    """What is known of one file; see ``scan.c``."""

    _fields_ = (
        ("seen", c_void_p),
        ("known", c_int64),
        ("scalars", Rows),
        ("reduced", Rows),
        ("news", c_void_p),
        ("news_count", c_int64),
        ("news_room", c_int64),
        ("records", c_int64),
        ("curves", c_int32),
        ("histograms", c_int32),
        ("last", c_int32),
        ("checksum", c_int32),
        ("full", c_int32),
    )


#: Function → what it returns and takes.
_FUNCTIONS = {
    "reader_new": (c_void_p, ()),
    "reader_free": (None, (c_void_p,)),
    "scan": (c_int64, (c_void_p, POINTER(File), c_void_p, c_int64)),
    "teach_form": (c_int32, (c_void_p, c_char_p, *[c_uint32] * 3, c_int32, c_int32)),
    "teach_plugin": (c_int32, (c_void_p, c_char_p, c_uint64)),
    "number_of": (c_int32, (c_void_p, c_char_p, c_uint32)),
    "tags_from": (c_int32, (c_void_p, c_int32, POINTER(c_void_p), c_void_p)),
    "sort_rows": (
        c_int64,
        (*[c_void_p] * 4, c_int64, c_char_p, c_int64, *[c_void_p] * 6),
    ),
    "reduce_tensor": (None, (c_void_p, c_int64, c_void_p)),
    "crc32c": (c_uint32, (c_char_p, c_uint64)),
    "crc32c_by_table": (c_uint32, (c_char_p, c_uint64)),
}


@lru_cache(maxsize=1)
def library() -> ctypes.PyDLL | None:
    """The library; None where it was not built, is of another version, or is not wanted."""
    if os.environ.get(SWITCH, "") == "0" or sys.byteorder != "little":
        return None
    try:
        # Threads wait for one another in it: what files teach is shared by all of them.
        found = ctypes.PyDLL(str(Path(__file__).with_name(FILE)))
        if found.interface() != INTERFACE:
            return None
        for name, (result, arguments) in _FUNCTIONS.items():
            function = getattr(found, name)
            function.restype, function.argtypes = result, arguments
    except (OSError, AttributeError):
        return None
    return found


def address(array: NDArray[Any]) -> int:
    """Where its elements are in memory."""
    try:
        return ctypes.addressof(_BYTE(array.data))
    except (TypeError, ValueError):  # nothing in it, or not to be written to: this takes longer
        place: int = array.__array_interface__["data"][0]
        return place

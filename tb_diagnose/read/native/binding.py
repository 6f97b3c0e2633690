"""The C part of reading, where the package was built with a C compiler.

``reader.h`` is the only declaration of its functions and structs: what is here comes from there.
It does what ``decode/`` does without it, many times as fast. ``TB_DIAGNOSE_NATIVE=0`` in the
environment does without; a path that ends with ``.so`` names another library, such as one with
sanitizers.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import re
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_FOLDER = Path(__file__).parent
HEADER = _FOLDER / "reader.h"
#: The library, as ``hatch_build.py`` names it.
FILE = "native.so"
SWITCH = "TB_DIAGNOSE_NATIVE"
_TYPES: dict[str, Any] = {
    "double": ctypes.c_double,
    "float": ctypes.c_float,
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
    "uint32_t": ctypes.c_uint32,
    "uint64_t": ctypes.c_uint64,
    "void": None,
}


class Header:
    """What a header declares: constants and structs by name, functions as (result, arguments)."""

    def __init__(self, text: str) -> None:
        text = re.sub(r"/\*.*?\*/|^#.*?$", "", text, flags=re.DOTALL | re.MULTILINE)
        self.constants = {
            name: int(value)
            for enum in re.findall(r"enum \{(.*?)\};", text)
            for name, value in re.findall(r"(\w+) = (\d+)", enum)
        }
        self.structs = {
            name: np.dtype(list(_fields(body)))
            for body, name in re.findall(r"typedef struct \{(.*?)\} (\w+);", text, re.DOTALL)
        }
        self.functions = {
            name: (_type(result), [_type(one) for one in arguments.split(",") if one != "void"])
            for result, name, arguments in re.findall(
                r"^EXPORT ([\w ]+\*?\s?)\b(\w+)\((.*?)\);", text, re.DOTALL | re.MULTILINE
            )
        }


def _fields(body: str) -> Iterator[tuple[Any, ...]]:
    """Name, type and perhaps shape of each field in the body of a struct."""
    for kind, names in re.findall(r"(\w+) ([\w\[\], ]+);", body):
        for name, size in re.findall(r"(\w+)(?:\[(\d+)\])?", names):
            yield (name, np.dtype(_TYPES[kind]), *([(int(size),)] if size else []))


def _type(declared: str) -> Any:
    """The ctypes type of a result, or of an argument with its name."""
    if "*" in declared:
        return ctypes.c_char_p if "const char" in declared else ctypes.c_void_p
    return _TYPES[next(word for word in declared.split() if word != "const")]


@lru_cache(maxsize=1)
def header() -> Header:
    """What ``reader.h`` declares."""
    return Header(HEADER.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def library() -> ctypes.CDLL | None:
    """The library; None where it was not built, has another header, or is not wanted."""
    wanted = os.environ.get(SWITCH, "")
    if wanted == "0" or sys.byteorder != "little":
        return None
    path = wanted if wanted.endswith(".so") else str(Path(__file__).with_name(FILE))
    try:
        # Each call releases the global interpreter lock.
        found = ctypes.CDLL(path)
        for name, (result, arguments) in header().functions.items():
            function = getattr(found, name)
            function.restype, function.argtypes = result, arguments
        digest = hashlib.sha256(HEADER.read_bytes()).hexdigest()
        return found if found.header_digest().decode() == digest else None
    except (OSError, AttributeError):
        return None


def address(array: NDArray[Any]) -> int:
    """Where its elements are in memory."""
    return int(array.ctypes.data)

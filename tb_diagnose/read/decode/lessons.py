"""What all files have taught the library in ``native/``: tags, plugins, and forms of data."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from tb_diagnose.read.columns.histograms import HISTOGRAM
from tb_diagnose.read.decode.layouts import Layout
from tb_diagnose.read.native import binding
from tb_diagnose.read.wire.wire import fields

#: All is forgotten when there have been so many tags (chosen: a few hundred kilobytes).
_MOST_TAGS = 1 << 12
#: The library names so many tags at once.
_AT_ONCE = 255
_KINDS = {"<f4": binding.FLOAT, "<f8": binding.DOUBLE, HISTOGRAM: binding.HISTOGRAM}
#: Plugins of whose values more is kept than the data.
_SPECIAL = frozenset((b"hparams", b"diagnose", b"text", b"graph_keras_model"))
#: Fields of Summary and of Value.
_VALUE = _TAG = 1


class Lessons:
    """What has been learnt; ``handle`` is what the library knows it by.

    Attributes:
        plugins, tags: by number.
        worn: whether there is no more room for what the next file may teach.
    """

    def __init__(self, library: ctypes.PyDLL) -> None:
        self.library = library
        self.handle = library.reader_new()
        if not self.handle:
            raise MemoryError
        self.plugins: list[bytes] = []
        self.tags: list[bytes] = []
        self._names: list[str] = []
        self._full = False
        self._forms: set[tuple[bytes, bytes]] = set()
        self.plugin(b"")

    def __del__(self) -> None:
        self.library.reader_free(self.handle)

    @property
    def worn(self) -> bool:
        return self._full or len(self.tags) > _MOST_TAGS

    def plugin(self, name: bytes) -> int:
        """The number of a plugin; -1 if there is no room for it."""
        if name not in self.plugins:
            if not self.library.teach_plugin(self.handle, name, len(name)):
                self._full = True
                return -1
            self.plugins.append(name)
        return self.plugins.index(name)

    def number(self, tag: bytes) -> int:
        """The number of a tag."""
        number: int = self.library.number_of(self.handle, tag, len(tag))
        if number < 0:
            raise MemoryError
        return number

    def name(self, number: int) -> str:
        """A tag by its number, as text."""
        if number >= len(self._names):
            self._look()
        return self._names[number]

    def _look(self) -> None:
        """Looks which tags are new."""
        octets, lengths = ctypes.c_void_p(), np.empty(_AT_ONCE + 1, np.uint32)
        count = _AT_ONCE
        while count == _AT_ONCE:
            count = self.library.tags_from(
                self.handle, len(self.tags), octets, binding.address(lengths)
            )
            ends = np.cumsum(lengths[:count]).tolist()
            if count:
                data = ctypes.string_at(octets, ends[-1])
                self.tags += [data[first:last] for first, last in pairwise([0, *ends])]
        self._names += [tag.decode("utf-8", "replace") for tag in self.tags[len(self._names) :]]

    def learn(self, layout: Layout) -> None:
        """Learns the forms of all data that records of this layout have."""
        plugins = dict(layout.plugins)
        for tag, first, last in _data(layout.body):
            name, form = plugins.get(tag, b""), layout.body[first:last]
            holes = [hole for hole in layout.holes if first <= hole.first < last]
            if len(holes) != 1 or name in _SPECIAL or (form, name) in self._forms:
                continue
            self._forms.add((form, name))
            at, size, kind = holes[0].first - first, holes[0].size, _KINDS[holes[0].kind]
            plugin = self.plugin(name)
            if plugin < 0 or not self.library.teach_form(
                self.handle, form, len(form), at, size, kind, plugin
            ):
                self._full = True


def _data(body: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Tag and span of what stands right behind it, for each value in a body."""
    for _, _, *summary in fields(body, 0, len(body)):
        for number, _, *value in fields(body, *summary):
            inner = list(fields(body, *value)) if number == _VALUE else []
            if len(inner) > 1 and inner[0][0] == _TAG:
                _, _, begin, first = inner[0]
                yield body[begin:first], first, inner[1][3]


def latest(library: ctypes.PyDLL) -> Lessons:
    """What the files before have taught, if there is room for more."""
    global _LATEST  # noqa: PLW0603 (shared by all files, as the layouts are)
    if _LATEST is None or _LATEST.worn:
        _LATEST = Lessons(library)
    return _LATEST


_LATEST: Lessons | None = None

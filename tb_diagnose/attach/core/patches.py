"""Instance attributes put over methods for as long as a step is traced, and taken off again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tb_diagnose.attach.core.recorder import Recorder

#: Makes the method that stands in for ``original`` while hooks are on.
Wrap = Callable[[Any], Any]
_MISSING = object()


@contextmanager
def patched(owner: Any, name: str, value: Any) -> Iterator[None]:
    """``owner.name`` is ``value`` within; a framework's attribute tracking does not notice."""
    before = owner.__dict__.get(name, _MISSING)
    object.__setattr__(owner, name, value)
    try:
        yield
    finally:
        restore(owner, name, before)


def restore(owner: Any, name: str, before: Any) -> None:
    """The instance attribute as it was, or none."""
    if before is _MISSING:
        owner.__dict__.pop(name, None)
    else:
        object.__setattr__(owner, name, before)


class Patches:
    """Methods that report to the recorder of the thread that calls them.

    Replicas trace one step in a thread each, by turns: the hooks go on with the first and off with
    the last, and each thread has a recorder of its own.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads = 0
        self._wraps: list[tuple[Any, str, Wrap]] = []
        self._undo: list[tuple[Any, str, Any]] = []
        self._local = threading.local()

    @property
    def recorder(self) -> Recorder | None:
        """The recorder of this thread, None outside of ``recording``."""
        return getattr(self._local, "recorder", None)

    @contextmanager
    def recording(
        self, recorder: Recorder, wraps: Callable[[], Sequence[tuple[Any, str, Wrap]]]
    ) -> Iterator[None]:
        """Hooks are on within. ``wraps`` lists what goes over which method of which object."""
        self._local.recorder = recorder
        with self._lock:
            self._threads += 1
            if self._threads == 1:
                self._install(wraps())
        try:
            yield
        finally:
            self._local.recorder = None
            with self._lock:
                self._threads -= 1
                if self._threads == 0:
                    self._remove()

    def _install(self, wraps: Sequence[tuple[Any, str, Wrap]]) -> None:
        for owner, name, wrap in wraps:
            self._undo.append((owner, name, owner.__dict__.get(name, _MISSING)))
            object.__setattr__(owner, name, wrap(getattr(owner, name)))

    def _remove(self) -> None:
        while self._undo:
            restore(*self._undo.pop())

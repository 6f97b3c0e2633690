"""What is in a folder: its event files in the order of their time stamps, and its folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tb_diagnose.read.sources.remote import Remote
from tb_diagnose.read.sources.source import Place


@dataclass
class Listing:
    """Event files and sub-folders of one folder; ``error`` where it cannot be listed."""

    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    error: OSError | None = None

    @property
    def bears_events(self) -> bool:
        return bool(self.files) or self.error is not None


class Listings:
    """Lists each folder once; keeps a listing only as long as the walk is near it."""

    def __init__(self) -> None:
        self._known: dict[Place, Listing] = {}

    def of(self, path: Place) -> Listing:
        if path not in self._known:
            try:
                self._known[path] = listing(path)
            except OSError as error:
                self._known[path] = Listing(error=error)
        return self._known[path]

    def forget(self, path: Place) -> None:
        self._known.pop(path, None)


def listing(path: Place) -> Listing:
    listing = Listing()
    for name, is_folder in path.entries() if isinstance(path, Remote) else _entries(path):
        if is_folder:
            listing.folders.append(name)
        elif "tfevents" in name:
            listing.files.append(name)
    listing.folders.sort()
    listing.files.sort(key=_by_time)
    return listing


def _entries(path: Path) -> Iterator[tuple[str, bool]]:
    """Name of each file and folder in a local folder, and whether it is a folder."""
    with os.scandir(path) as entries:
        for entry in entries:
            with suppress(OSError):
                if entry.is_dir() or entry.is_file():
                    yield entry.name, entry.is_dir()


def _by_time(name: str) -> tuple[float, str]:
    stamp = re.search(r"tfevents\.(\d+(?:\.\d+)?)", name)
    return float(stamp.group(1)) if stamp else 0.0, name

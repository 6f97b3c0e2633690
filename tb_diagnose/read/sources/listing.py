"""What is in a folder: its event files in the order of their time stamps, and its folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
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

    def __init__(self, known: Mapping[Place, Listing] | None = None) -> None:
        self._known = dict(known or {})
        self._below: dict[Place, list[Place]] = {}

    def of(self, path: Place) -> Listing:
        known = self._known.get(path)
        if known is None:
            try:
                known = listing(path)
            except OSError as error:
                known = Listing(error=error)
            self._known[path] = known
        return known

    def below(self, path: Place) -> list[Place]:
        """The folders in a folder. To make these paths, and to compare two of them, takes long."""
        known = self._below.get(path)
        if known is None:
            known = self._below[path] = [path / name for name in self.of(path).folders]
        return known

    def forget(self, path: Place) -> None:
        self._known.pop(path, None)
        self._below.pop(path, None)


def listing(path: Place) -> Listing:
    listing = Listing()
    for name, is_folder in path.entries() if isinstance(path, Remote) else _entries(path):
        if is_folder:
            listing.folders.append(name)
        elif "tfevents" in name:
            listing.files.append(name)
    listing.folders.sort()
    if len(listing.files) > 1:
        listing.files.sort(key=_by_time)
    return listing


def _entries(path: Path) -> Iterator[tuple[str, bool]]:
    """Name of each file and folder in a local folder, and whether it is a folder."""
    with os.scandir(path) as entries:
        for entry in entries:
            try:
                folder = entry.is_dir()
                known = folder or entry.is_file()
            except OSError:
                continue
            if known:
                yield entry.name, folder


def _by_time(name: str) -> tuple[float, str]:
    stamp = re.search(r"tfevents\.(\d+(?:\.\d+)?)", name)
    return float(stamp.group(1)) if stamp else 0.0, name

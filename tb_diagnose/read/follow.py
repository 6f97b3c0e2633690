"""Following the files of a cluster as they grow."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tb_diagnose.core.run import Fact, Run
from tb_diagnose.read import damage
from tb_diagnose.read.file import EventFile
from tb_diagnose.read.sources.listing import Listings
from tb_diagnose.read.trainings import assemble, tracks
from tb_diagnose.read.walk import Cluster, Folder


@dataclass
class _Followed:
    """One folder: its files by name, and the plugin of each tag seen in it."""

    folder: Folder
    files: dict[str, EventFile] = field(default_factory=dict)
    plugins: dict[bytes, bytes] = field(default_factory=dict)
    fact: Fact | None = None


class Follower:
    """Reads a cluster, and on each ``refresh`` only what was appended since the last one.

    ``checksum=False`` leaves the CRCs of payloads unchecked; those of lengths are always checked.
    """

    def __init__(self, cluster: Cluster, *, checksum: bool = True) -> None:
        self.cluster = cluster
        self.checksum = checksum
        self._folders: dict[str, _Followed] = {}
        self._runs: list[Run] | None = None

    def refresh(self, listings: Listings | None = None) -> bool:
        """Reads on; True if anything changed: more data, new files, files gone or replaced.

        Folders are listed anew, except those that ``listings`` knows.
        """
        changed = False
        listings = listings or Listings()
        for folder in self.cluster.members(listings):
            followed = self._folders.setdefault(folder.relative, _Followed(folder))
            followed.folder = folder
            changed |= self._refresh(followed, listings)
        if changed:
            self._runs = None
        return changed

    def _refresh(self, followed: _Followed, listings: Listings) -> bool:
        folder = followed.folder
        fact = None
        try:
            names = folder.event_files(listings)
        except OSError as error:
            names = list(followed.files)
            fact = damage.unreadable(folder.path, folder.relative, error)
        changed = fact != followed.fact or names != list(followed.files)
        followed.fact = fact
        known = followed.files
        followed.files = {
            name: known.get(name)
            or EventFile(folder.path / name, followed.plugins, checksum=self.checksum)
            for name in names
        }
        for file in followed.files.values():
            changed |= file.refresh()
        return changed

    def runs(self) -> list[Run]:
        """The runs as far as they have been read, in the order in which they began."""
        if self._runs is None:
            self._runs = self._assembled()
        return self._runs

    @np.errstate(all="ignore")  # of what is odd in the numbers, the diagnoses tell
    def _assembled(self) -> list[Run]:
        parts, facts = [], []
        for relative, followed in self._folders.items():
            if followed.fact is not None:
                facts.append(followed.fact)
            for name, file in followed.files.items():
                part = tracks.part(relative, name, file.columns)
                parts.append(part)
                facts += damage.facts(file, f"{relative}/{name}" if relative else name)
        return assemble.runs(self.cluster.name, str(self.cluster.path), parts, facts)


def load(cluster: Cluster, *, checksum: bool = True, walked: bool = False) -> list[Run]:
    """Reads a cluster as it stands: usually one run, several where trainings share a folder.

    Where the walk has just been there (``walked``), its folder is not listed once more.
    """
    follower = Follower(cluster, checksum=checksum)
    known = walked and cluster.listing
    follower.refresh(Listings({cluster.path: known} if known else None))
    return follower.runs()

"""Following the files of a cluster as they grow."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from tb_diagnose.core.run import Fact, Run
from tb_diagnose.read import damage
from tb_diagnose.read.discover import Cluster, Folder
from tb_diagnose.read.event_file import EventFile
from tb_diagnose.read.sessions import assemble, segments
from tb_diagnose.read.sources.listing import Listings
from tb_diagnose.read.sources.source import readable


@dataclass
class _Followed:
    """One folder and its files by name; ``fact`` where the folder cannot be listed."""

    folder: Folder
    files: dict[str, EventFile] = field(default_factory=dict)
    fact: Fact | None = None


class Follower:
    """Reads a cluster, and on each ``refresh`` only what was appended since the last one.

    What it holds is what reading the cluster again would give, whatever became of its files and
    folders meanwhile. ``checksum=False`` leaves the CRCs of payloads unchecked; those of lengths
    are always checked.
    """

    def __init__(self, cluster: Cluster, *, checksum: bool = True) -> None:
        self.cluster = cluster
        self.checksum = checksum
        self._folders: dict[str, _Followed] = {}
        self._runs: list[Run] | None = None

    def refresh(self, listings: Listings | None = None) -> bool:
        """Reads on; True if anything changed: more data, new files, files gone or replaced.

        Folders are listed again, except those that ``listings`` knows.
        """
        listings = listings or Listings()
        known, self._folders = self._folders, {}
        for folder in self.cluster.members(listings):
            followed = known.get(folder.relative) or _Followed(folder)
            followed.folder = folder
            self._folders[folder.relative] = followed
        changed = list(known) != list(self._folders)
        for followed in self._folders.values():
            changed |= self._refresh(followed, listings)
        if changed:
            self._runs = None
        return changed

    def _refresh(self, followed: _Followed, listings: Listings) -> bool:
        folder = followed.folder
        names: list[str] = []
        fact = None
        try:
            names = folder.event_files(listings)
        except OSError as error:
            fact = damage.unreadable(folder.path, folder.relative, error)
        changed = fact != followed.fact or names != list(followed.files)
        followed.fact = fact
        known = followed.files
        followed.files = {
            name: known.get(name) or EventFile(folder.path / name, checksum=self.checksum)
            for name in names
        }
        for name, file in followed.files.items():
            file.path = folder.path / name
            changed |= file.refresh()
        files = list(followed.files.values())
        for index, file in enumerate(files):
            changed |= file.inherit(files[:index])
        return changed

    def runs(self) -> list[Run]:
        """The runs as far as they have been read, in the order in which they began."""
        if self._runs is None:
            self._runs = self._assembled()
        return self._runs

    def close(self) -> None:
        """Frees what only reading on would take."""
        for followed in self._folders.values():
            for file in followed.files.values():
                file.close()

    @np.errstate(all="ignore")  # of what is odd in the numbers, the diagnoses tell
    def _assembled(self) -> list[Run]:
        files, facts = [], []
        for relative, followed in self._folders.items():
            if followed.fact is not None:
                facts.append(followed.fact)
            for name, file in followed.files.items():
                found = segments.log_file(relative, readable(name), file.contents)
                files.append(found)
                facts += damage.facts(file, found.name)
        return assemble.runs(self.cluster.name, readable(str(self.cluster.path)), files, facts)


def load(cluster: Cluster, *, checksum: bool = True, walked: bool = False) -> list[Run]:
    """Reads a cluster as it stands: usually one run, several where trainings share a folder.

    Where the walk has just been there (``walked``), its folder is not listed once more.
    """
    follower = Follower(cluster, checksum=checksum)
    known = walked and cluster.listing
    follower.refresh(Listings({cluster.path: known} if known else None))
    follower.close()
    return follower.runs()

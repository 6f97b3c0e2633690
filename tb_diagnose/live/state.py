"""What is remembered of each run between two looks at it, and what is new about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from tb_diagnose.core.finding import Severity
from tb_diagnose.read import Cluster, Place
from tb_diagnose.report.document.schema import RunPart, RunVerdict

#: (folder, file) → inode and bytes: what changes whenever a file does.
Files = Mapping[tuple[str, str], tuple[int, int]]


class News(NamedTuple):
    """A run of which there is something to tell.

    Attributes:
        part: the run as it stands.
        found: ids of the findings that were not told yet, or are graver than when they were told.
        gone: ids of findings that were told and hold no longer.
    """

    part: RunPart
    found: frozenset[str]
    gone: tuple[str, ...]


@dataclass(eq=False)
class Told:
    """One run: the rank of each finding that was told, those that are gone, how it fares."""

    ranks: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    verdict: RunVerdict = "undecided"
    points: int = 0


@dataclass(eq=False)
class Kept:
    """One cluster: its files at the last look and when judged, what was told of its runs."""

    cluster: Cluster
    names: list[tuple[tuple[str, str], Place]] = field(default_factory=list)
    files: Files = field(default_factory=dict)
    judged: Files = field(default_factory=dict)
    pending: bool = True
    grows: bool = False
    due: float = 0.0
    runs: list[Told] = field(default_factory=list)
    problem: str = ""

    def meets(self, cluster: Cluster) -> None:
        """Takes the cluster as the last walk found it."""
        self.cluster, self.names = cluster, []
        for folder in cluster.folders:
            # What cannot be listed, or has just gone, is what the reader tells about.
            with suppress(OSError):
                for name in folder.event_files():
                    self.names.append(((folder.relative, name), folder.path / name))

    def now(self) -> Files:
        """Its files as they are at this moment."""
        found = {}
        for name, path in self.names:
            with suppress(OSError):
                status = path.stat()
                found[name] = status.st_ino, status.st_size
        return found


def inodes(files: Files) -> dict[tuple[str, str], int]:
    return {name: inode for name, (inode, _) in files.items()}


def size(files: Files) -> int:
    return sum(size for _, size in files.values())


def new(part: RunPart, known: Told) -> Iterator[News]:
    """What is to be told of a run, and from now on is known."""
    known.verdict, known.points = part["verdict"], part["points"]
    holds = {
        each["id"]: Severity(each["severity"]).rank
        for each in part["outcomes"]
        if each["verdict"] == "found"
    }
    found = [each for each, rank in holds.items() if rank < known.ranks.get(each, len(Severity))]
    gone = [each for each in known.ranks if each not in holds and each not in known.gone]
    known.ranks |= {each: holds[each] for each in found}
    known.gone |= {*gone}
    if found or gone:
        yield News(part, frozenset(found), tuple(gone))

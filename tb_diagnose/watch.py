"""Log directories that are still being written: what is new since the last look.

A look at a run that has not changed costs a listing of its folder. A run that grows is read from
where reading ended, and judged again when it is worth it: once it has grown by a hundredth, once it
has come to rest, or once it has waited for much longer than the last look took. So judging, which
goes over whole curves, costs each record the same in the end however long its run becomes, and what
little was appended to a long run is judged while nothing else is to be done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from tb_diagnose.examine import examine
from tb_diagnose.findings import Severity
from tb_diagnose.fleet import told
from tb_diagnose.read import Cluster, NothingToRead, Place, Shelf, clusters, place
from tb_diagnose.report.document import summary
from tb_diagnose.report.run import run_part
from tb_diagnose.report.shapes import POINTS, Problem, RunPart, RunVerdict, Summary
from tb_diagnose.settings import Settings

#: Share of its size by which a run has to grow before it is judged again while it still grows.
SHARE = 0.01
#: How many times as long as the last look took a run may wait at most.
_PATIENCE = 20.0
#: Bytes of event files of which the curves stay in memory. Of the runs that changed longest ago
#: only the sizes are kept: they are read anew if they ever grow.
HELD = 1 << 29

#: (folder, file) → inode and bytes: what changes whenever a file does.
_Files = Mapping[tuple[str, str], tuple[int, int]]


@dataclass(frozen=True)
class News:
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
class _Told:
    """One run: the rank of each finding that was told, those that are gone, how it fares."""

    ranks: dict[str, int] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    verdict: RunVerdict = "undecided"
    points: int = 0


@dataclass(eq=False)
class _Kept:
    """One cluster: its files at the last look and when judged, what was told of its runs."""

    files: _Files = field(default_factory=dict)
    judged: _Files = field(default_factory=dict)
    pending: bool = False
    since: float = 0.0
    runs: list[_Told] = field(default_factory=list)
    problem: str = ""


class Watch:
    """Everything below some paths; each ``look`` tells what is new since the one before.

    A finding is told once: when it becomes decidable, and again only if it turns graver. One that
    holds no longer is told once, too. Runs that are not there yet are told of when they come.

    Raises OSError, one sentence, where what it takes to read an address is not installed.
    """

    def __init__(
        self,
        paths: Sequence[Place],
        settings: Settings,
        *,
        checksum: bool = True,
        held: int = HELD,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._paths = [place(path) for path in paths]
        #: Path → why it could not be walked when it was last tried.
        self._unreachable: dict[str, str] = {}
        self._settings = settings
        self._shelf = Shelf(held, checksum=checksum)
        self._clock = clock
        self._patience = 0.0
        self._kept: dict[Place, _Kept] = {}

    def look(self) -> Iterator[News | Problem]:
        """One look at everything, told run by run."""
        begin = self._clock()
        known = self._unreachable
        found, self._unreachable = self._walked()
        for where, says in sorted(self._unreachable.items() - known.items()):
            yield Problem(path=where, says=f"{where} was not read: {says}")
        for path in () if self._unreachable else self._kept.keys() - found.keys():
            del self._kept[path]
            self._shelf.drop(path)
        for path, cluster in found.items():
            yield from self._looked_at(path, cluster)
        self._patience = _PATIENCE * (self._clock() - begin)

    def summary(self) -> Summary:
        """How all runs fare as far as they have been judged."""
        runs = [each for kept in self._kept.values() for each in kept.runs]
        problems = sum(bool(kept.problem) for kept in self._kept.values()) + len(self._unreachable)
        return summary([each.verdict for each in runs], sum(each.points for each in runs), problems)

    def _walked(self) -> tuple[dict[Place, Cluster], dict[str, str]]:
        """Every cluster there is now, once; and the paths that cannot be reached, with the why."""
        found: dict[Place, Cluster] = {}
        unreachable = {}
        for path in self._paths:
            try:
                for cluster in clusters([path]):
                    found.setdefault(cluster.path.resolve(), cluster)
            except NothingToRead:
                # A training may yet begin, and create the folder.
                continue
            except OSError as error:
                unreachable[str(path)] = str(error)
        return {cluster.path: cluster for cluster in found.values()}, unreachable

    def _looked_at(self, path: Place, cluster: Cluster) -> Iterator[News | Problem]:
        kept = self._kept.setdefault(path, _Kept())
        files = _files(cluster)
        grows, kept.files = files != kept.files, files
        kept.pending |= grows
        if not kept.pending or (grows and not self._worth_it(kept)):
            return
        kept.pending, kept.judged, kept.since = False, files, self._clock()
        try:
            runs = self._shelf.refreshed(cluster, _size(files)).runs()
            parts = [run_part(examine(run, self._settings), POINTS) for run in runs]
        except Exception as error:  # noqa: BLE001  one folder's failure must not hinder the others
            says = f"{cluster.path} was not read: {told(error)}"
            if says != kept.problem:
                yield Problem(path=str(cluster.path), says=says)
            kept.problem = says
            self._shelf.drop(path)
            return
        kept.problem = ""
        kept.runs += [_Told() for _ in parts[len(kept.runs) :]]
        del kept.runs[len(parts) :]
        for part, known in zip(parts, kept.runs, strict=True):
            yield from _new(part, known)

    def _worth_it(self, kept: _Kept) -> bool:
        """Whether to judge a run again although it still grows."""
        if _inodes(kept.files) != _inodes(kept.judged):
            return True
        known = _size(kept.judged)
        changed = abs(_size(kept.files) - known)
        return changed >= SHARE * known or self._clock() - kept.since > self._patience


def _files(cluster: Cluster) -> _Files:
    found = {}
    for folder in cluster.folders:
        # What cannot be listed or has just gone is what the reader tells about.
        with suppress(OSError):
            for name in folder.event_files():
                with suppress(OSError):
                    status = (folder.path / name).stat()
                    found[folder.relative, name] = status.st_ino, status.st_size
    return found


def _inodes(files: _Files) -> dict[tuple[str, str], int]:
    return {name: inode for name, (inode, _) in files.items()}


def _size(files: _Files) -> int:
    return sum(size for _, size in files.values())


def _new(part: RunPart, known: _Told) -> Iterator[News]:
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

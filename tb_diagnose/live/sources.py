"""Where runs that grow come from: a ``Source`` has feeds, each of them the runs of one folder."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple, Protocol

from tb_diagnose.core.run import Run
from tb_diagnose.live.pace import Pace
from tb_diagnose.read import (
    Cluster,
    Follower,
    NothingToRead,
    Place,
    clusters,
    gather,
    identity,
    load,
)

#: Seconds between two walks at least, and their share of the time: new runs show up soon, and
#: 100,000 folders are not walked without pause (chosen).
_EVERY, _SHARE = 2.0, 0.1
#: Nanoseconds within which a file system may give two changes the same time stamp.
_TICK = 20_000_000
#: File → device, inode and bytes; when it was written to and when changed at all, ns since 1970.
Stamps = dict[Place, tuple[tuple[int, int, int], int, int]]


class Feed(Protocol):
    """The runs of one folder, as far as they have been written."""

    def has_changed(self) -> bool:
        """Whether there may be more to read; cheap."""

    def read_on(self) -> bool:
        """Reads what there is; True if anything changed."""

    def runs(self) -> Sequence[Run]:
        """The runs as they were last read."""

    def written(self) -> float:
        """When it was last written to, seconds since 1970; -inf where nobody knows."""

    def put_aside(self) -> None:
        """Frees what can be read again."""

    def load(self) -> Sequence[Run]:
        """The runs, read again; for threads other than the one that follows."""


class Source(Protocol):
    """All that is followed.

    Attributes:
        sampled: whether points are missing from the curves.
        where: what is followed, for a person.
        problems: path → why it could not be walked when it was last tried.
    """

    @property
    def sampled(self) -> bool: ...

    @property
    def where(self) -> str: ...

    @property
    def problems(self) -> Mapping[str, str]: ...

    def feeds(self, *, at_once: bool = False) -> Mapping[str, Feed]:
        """What there is, by a key that stays; the same feed for the same key.

        Seen a moment ago where looking takes long, but ``at_once`` seen now.
        """


class LogDirectory(NamedTuple):
    """A folder or file, and the group that TensorBoard's ``--logdir_spec`` gives its runs."""

    path: Place
    group: str = ""


class Folders:
    """The folders with event files below some paths, which may come and go."""

    sampled = False

    def __init__(
        self,
        directories: Sequence[LogDirectory],
        *,
        checksum: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._directories = directories
        self._checksum = checksum
        self._pace = Pace(_SHARE, at_least=_EVERY, clock=clock)
        self._feeds: dict[str, FolderFeed] = {}
        #: What the last walk through each directory found.
        self._found: dict[LogDirectory, list[Cluster]] = {}
        self.problems: dict[str, str] = {}

    @property
    def where(self) -> str:
        return ", ".join(str(directory.path) for directory in self._directories)

    def feeds(self, *, at_once: bool = False) -> Mapping[str, Feed]:
        if at_once or self._pace.is_due:
            with self._pace:
                self._feeds = self._walked()
        return self._feeds

    def _walked(self) -> dict[str, FolderFeed]:
        self.problems = {}
        found: dict[Hashable, Cluster] = {}
        for directory in self._directories:
            self._walk(directory)
            for cluster in self._found.get(directory, ()):
                gather(found, cluster.node or identity(cluster.path), cluster)
        return {str(cluster.path): self._feed(cluster) for cluster in found.values()}

    def _walk(self, directory: LogDirectory) -> None:
        """Looks for the clusters in a directory; of one that cannot be reached, nothing is new."""
        found: list[Cluster] = []
        try:
            # One by one: those that come before an error count.
            found.extend(_named(cluster, directory) for cluster in clusters([directory.path]))
        except NothingToRead as error:
            # A training may yet begin, and create the folder; or some folders are too deep.
            if found:
                self.problems[str(directory.path)] = str(error)
        except OSError as error:
            self.problems[str(directory.path)] = str(error)
            return
        self._found[directory] = found

    def _feed(self, cluster: Cluster) -> FolderFeed:
        feed = self._feeds.get(str(cluster.path))
        if feed is None:
            return FolderFeed(cluster, checksum=self._checksum)
        feed.update(cluster)
        return feed


class FolderFeed:
    """The files of one cluster, which are read on where a file is not as it was."""

    def __init__(self, cluster: Cluster, *, checksum: bool = True) -> None:
        self._checksum = checksum
        self._reader: Follower | None = None
        self._runs: Sequence[Run] = ()
        self._stamps: Stamps | None = None
        self.update(cluster)

    def update(self, cluster: Cluster) -> None:
        """Takes the cluster as the last walk found it."""
        files: list[Place] = []
        for folder in cluster.folders:
            # What cannot be listed, or has just gone, is what the reader tells about.
            with suppress(OSError):
                files += [folder.path / name for name in folder.event_files()]
        self._cluster, self._files = cluster, files

    def has_changed(self) -> bool:
        return self._stamps is None or stamps(self._files) != self._stamps

    def read_on(self) -> bool:
        found, begin = stamps(self._files), time.time_ns()
        reader, first = self._reader, self._reader is None
        self._reader = None  # one that fails is not used again
        reader = reader or Follower(self._cluster, checksum=self._checksum)
        reader.cluster = self._cluster
        changed = reader.refresh() or first
        self._reader, self._runs = reader, reader.runs()
        # What could not be read may be readable the next time.
        missed = any(fact.kind == "unreadable" for run in self._runs for fact in run.facts)
        recent = any(abs(begin - at) <= _TICK for _, *moments in found.values() for at in moments)
        self._stamps = None if missed or recent else found
        return changed

    def runs(self) -> Sequence[Run]:
        return self._runs

    def written(self) -> float:
        changed = max((moment for _, moment, _ in stamps(self._files).values()), default=0)
        return changed / 1e9 if changed else -math.inf

    def put_aside(self) -> None:
        if self._stamps is not None:  # else it is to be read again at the next look
            self._reader, self._runs = None, ()

    def load(self) -> Sequence[Run]:
        return load(self._cluster, checksum=self._checksum)


def stamps(files: Sequence[Place]) -> Stamps:
    """What is not the same once a file has changed, however that came about."""
    found: Stamps = {}
    for file in files:
        with suppress(OSError):
            status = file.stat()
            which = status.st_dev, status.st_ino, status.st_size
            found[file] = which, status.st_mtime_ns, status.st_ctime_ns
    return found


def _named(cluster: Cluster, directory: LogDirectory) -> Cluster:
    """The cluster as TensorBoard names it: in its group, if it has one."""
    if not directory.group:
        return cluster
    alone = cluster.path == directory.path
    name = directory.group if alone else f"{directory.group}/{cluster.name}"
    return cluster._replace(name=name)

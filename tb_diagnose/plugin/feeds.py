"""Where runs come from as they grow: the folders of a log directory."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from tb_diagnose.core.run import Run
from tb_diagnose.plugin.places import Place
from tb_diagnose.read import Cluster, Follower, NothingToRead, clusters, load

#: Seconds between two walks of the log directory, and how many times the last walk's duration:
#: new runs show up quickly, and a directory of 100,000 folders is not walked without pause.
_EVERY, _SHARE = 2.0, 10.0


class Feed(Protocol):
    """One unit of work: the runs of one folder, as far as they have been written."""

    def refresh(self) -> bool:
        """Reads on; True if anything changed."""

    def runs(self) -> Sequence[Run]:
        """The runs as they stand."""

    def put_aside(self) -> None:
        """Forget what can be read again, until there is more to read."""

    def again(self) -> Sequence[Run]:
        """The runs, read anew; for threads other than the one that follows."""


class Source(Protocol):
    """All that TensorBoard was told to show."""

    @property
    def sampled(self) -> bool:
        """Whether points are missing from the curves."""

    @property
    def where(self) -> str:
        """What is being followed, for a person."""

    def feeds(self) -> Mapping[str, Feed]:
        """What there is now, by a key that stays; the same feed for the same key."""


class Logdir:
    """Local folders, each walked for runs."""

    sampled = False

    def __init__(
        self, places: Sequence[Place], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._places = places
        self._clock = clock
        self._next = float("-inf")
        self._feeds: dict[str, Growing] = {}

    @property
    def where(self) -> str:
        return ", ".join(str(each.path) for each in self._places)

    def feeds(self) -> Mapping[str, Feed]:
        begin = self._clock()
        if begin >= self._next:
            self._feeds = self._walked()
            end = self._clock()
            self._next = end + max(_EVERY, _SHARE * (end - begin))
        return self._feeds

    def _walked(self) -> dict[str, Growing]:
        found: dict[str, Growing] = {}
        for place in self._places:
            try:
                for cluster in clusters([place.path]):
                    key = str(cluster.path)
                    named = _named(cluster, place)
                    found.setdefault(key, self._feeds.get(key) or Growing(named))
            except NothingToRead:
                # A training may yet begin, and create the folder.
                continue
        return found


class Growing:
    """The files of one cluster, read as they grow."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._follower = Follower(cluster)
        self._aside: list[object] | None = None
        self._more = False

    def refresh(self) -> bool:
        if self._aside is not None:
            if self._stamp() == self._aside:
                return False
            self._aside = None
        more, self._more = self._more, False
        return self._follower.refresh() or more

    def runs(self) -> Sequence[Run]:
        return self._follower.runs()

    def again(self) -> Sequence[Run]:
        return load(self._cluster)

    def put_aside(self) -> None:
        stamp = self._stamp()
        # What came since the last look must not be taken for known.
        self._more |= self._follower.refresh()
        if not self._more:
            self._follower, self._aside = Follower(self._cluster), stamp

    def _stamp(self) -> list[object]:
        """What changes whenever a file does."""
        found: list[object] = []
        for folder in self._cluster.members():
            try:
                for name in folder.event_files():
                    status = (folder.path / name).stat()
                    found.append((folder.relative, name, status.st_ino, status.st_size))
            except OSError as error:
                found.append((folder.relative, error.errno))
        return found


def _named(cluster: Cluster, place: Place) -> Cluster:
    """The cluster as TensorBoard names it: in its group, if it has one."""
    if not place.group:
        return cluster
    alone = cluster.path == place.path
    return cluster._replace(name=place.group if alone else f"{place.group}/{cluster.name}")

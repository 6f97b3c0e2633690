"""What has been read of growing runs, kept as far as memory allows."""

from __future__ import annotations

from tb_diagnose.read.follow import Follower
from tb_diagnose.read.sources.source import Place
from tb_diagnose.read.walk import Cluster

#: Bytes that go with every cluster, however small its files are (measured: 12 kB).
_EMPTY = 1 << 14


class Shelf:
    """Followers of the clusters that were last read, within a budget of bytes.

    What is in memory of a cluster takes at most about as much as half of its event files, so the
    budget counts the bytes of those. A cluster that is larger than the whole budget is kept until
    the next one is read; one that is no longer kept is read from the start when it is asked for.
    """

    def __init__(self, budget: int, *, checksum: bool = True) -> None:
        self._budget = budget
        self._checksum = checksum
        #: Follower and bytes, the one that was read longest ago first.
        self._kept: dict[Place, tuple[Follower, int]] = {}
        self._size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def refreshed(self, cluster: Cluster, size: int) -> Follower:
        """The cluster, of ``size`` bytes now, read as far as it goes."""
        follower = self._taken(cluster.path) or Follower(cluster, checksum=self._checksum)
        follower.cluster = cluster  # of more files by now, where they are named one by one
        follower.refresh()
        self._kept[cluster.path] = follower, size + _EMPTY
        self._size += size + _EMPTY
        while self._size > self._budget and len(self._kept) > 1:
            self._taken(next(iter(self._kept)))
        return follower

    def drop(self, path: Place) -> None:
        """Forgets a cluster that is gone, or could not be read."""
        self._taken(path)

    def _taken(self, path: Place) -> Follower | None:
        follower, size = self._kept.pop(path, (None, 0))
        self._size -= size
        return follower

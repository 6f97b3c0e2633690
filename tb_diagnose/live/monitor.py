"""Runs that are judged again as they grow: one monitor for --watch, the tab and the training loop.

A look at a folder that has not changed costs a question for each file. One that has is read from
where reading ended, and its runs are judged as a whole; how often, a share of the time decides.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Generic, NamedTuple

from tb_diagnose.core.run import Run
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.examine import Examination, examine
from tb_diagnose.engine.time_limit import UNLIMITED, TimeLimit
from tb_diagnose.live.changes import Reported
from tb_diagnose.live.folder import FollowedFolder, FollowedRun, R, RunData, age, as_written, size
from tb_diagnose.live.pace import Pace
from tb_diagnose.live.sources import Source
from tb_diagnose.parallel.local import one_line
from tb_diagnose.report.document.schema import Problem
from tb_diagnose.roles.resolve import resolve_roles

#: Bytes of runs to hold in memory; those that changed longest ago are put aside.
HELD = 1 << 29
_log = logging.getLogger(__name__)


class Update(NamedTuple):
    """What a look brought: a ``folder`` that was judged, or a ``problem`` that is new, or neither
    where folders are gone.
    """

    folder: FollowedFolder[Any] | None = None
    problem: Problem | None = None


class Monitor(Generic[R]):
    """Everything that a source gives, judged as it grows.

    What it holds of a folder that has come to rest is what reading and judging it again would give.

    Attributes:
        folders: by the key of the feed.
        complete: whether everything has been looked at once.
    """

    def __init__(
        self,
        source: Source,
        settings: Settings,
        render: Callable[[Examination], R],
        *,
        share: float = 1.0,
        held: float = HELD,
        time_limit: TimeLimit = UNLIMITED,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Reading and judging a folder takes at most a ``share`` of the time, of 1; ``held`` bytes
        of runs are kept.
        """
        self.source = source
        self.folders: dict[str, FollowedFolder[R]] = {}
        self.complete = False
        self._settings = settings
        self._render = render
        self._share = share
        self._held = held
        self._time_limit = time_limit
        self._clock = clock
        self._changes = 0
        self._problems: dict[str, str] = {}
        self._lock = threading.Lock()
        #: The runs that were last read again for ``data``, and what came of it.
        self._again: tuple[object, list[RunData]] = None, []

    def look(self, *, ended: bool | None = None) -> Iterator[Update]:
        """One look at everything, folder by folder.

        ``ended`` says whether the training is over, where that is known; one that is over is judged
        at once. Else it is over once nothing has changed for ``REST`` seconds.
        """
        yield from self._follow(at_once=bool(ended))
        for key, folder in list(self.folders.items()):
            if not (ended or folder.pace.is_due):
                continue
            known = folder.problem
            if self._refresh(key, folder, ended=ended):
                yield Update(folder)
            elif folder.problem != known:
                yield Update(problem=Problem(path=key, message=folder.problem))
        self.complete = True

    def problems(self) -> list[Problem]:
        """All that could not be read at the last look."""
        found = {key: folder.problem for key, folder in self.folders.items() if folder.problem}
        return [Problem(path=k, message=why) for k, why in {**self._problems, **found}.items()]

    def data(self, folder: FollowedFolder[R], at: int) -> RunData:
        """What a folder's run at that place was judged from, for any thread.

        Read again where it was put aside. Raises LookupError where the run is gone meanwhile.
        """
        if held := folder.held:
            return held[at]
        with self._lock:
            # A page asks for several curves of a run, one after another.
            if self._again[0] is not folder.runs:
                self._again = folder.runs, self._with_roles(folder.feed.load())
            return self._again[1][at]

    def _with_roles(self, runs: Sequence[Run]) -> list[RunData]:
        return [RunData(run, resolve_roles(run, self._settings.roles)) for run in runs]

    def _follow(self, *, at_once: bool) -> Iterator[Update]:
        """Takes up the folders that came, and forgets those that are gone."""
        feeds = self.source.feeds(at_once=at_once)
        known, self._problems = self._problems, {}
        for path, why in self.source.problems.items():
            self._problems[path] = _not_read(path, why)
            if known.get(path) != self._problems[path]:
                yield Update(problem=Problem(path=path, message=self._problems[path]))
        gone = self.folders.keys() - feeds.keys()
        before = self.folders
        self.folders = {
            key: before[key]
            if key in before and before[key].feed is feed
            else FollowedFolder(feed, Pace(self._share, clock=self._clock))
            for key, feed in feeds.items()
        }
        if gone:
            yield Update()

    def _refresh(self, key: str, folder: FollowedFolder[R], *, ended: bool | None) -> bool:
        """Looks at a folder; True if it was judged."""
        try:
            changed = folder.feed.has_changed()
            if not changed and folder.growing == folder.is_growing(self._clock(), ended=ended):
                return False
            with folder.pace:
                judged = self._read_and_judge(folder, ended=ended, changed=changed)
            folder.problem = ""
        except Exception as error:  # noqa: BLE001  one folder's failure must not hinder the others
            _log.debug("%s could not be judged.", key, exc_info=True)
            folder.fail(_not_read(key, one_line(error)))
            judged = False
        if judged or folder.problem:
            self._changes += 1
            folder.changed = self._changes
            self._spare()
        return judged

    def _read_and_judge(
        self, folder: FollowedFolder[R], *, ended: bool | None, changed: bool
    ) -> bool:
        """Reads on; judges, and returns True, where anything is new."""
        changed &= folder.feed.read_on()
        runs = folder.feed.runs()
        if folder.growing is None:
            folder.last_change = self._clock() - age(folder.feed, runs)
        elif changed:
            folder.last_change = self._clock()
        growing = folder.is_growing(self._clock(), ended=ended)
        if not changed and growing == folder.growing and not folder.problem:
            return False
        folder.growing = growing
        self._judge(folder, [as_written(run) for run in runs] if growing else runs)
        return True

    def _judge(self, folder: FollowedFolder[R], runs: Sequence[Run]) -> None:
        limit, growing = self._time_limit, bool(folder.growing)
        found = [examine(run, self._settings, growing=growing, time_limit=limit) for run in runs]
        folder.reported += [Reported() for _ in found[len(folder.reported) :]]
        del folder.reported[len(found) :]
        folder.held = [RunData(one.run, one.roles) for one in found]
        folder.size = sum(map(size, runs))
        folder.runs = [
            FollowedRun(self._render(one), reported.update(one.outcomes))
            for one, reported in zip(found, folder.reported, strict=True)
        ]

    def _spare(self) -> None:
        """Puts aside what changed longest ago until the rest is small enough; not the newest."""
        total = sum(folder.size for folder in self.folders.values())
        if total <= self._held:
            return
        held = [folder for folder in self.folders.values() if folder.size]
        for folder in sorted(held, key=lambda folder: folder.changed)[:-1]:
            if total > self._held:
                total -= folder.size
                folder.put_aside()


def _not_read(path: str, why: str) -> str:
    return f"{path} was not read: {why}"

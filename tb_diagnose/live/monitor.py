"""Log directories that are still being written: what is new since the last look.

A look at a run that has not changed costs a question for the size of each file. A run that grows is
read from where reading ended, and judged again when it is worth it: once it has grown by a
hundredth, once it has come to rest, or once it has waited for much longer than judging takes.
So judging, which goes over whole curves, costs each record the same in the end however long its run
becomes, and what little was appended to a long run is judged while nothing else is to be done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tb_diagnose.core.run import Run
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.examine import examine
from tb_diagnose.live.state import Kept, News, Told, inodes, new, size
from tb_diagnose.parallel.local import one_line
from tb_diagnose.read import Cluster, FollowerCache, NothingToRead, Place, clusters, gather, place
from tb_diagnose.report.document import summary
from tb_diagnose.report.document.run import run_part
from tb_diagnose.report.document.schema import POINTS, Problem, Summary

#: Share of its size by which a run has to grow before it is judged again while it still grows.
SHARE = 0.01
#: How many times as long as a walk took it is until the next one: between walks, only the files
#: that are known are looked at.
_SELDOM = 10.0
#: How many times as long as the look at which it was judged took a run may wait at most.
_PATIENCE = 20.0
#: Bytes of event files of which the curves stay in memory. Of the runs that changed longest ago
#: only the sizes are kept: they are read anew if they ever grow.
HELD = 1 << 29
#: What is true of many a file that is being written.
_UNFINISHED = ("truncated-tail", "empty-file")


class Watch:
    """Everything below some paths; each ``look`` tells what is new since the one before.

    A finding is told once: when it becomes decidable, and again only if it turns graver. One that
    holds no longer is told once, too. Runs that are not there yet are told of when they come.

    Raises OSError, one sentence, where what it takes to read an address is not installed.
    """

    def __init__(
        self,
        paths: Sequence[str | Place],
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
        self._followers = FollowerCache(held, checksum=checksum)
        self._clock = clock
        self._next = float("-inf")
        self._kept: dict[Place, Kept] = {}

    def look(self) -> Iterator[News | Problem]:
        """One look at everything, told run by run."""
        begin = self._clock()
        if begin >= self._next:
            yield from self._walk()
            self._next = self._clock() + _SELDOM * (self._clock() - begin)
        judged = []
        for kept in self._kept.values():
            if self._is_due(kept):
                judged.append(kept)
                yield from self._judged(kept)
        end = self._clock()
        for kept in judged:
            kept.due = end + _PATIENCE * (end - begin)

    def summary(self) -> Summary:
        """How all runs fare as far as they have been judged."""
        runs = [each for kept in self._kept.values() for each in kept.runs]
        problems = sum(bool(kept.problem) for kept in self._kept.values()) + len(self._unreachable)
        return summary([each.verdict for each in runs], sum(each.points for each in runs), problems)

    def _walk(self) -> Iterator[Problem]:
        """Finds the runs and files that came, and forgets those that are gone."""
        found: dict[Place, Cluster] = {}
        known, self._unreachable = self._unreachable, {}
        for path in self._paths:
            try:
                for cluster in clusters([path]):
                    gather(found, self._key(cluster.path), cluster)
            except NothingToRead:
                # A training may yet begin, and create the folder.
                continue
            except OSError as error:
                self._unreachable[str(path)] = str(error)
        for where, message in sorted(self._unreachable.items() - known.items()):
            yield Problem(path=where, message=f"{where} was not read: {message}")
        for path in () if self._unreachable else self._kept.keys() - found.keys():
            self._followers.drop(self._kept.pop(path).cluster.path)
        for path, cluster in found.items():
            self._kept.setdefault(path, Kept(cluster)).meets(cluster)

    def _key(self, path: Place) -> Place:
        """What tells a folder from all others, even if several paths lead to it."""
        return path if len(self._paths) == 1 else path.resolve()

    def _is_due(self, kept: Kept) -> bool:
        """Whether to judge a cluster now."""
        files = kept.now()
        kept.grows, kept.files = files != kept.files, files
        kept.pending |= kept.grows
        return kept.pending and (not kept.grows or self._worth_it(kept))

    def _judged(self, kept: Kept) -> Iterator[News | Problem]:
        kept.pending, kept.judged = False, kept.files
        try:
            runs = self._followers.refreshed(kept.cluster, size(kept.files)).runs()
            kept.pending = _has(runs, "unreadable") or (kept.grows and _has(runs, *_UNFINISHED))
            if kept.grows:
                runs = [_as_written(run) for run in runs]
            parts = [
                run_part(examine(run, self._settings, growing=kept.grows), POINTS, brief=True)
                for run in runs
            ]
        except Exception as error:  # noqa: BLE001  one folder's failure must not hinder the others
            where = kept.cluster.path
            message = f"{where} was not read: {one_line(error)}"
            if message != kept.problem:
                yield Problem(path=str(where), message=message)
            kept.problem = message
            self._followers.drop(where)
            return
        kept.problem = ""
        kept.runs += [Told() for _ in parts[len(kept.runs) :]]
        del kept.runs[len(parts) :]
        for part, known in zip(parts, kept.runs, strict=True):
            yield from new(part, known)

    def _worth_it(self, kept: Kept) -> bool:
        """Whether to judge a run again although it still grows."""
        if inodes(kept.files) != inodes(kept.judged):
            return True
        known = size(kept.judged)
        changed = abs(size(kept.files) - known)
        return changed >= SHARE * known or self._clock() > kept.due


def _has(runs: Sequence[Run], *kinds: str) -> bool:
    """Whether such a thing is true of any of the logs: it may be otherwise at the next look."""
    return any(fact.kind in kinds for run in runs for fact in run.facts)


def _as_written(run: Run) -> Run:
    """A run that still grows: that its file ends too early is no news until it rests."""
    return replace(run, facts=tuple(fact for fact in run.facts if fact.kind not in _UNFINISHED))

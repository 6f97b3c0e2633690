"""Where runs come from when their files cannot be reached: TensorBoard's data provider.

It keeps a sample of the points of each curve and drops those that are not finite; the tab says so.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from tb_diagnose.core.run import Run
from tb_diagnose.live.pace import Pace
from tb_diagnose.live.sources import Feed
from tb_diagnose.plugin.provided import Asked, run
from tb_diagnose.roles.patterns import TRAIN, VALIDATION

#: Seconds between two looks at what the provider has; it reloads every 5 s itself.
_EVERY = 5.0

#: Plugin, run and tag → the last step and moment: what tells that there is more to read.
Stamp = Mapping[tuple[str, str, str], tuple[int, float]]


class Sampled:
    """The runs of one experiment. ``asked.ctx`` is the context of the latest request."""

    sampled = True
    where = "the data that TensorBoard was given"
    problems: Mapping[str, str] = {}

    def __init__(self, asked: Asked, clock: Callable[[], float] = time.monotonic) -> None:
        self.asked = asked
        self._pace = Pace(1.0, at_least=_EVERY, clock=clock)
        self._feeds: dict[str, _Provided] = {}

    def feeds(self, *, at_once: bool = False) -> Mapping[str, Feed]:
        if at_once or self._pace.is_due:
            with self._pace:
                self._look()
        return self._feeds

    def _look(self) -> None:
        names = [each.run_name for each in self.asked.runs()]
        stamps = self.asked.stamps()
        feeds: dict[str, _Provided] = {}
        for name, folders in grouped(names).items():
            known = self._feeds.get(name)
            same = known is not None and known.folders == folders
            feed = known if known is not None and same else _Provided(self.asked, name, folders)
            runs = set(folders.values())
            feed.stamp = {key: last for key, last in stamps.items() if key[1] in runs}
            feeds[name] = feed
        self._feeds = feeds


class _Provided:
    """One run, read again whenever there is more of it: the sample may have changed anywhere."""

    def __init__(self, asked: Asked, name: str, folders: Mapping[str, str]) -> None:
        self.folders = folders
        self.stamp: Stamp = {}
        self._asked = asked
        self._name = name
        self._read: Stamp | None = None
        self._runs: Sequence[Run] = ()

    def has_changed(self) -> bool:
        return self._read != self.stamp

    def read_on(self) -> bool:
        stamp = self.stamp
        self._runs = self.load()
        self._read = stamp
        return True

    def runs(self) -> Sequence[Run]:
        return self._runs

    def written(self) -> float:
        return max((moment for _, moment in self.stamp.values()), default=-math.inf)

    def put_aside(self) -> None:
        self._runs = ()

    def load(self) -> Sequence[Run]:
        return [run(self._asked, self._name, self.folders)]


def grouped(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """What a person calls a run → folder in it → what TensorBoard calls a run.

    Splits such as ``train`` and ``validation`` belong to the run above them, unless they stand
    beside folders that are no splits, where ``test`` is the name of an experiment.
    """
    known = sorted(names)
    beside: dict[str, list[str]] = {}
    for name in known:
        parent, _, leaf = name.rpartition("/")
        beside.setdefault(parent, []).append(leaf.lower())
    found: dict[str, dict[str, str]] = {}
    for name in known:
        parent, _, leaf = name.rpartition("/")
        if leaf.lower() in TRAIN | VALIDATION and _splits(parent or ".", beside[parent], known):
            found.setdefault(parent or ".", {})[leaf] = name
        else:
            found.setdefault(name, {})[""] = name
    return found


def _splits(parent: str, leaves: list[str], known: list[str]) -> bool:
    splits = [leaf for leaf in leaves if leaf in TRAIN | VALIDATION]
    apart = len(splits) == len([leaf for leaf in leaves if leaf != "."])
    return parent in known or apart or (len(splits) > 1 and any(leaf in TRAIN for leaf in splits))

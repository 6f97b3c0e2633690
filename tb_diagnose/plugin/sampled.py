"""Where runs come from when their files cannot be reached: TensorBoard's data provider.

It keeps a sample of the points of each curve and drops those that are not finite; the tab says so.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence

from tb_diagnose.core.run import Run
from tb_diagnose.plugin.feeds import Feed
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

    def __init__(self, asked: Asked, clock: Callable[[], float] = time.monotonic) -> None:
        self.asked = asked
        self._clock = clock
        self._next = float("-inf")
        self._feeds: dict[str, _Provided] = {}

    def feeds(self) -> Mapping[str, Feed]:
        now = self._clock()
        if now >= self._next:
            self._next = now + _EVERY
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
    """One run, read anew whenever there is more of it: the sample may have changed anywhere."""

    def __init__(self, asked: Asked, name: str, folders: Mapping[str, str]) -> None:
        self.folders = folders
        self.stamp: Stamp = {}
        self._asked = asked
        self._name = name
        self._read: Stamp | None = None

    def refresh(self) -> bool:
        if self._read == self.stamp:
            return False
        self._read = self.stamp
        return True

    def runs(self) -> Sequence[Run]:
        return [run(self._asked, self._name, self.folders)]

    again = runs

    def put_aside(self) -> None:
        """Nothing is kept here."""


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

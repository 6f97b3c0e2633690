"""What the runs say together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from tb_diagnose.core.finding import Outcome
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.compare import RunSummary
from tb_diagnose.engine.examine import compare, selected


class Together:
    """Compares runs after they changed, but at most a part of the time.

    ``pause`` is how many times as long as a comparison takes there is none after it.
    """

    def __init__(self, settings: Settings, clock: Callable[[], float], pause: float) -> None:
        self._settings = settings
        self._clock = clock
        self._pause = pause
        self._stale = False
        self._due = float("-inf")
        self._outcomes: Sequence[Outcome] = ()
        #: Whether the settings ask for any diagnosis of several runs.
        self.wanted = bool(selected(settings, several=True))

    def changed(self) -> None:
        """Some run is not as it was when runs were last compared."""
        self._stale = self.wanted

    @property
    def due(self) -> bool:
        """Whether the next ``outcomes`` may differ from the last ones."""
        return self._stale and self._clock() >= self._due

    def outcomes(self, glances: Mapping[str, RunSummary]) -> Sequence[Outcome]:
        """What came of comparing the runs of these names, now or the last time."""
        if self.due:
            begin, self._stale = self._clock(), False
            named = [each._replace(run=name) for name, each in glances.items()]
            self._outcomes = compare(named, self._settings) if len(named) > 1 else ()
            end = self._clock()
            self._due = end + self._pause * (end - begin)
        return self._outcomes

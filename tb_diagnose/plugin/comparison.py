"""What runs say together, compared again when some of them changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from tb_diagnose.core.finding import Outcome
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.compare import RunSummary
from tb_diagnose.engine.examine import compare, selected
from tb_diagnose.live.pace import Pace


class Comparison:
    """Compares runs after they changed, for at most a share of the time."""

    def __init__(
        self, settings: Settings, share: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._settings = settings
        self._pace = Pace(share, clock=clock)
        self._stale = False
        self._outcomes: Sequence[Outcome] = ()
        #: Whether the settings ask for any diagnosis of several runs.
        self.wanted = bool(selected(settings, several=True))

    def changed(self) -> None:
        """Some run is not as it was when runs were last compared."""
        self._stale = self.wanted

    @property
    def is_due(self) -> bool:
        """Whether the next ``outcomes`` may differ from the last ones."""
        return self._stale and self._pace.is_due

    def outcomes(self, summaries: Mapping[str, RunSummary]) -> Sequence[Outcome]:
        """What came of comparing the runs of these names, now or the last time."""
        if self.is_due:
            with self._pace:
                self._stale = False
                named = [summary._replace(run=name) for name, summary in summaries.items()]
                self._outcomes = compare(named, self._settings) if len(named) > 1 else ()
        return self._outcomes

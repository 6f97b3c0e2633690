"""The one thread that follows the logs, as long as somebody looks."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from tb_diagnose.core.settings import SettingsError
from tb_diagnose.parallel.local import one_line
from tb_diagnose.plugin.snapshot import Snapshot
from tb_diagnose.plugin.snapshots import Snapshots

#: Seconds between two looks: with the page's own 2 s, news is 3 s old. As many as the last look
#: took, so that half of the time is TensorBoard's, but not more than so many.
_EVERY, _PAUSE = 1.0, 5.0
#: Seconds between two new versions while a look is under way.
_PUBLISH = 0.5
#: Seconds after the last question from a page at which the thread rests until the next one.
_IDLE = 60.0
_log = logging.getLogger(__name__)


class Watcher:
    """Looks at the logs from a daemon thread and keeps the newest snapshot.

    The thread starts with the first question: a TensorBoard whose Diagnose tab nobody opens pays
    nothing for it.
    """

    def __init__(self, make: Callable[[], Snapshots], every: float = _EVERY) -> None:
        self._make = make
        self._every = every
        self._snapshots: Snapshots | None = None
        self._lock = threading.Lock()
        self._wanted = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._asked = float("-inf")
        self._snapshot = Snapshot(_now(), "starting", "The logs are about to be read.")

    def latest(self) -> Snapshot:
        """The newest snapshot, at once; and a word to the thread that somebody looks."""
        with self._lock:
            self._asked = time.monotonic()
            self._wanted.set()
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="tb-diagnose", daemon=True)
                self._thread.start()
            return self._snapshot

    def stop(self) -> None:
        """Ends the thread after the feed it is at."""
        self._stopped.set()
        self._wanted.set()

    def _work(self) -> None:
        while self._wanted.wait() and not self._stopped.is_set():
            begin = time.monotonic()
            try:
                self._look()
            except SettingsError as error:
                self._fail(str(error))
            except Exception as error:  # noqa: BLE001  the next round may do better
                if self._fail(one_line(error)):
                    _log.exception("The Diagnose tab could not read the logs; it tries again.")
            end = time.monotonic()
            with self._lock:
                if end - self._asked > _IDLE:
                    self._wanted.clear()
            self._stopped.wait(max(self._every, min(end - begin, _PAUSE)))

    def _look(self) -> None:
        if self._snapshots is None:
            self._snapshots = self._make()
        # A page may show an error, or "about to be read", that is no longer true.
        news = self._snapshot.state in ("starting", "error")
        published = time.monotonic()
        for _ in self._snapshots.look():
            news = True
            if self._stopped.is_set():
                return
            if time.monotonic() - published >= _PUBLISH:
                self._publish(self._snapshots.snapshot())
                news, published = False, time.monotonic()
        if news or self._snapshot.message:
            self._publish(self._snapshots.snapshot())

    def _fail(self, message: str) -> bool:
        """Shows the error with what was known before it; False if it is shown already."""
        known = self._snapshot
        if (known.state, known.message) == ("error", message):
            return False
        self._publish(replace(known, version=_now(), state="error", message=message))
        return True

    def _publish(self, snapshot: Snapshot) -> None:
        with self._lock:
            self._snapshot = snapshot


def _now() -> int:
    return int(time.time() * 1000)

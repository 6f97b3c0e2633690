"""What stands behind the routes: the logs that are followed, and the settings."""

from __future__ import annotations

import threading
from functools import partial
from typing import Any

from tensorboard import plugin_util
from werkzeug import wrappers

from tb_diagnose.core import settings as configuration
from tb_diagnose.core.settings import Settings, SettingsError
from tb_diagnose.live.sources import Folders, Source
from tb_diagnose.pipeline import vocabulary
from tb_diagnose.plugin import answers
from tb_diagnose.plugin.log_directories import log_directories
from tb_diagnose.plugin.provided import Asked
from tb_diagnose.plugin.questions import Answer, Question, Refused
from tb_diagnose.plugin.sampled import Sampled
from tb_diagnose.plugin.snapshots import Snapshots
from tb_diagnose.plugin.watch import Watcher

#: Experiments that are followed at once where TensorBoard serves many.
_MOST = 8
#: Routes whose answers may take a second and 100 MB, and how many are worked on at once: however
#: many are asked for, that bounds the memory.
_COSTLY, _AT_ONCE = ("curves", "heats", "heat", "export"), 2


class Service:
    """Answers the routes of one TensorBoard."""

    def __init__(self, context: Any) -> None:
        found = log_directories(context)
        self._provider = context.data_provider
        self._local = Watcher(partial(_snapshots, Folders(found))) if found else None
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(_AT_ONCE)
        self._hosted: dict[str, tuple[Asked, Watcher]] = {}

    def begin(self) -> None:
        """Start to follow the local logs, before anybody asks."""
        if self._local is not None:
            self._local.latest()

    def answer(self, route: str, request: wrappers.Request) -> Answer:
        """The answer to one request, at once. Raises Refused with a sentence."""
        watcher = self._local or self._experiment(request)
        question = Question(watcher.latest(), request.args, _settings_or_defaults)
        question.check()
        if route not in _COSTLY:
            return answers.ROUTES[route](question)
        with self._places:
            return answers.ROUTES[route](question)

    def _experiment(self, request: wrappers.Request) -> Watcher:
        """Who follows the experiment that is asked for.

        Raises what the provider raises where it may not be seen.
        """
        if self._provider is None:
            raise Refused(404, "TensorBoard was given neither a log directory nor other data")
        ctx = plugin_util.context(request.environ)
        experiment = plugin_util.experiment_id(request.environ)
        self._provider.experiment_metadata(ctx, experiment_id=experiment)
        with self._lock:
            asked, watcher = (
                self._hosted.pop(experiment)
                if experiment in self._hosted
                else self._new(experiment)
            )
            asked.ctx = ctx
            self._hosted[experiment] = asked, watcher
            while len(self._hosted) > _MOST:
                longest_ago = next(iter(self._hosted))
                self._hosted.pop(longest_ago)[1].stop()
        return watcher

    def _new(self, experiment: str) -> tuple[Asked, Watcher]:
        asked = Asked(self._provider, experiment)
        return asked, Watcher(partial(_snapshots, Sampled(asked)))


def _snapshots(source: Source) -> Snapshots:
    return Snapshots(source, _settings())


def _settings() -> Settings:
    """As on the command line: from the nearest settings file. Raises SettingsError."""
    return configuration.check(configuration.load(Settings()), vocabulary())


def _settings_or_defaults() -> Settings:
    try:
        return _settings()
    except SettingsError:
        return Settings()

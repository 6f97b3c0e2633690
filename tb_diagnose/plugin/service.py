"""What stands behind the routes: the thread that follows the logs, and the settings."""

from __future__ import annotations

from typing import Any

from werkzeug import wrappers

from tb_diagnose import settings as configuration
from tb_diagnose.checkup import vocabulary
from tb_diagnose.plugin import answers
from tb_diagnose.plugin.answers import Answer
from tb_diagnose.plugin.feeds import Logdir
from tb_diagnose.plugin.follow import Following
from tb_diagnose.plugin.places import places
from tb_diagnose.plugin.watch import Watcher
from tb_diagnose.settings import Settings, SettingsError


class Service:
    """Answers the routes of one TensorBoard."""

    def __init__(self, context: Any) -> None:
        self._places = places(context)
        self._watcher = Watcher(self._following)

    def answer(self, route: str, request: wrappers.Request) -> Answer:
        """The answer to one request, at once. Raises Refused with a sentence."""
        snapshot = self._watcher.latest()
        if route == "catalogue":
            return answers.catalogue(_settings_or_defaults())
        return answers.ROUTES[route](snapshot, request.args)

    def _following(self) -> Following:
        return Following(Logdir(self._places), _settings())


def _settings() -> Settings:
    """As on the command line: from the nearest settings file. Raises SettingsError."""
    return configuration.check(configuration.load(Settings()), vocabulary())


def _settings_or_defaults() -> Settings:
    try:
        return _settings()
    except SettingsError:
        return Settings()

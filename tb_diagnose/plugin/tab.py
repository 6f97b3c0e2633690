"""The plugin as TensorBoard knows it: a tab, and routes below ``/data/plugin/diagnose/``.

All routes are GET and change nothing; TensorBoard has no protection against forged requests.
Nothing heavy is imported before the first of them is called.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tensorboard import errors
from tensorboard.backend import http_util
from tensorboard.plugins import base_plugin
from werkzeug import wrappers

from tb_diagnose.plugin import bundle

if TYPE_CHECKING:
    from tb_diagnose.plugin.service import Service

#: Routes that ``service`` answers; a test holds that they are all it knows.
ROUTES = ("state", "runs", "run", "curves", "heats", "heat", "export", "catalog")
_YEAR = 365 * 24 * 3600
_log = logging.getLogger(__name__)
Handler = Callable[[wrappers.Request], wrappers.Response]


class DiagnosePlugin(base_plugin.TBPlugin):  # type: ignore[misc]
    """Serves the Diagnose tab."""

    plugin_name = "diagnose"

    def __init__(self, context: Any) -> None:
        super().__init__(context)
        self._context = context
        self._service: Service | None = None
        self._lock = threading.Lock()
        self._ahead = False

    # An error in the next two would take away all of TensorBoard's tabs: they answer constants.

    def data_plugin_names(self) -> tuple[str, ...]:
        """The tab is active where any of these has data."""
        return ("diagnose", "scalars", "histograms", "graph_keras_model")

    def frontend_metadata(self) -> Any:
        """The page and its name. It is asked for when somebody opens TensorBoard."""
        self._look_ahead()
        return base_plugin.FrontendMetadata(es_module_path="/static/index.js", tab_name="Diagnose")

    def is_active(self) -> bool:
        """Asked only where ``data_plugin_names`` settles nothing."""
        return False

    def get_plugin_apps(self) -> dict[str, Any]:
        """The routes."""
        apps = {f"/{route}": _guarded(self._answering(route)) for route in ROUTES}
        return {"/static/*": _guarded(_static), **apps}

    def _look_ahead(self) -> None:
        """Begin to read a local log directory, so that it is known when the tab is opened."""
        with contextlib.suppress(Exception):
            if self._context.logdir and not self._ahead:
                self._ahead = True
                threading.Thread(target=self._begin, name="tb-diagnose-ahead", daemon=True).start()

    def _begin(self) -> None:
        try:
            self._served().begin()
        except Exception:  # noqa: BLE001  the first route that is called tells what is wrong
            _log.debug("The Diagnose tab could not look ahead.", exc_info=True)

    def _answering(self, route: str) -> Handler:
        def answer(request: wrappers.Request) -> wrappers.Response:
            from tb_diagnose.plugin.questions import Refused

            try:
                answer = self._served().answer(route, request)
            except Refused as refused:
                return _said(request, refused.code, str(refused))
            headers = []
            if answer.filename:
                headers.append(("Content-Disposition", f'attachment; filename="{answer.filename}"'))
            return _responded(request, answer.content, answer.mime, headers=headers)

        return answer

    def _served(self) -> Service:
        with self._lock:
            if self._service is None:
                from tb_diagnose.plugin.service import Service

                self._service = Service(self._context)
            return self._service


def _guarded(handler: Handler) -> Any:
    """A handler as a WSGI application that fails with a sentence, not with TensorBoard."""

    def guarded(request: wrappers.Request) -> wrappers.Response:
        if request.method not in ("GET", "HEAD"):
            return _said(request, 405, "only GET is answered here", [("Allow", "GET, HEAD")])
        try:
            return handler(request)
        except errors.PublicError:
            raise
        except Exception as error:  # noqa: BLE001  it must not spread to the other tabs
            _log.exception("The Diagnose tab could not answer %s.", request.path)
            message = f"{type(error).__name__}; the log of TensorBoard tells more"
            return _said(request, 500, f"the Diagnose tab failed: {message}")

    return wrappers.Request.application(guarded)


def _static(request: wrappers.Request) -> wrappers.Response:
    name = request.path.rpartition("/static/")[2]
    file = bundle.file(name)
    if file is None:
        return _said(request, 404, "there is no such file in the Diagnose tab")
    return _responded(
        request,
        file.content,
        file.mime,
        content_encoding=file.encoding,
        expires=_YEAR if file.hashed else 0,
    )


def _said(
    request: wrappers.Request, code: int, message: str, headers: list[tuple[str, str]] | None = None
) -> wrappers.Response:
    return _responded(request, message, "text/plain", code=code, headers=headers)


def _responded(
    request: wrappers.Request, content: bytes | str, mime: str, **more: Any
) -> wrappers.Response:
    response: wrappers.Response = http_util.Respond(request, content, mime, **more)
    return response

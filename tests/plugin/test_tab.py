"""The plugin as TensorBoard meets it, without TensorBoard's server around it."""

from __future__ import annotations

import ast
import gzip
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tensorboard import errors
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client

import tb_diagnose.plugin.loader
from tb_diagnose.plugin.loader import DiagnoseLoader
from tb_diagnose.plugin.service import Service
from tb_diagnose.plugin.tab import DiagnosePlugin
from tests.events import Log

CONTEXT = TBContext(flags=SimpleNamespace(logdir="", logdir_spec=""), logdir="")


def client(context: TBContext, route: str) -> Client:
    return Client(DiagnosePlugin(context).get_plugin_apps()[route])


def test_the_loader_imports_next_to_nothing() -> None:
    tree = ast.parse(Path(tb_diagnose.plugin.loader.__file__).read_text())
    top = [each for each in tree.body if isinstance(each, ast.Import | ast.ImportFrom)]
    modules = {getattr(each, "module", None) for each in top}
    assert modules == {"__future__", "typing", "tensorboard.plugins.base_plugin"}


def test_starting_imports_nothing_that_reads_or_judges() -> None:
    code = """
import sys
from tensorboard.plugins.base_plugin import TBContext
from tb_diagnose.plugin.loader import DiagnoseLoader
plugin = DiagnoseLoader().load(TBContext())
plugin.get_plugin_apps(), plugin.frontend_metadata(), plugin.data_plugin_names(), plugin.is_active()
print(*sorted(each for each in sys.modules if each.startswith("tb_diagnose")))
"""
    run = [sys.executable, "-c", code]
    out = subprocess.run(run, capture_output=True, text=True, check=True).stdout  # noqa: S603
    assert out.split() == [
        "tb_diagnose",
        "tb_diagnose.plugin",
        "tb_diagnose.plugin.bundle",
        "tb_diagnose.plugin.loader",
        "tb_diagnose.plugin.tab",
    ]


def test_what_all_tabs_hang_on_needs_nothing() -> None:
    plugin = DiagnoseLoader().load(TBContext())
    assert "scalars" in plugin.data_plugin_names()
    assert plugin.frontend_metadata().es_module_path == "/static/index.js"
    assert plugin.is_active() is False


def test_a_logdir_is_followed(tmp_path: Path) -> None:
    with Log(tmp_path / "run") as log:
        log.scalars("loss", [3.0, 2.0, 1.0])
    asked = client(TBContext(logdir=str(tmp_path), flags=CONTEXT.flags), "/state")
    state: Any = asked.get("/state").json
    assert state["state"] in ("starting", "ready")
    assert state["sampled"] is False


def test_nothing_to_show_is_a_sentence() -> None:
    reply = client(CONTEXT, "/state").get("/state")
    assert (reply.status_code, reply.mimetype) == (404, "text/plain")
    assert "neither a log directory nor other data" in reply.text


def test_only_get_is_answered() -> None:
    asked = client(CONTEXT, "/state")
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        reply = asked.open("/state", method=method)
        assert reply.status_code == 405
        assert "GET" in reply.headers["Allow"]


def test_a_broken_answer_is_a_sentence_without_details(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("a secret")

    monkeypatch.setattr(Service, "answer", broken)
    reply = client(CONTEXT, "/runs").get("/runs")
    assert reply.status_code == 500
    assert reply.text == "the Diagnose tab failed: ValueError; the log of TensorBoard tells more"
    assert "a secret" in caplog.text


def test_errors_of_tensorboard_stay_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise errors.PermissionDeniedError("not yours")

    monkeypatch.setattr(Service, "answer", refused)
    with pytest.raises(errors.PermissionDeniedError):
        client(CONTEXT, "/runs").get("/runs")


def test_the_page_is_served_packed() -> None:
    reply = client(CONTEXT, "/static/*").get(
        "/data/plugin/diagnose/static/index.js", headers={"Accept-Encoding": "gzip"}
    )
    assert reply.mimetype == "text/javascript"
    assert b"render" in gzip.decompress(reply.data)
    assert "no-cache" in reply.headers["Cache-Control"]

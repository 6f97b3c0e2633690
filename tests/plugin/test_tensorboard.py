"""The tab in real TensorBoard processes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.events import Log
from tests.plugin.server import NO_TENSORFLOW, Server, curve, needs_install, tensorboard

pytestmark = needs_install
BROKEN = "def broken(*_, **__): raise RuntimeError('broken on purpose')"
PLUGIN = f"{BROKEN}\nfrom tb_diagnose.plugin.tab import DiagnosePlugin as P"
#: A run named to get out of every quotation there is.
HOSTILE = "<img src=x onerror=alert(1)>\"'&%2e #2"

needs_tensorflow = pytest.mark.skipif(
    find_spec("tensorflow") is None, reason="TensorFlow is not installed here"
)


def training(folder: Path, losses: list[float]) -> None:
    with Log(folder / "train") as log:
        log.tensors("epoch_loss", losses)


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    training(folder / "well", [1 / (1 + epoch) for epoch in range(10)])
    training(folder / "ill", [1.0, 0.9, math.nan, *[math.nan] * 7])
    training(folder / HOSTILE.replace("/", "|"), [1.0, 0.9, 0.8])
    return folder


@pytest.fixture(scope="module")
def server(logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with tensorboard(tmp_path_factory.mktemp("server"), "--logdir", str(logs)) as running:
        running.settled(3)
        yield running


def test_the_tab_is_there_and_active(server: Server) -> None:
    listed = server.get("data/plugins_listing").json["diagnose"]
    assert listed["enabled"]
    assert listed["tab_name"] == "Diagnose"
    assert listed["loading_mechanism"]["type"] == "IFRAME"
    page = server.ask("static/index.js")
    assert page.code == 200
    assert page.headers["Content-Type"].startswith("text/javascript")
    assert "render" in page.text


def test_the_worst_run_comes_first(server: Server) -> None:
    listed = server.settled(3)
    first = listed["runs"][0]
    assert (first["name"], first["verdict"], first["findings"][0]["id"]) == (
        "ill", "critical", "non-finite-values",
    )  # fmt: skip
    assert listed["summary"]["critical"] == 1


def test_a_curve_comes_with_its_nan(server: Server) -> None:
    told, steps, values = curve(server.ask("curves", run="ill", name="train/epoch_loss").body)
    assert told["full"] == 10
    assert told["nonfinite"] == [{"step": 2, "value": "NaN"}, {"step": 9, "value": "NaN"}]
    assert steps.tolist() == [0, 1, 2, 9]
    assert [math.isnan(value) for value in values] == [False, False, True, True]


def test_hostile_names_are_names(server: Server) -> None:
    part = server.ask("run", name=HOSTILE)
    assert part.json["name"] == HOSTILE
    refused = server.ask("run", name="<script>alert(1)</script>")
    assert refused.code == 404
    assert refused.headers["Content-Type"].startswith("text/plain")
    assert refused.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "/etc/passwd",
        "..%2f..%2fetc/passwd",
        "well/../ill",
        "\x00",
        "ill/train",
    ],
)
def test_a_run_is_never_a_path(server: Server, name: str) -> None:
    for route, word in (("run", "name"), ("curves", "run"), ("heats", "run"), ("heat", "run")):
        assert server.ask(route, **{word: name}).code == 404


@pytest.mark.parametrize("path", ["../tab.py", "%2e%2e/tab.py", "..%2ftab.py", "/etc/passwd", ""])
def test_static_serves_the_page_and_nothing_else(server: Server, path: str) -> None:
    assert server.ask(f"static/{path}").code == 404


@pytest.mark.parametrize("route", ["state", "runs", "catalog", "static/index.js"])
def test_nothing_can_be_sent(server: Server, route: str) -> None:
    assert server.get(f"data/plugin/diagnose/{route}", "POST").code == 405


def test_what_is_too_much_is_refused_in_words(server: Server) -> None:
    reply = server.ask("curves", run="ill", name=[f"{at}" for at in range(600)])
    assert reply.code == 400
    assert "ask in parts" in reply.text


def test_exports_are_files(server: Server) -> None:
    exported = server.ask("export", format="markdown", run="ill")
    assert exported.headers["Content-Disposition"] == 'attachment; filename="tb-diagnose.md"'
    assert "non-finite-values" in exported.text
    assert len(server.ask("export", format="json").json["runs"]) == 3
    assert server.ask("export", format="exe").code == 400


@pytest.mark.parametrize("loading", ["--load_fast=false", "--load_fast=true"])
def test_both_data_servers_with_a_path_prefix(loading: str, logs: Path, tmp_path: Path) -> None:
    flags = ("--logdir", str(logs), loading, "--path_prefix", "/a/b")
    with tensorboard(tmp_path, *flags) as server:
        assert "/a/b/" in server.url
        assert len(server.settled(3)["runs"]) == 3
        assert server.ask("static/index.js").code == 200


@needs_tensorflow
def test_with_tensorflow_too(logs: Path, tmp_path: Path) -> None:
    with tensorboard(tmp_path, "--logdir", str(logs), before="") as server:
        assert len(server.settled(3)["runs"]) == 3


def test_groups_of_a_logdir_spec(logs: Path, tmp_path: Path) -> None:
    spec = f"one:{logs / 'well'},two:{logs},{logs / 'ill'}"
    with tensorboard(tmp_path, "--logdir_spec", spec) as server:
        names = {each["name"] for each in server.settled(3)["runs"]}
    assert names == {"one", "two/ill", f"two/{HOSTILE}"}


def test_a_folder_that_comes_later_and_a_run_that_falls_ill(tmp_path: Path) -> None:
    folder = tmp_path / "later" / "logs"
    with tensorboard(tmp_path, "--logdir", str(folder)) as server:
        state = server.state(lambda state: state["state"] == "empty")
        assert "as soon as a training writes" in state["message"]
        with Log(folder / "run" / "train") as log:
            log.tensors("epoch_loss", [1.0, 0.9, 0.8])
            log.flush()
            before = server.settled(1)
            assert before["summary"]["critical"] == 0
            log.tensors("epoch_loss", [math.nan, math.nan], [3, 4])
            log.flush()
            server.state(lambda state: state["version"] != before["version"])
        assert server.ask("runs").json["summary"]["critical"] == 1


def test_no_local_logdir_means_sampled_data(logs: Path, tmp_path: Path) -> None:
    hidden = f"""{NO_TENSORFLOW}
import tb_diagnose.plugin.service as service
service.log_directories = lambda context: ()"""
    with tensorboard(tmp_path, "--logdir", str(logs), before=hidden) as server:
        server.state(lambda state: state["state"] == "ready" and state["sampled"])
        listed = server.settled(3)
    assert listed["runs"][0]["name"] == "ill"


@pytest.mark.parametrize(
    ("sabotage", "enabled", "code"),
    [
        pytest.param("sys.modules['tb_diagnose.plugin.tab'] = None", None, 404, id="load"),
        pytest.param(f"{PLUGIN}\nP.__init__ = broken", None, 404, id="init"),
        pytest.param(f"{PLUGIN}\nP.get_plugin_apps = broken", True, 404, id="routes"),
        pytest.param("sys.modules['tb_diagnose.plugin.service'] = None", True, 500, id="import"),
        pytest.param(
            f"{BROKEN}\nfrom tb_diagnose.plugin.service import Service as S\nS.answer = broken",
            True,
            500,
            id="answer",
        ),
    ],
)
def test_what_fails_stays_in_the_tab(
    sabotage: str, enabled: bool | None, code: int, logs: Path, tmp_path: Path
) -> None:
    before = f"{NO_TENSORFLOW}\n{sabotage}"
    with tensorboard(tmp_path, "--logdir", str(logs), before=before) as server:
        listed = server.get("data/plugins_listing")
        assert listed.code == 200
        assert "scalars" in listed.json
        assert listed.json.get("diagnose", {}).get("enabled") is enabled
        reply = server.ask("state")
        assert reply.code == code
        assert code == 404 or "the log of TensorBoard tells more" in reply.text
        assert server.get("data/plugin/scalars/tags").code == 200


def test_a_failing_reader_is_told_in_the_tab(logs: Path, tmp_path: Path) -> None:
    before = f"{NO_TENSORFLOW}\n{BROKEN}\nimport tb_diagnose.live.sources as s\ns.clusters = broken"
    with tensorboard(tmp_path, "--logdir", str(logs), before=before) as server:
        state = server.state(lambda state: state["state"] == "error")
        assert "broken on purpose" in state["message"]
        assert server.get("data/plugin/scalars/tags").code == 200
        assert server.log.read_text().count("Traceback") == 1

"""Each route's answer to a snapshot."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from werkzeug.datastructures import MultiDict

import tb_diagnose.report.document
from tb_diagnose.core.settings import Settings
from tb_diagnose.plugin import answers, exports, tab
from tb_diagnose.plugin.questions import Answer, Question, Refused
from tb_diagnose.plugin.snapshot import Snapshot
from tb_diagnose.report.page import schema as page_schema
from tests.cases import epochs, run
from tests.plugin.server import curve as uncovered
from tests.plugin.server import unframed
from tests.plugin.test_snapshots import FakeFeed, FakeSource, looked, snapshots
from tests.report.page.test_heats import row

SCHEMA = json.loads(
    (Path(tb_diagnose.report.document.__file__).parent / "document.schema.json").read_text()
)


@pytest.fixture
def snapshot() -> Snapshot:
    weights = row("dense/kernel/histogram", [[0, 1, 2], [0, 2, 4], [0, 3, 6]])
    ill = run(epochs([1.0, 0.9, math.nan, math.nan]), histograms=(weights,))
    what = snapshots(FakeSource(a=FakeFeed(ill), b=FakeFeed(run(epochs([3.0, 2.0, 1.0])))))
    looked(what)
    return what.snapshot()


def ask(route: str, snapshot: Snapshot, *words: tuple[str, str]) -> Answer:
    return answers.ROUTES[route](Question(snapshot, MultiDict(words)))


def told(route: str, snapshot: Snapshot, *words: tuple[str, str]) -> Any:
    return json.loads(ask(route, snapshot, *words).content)


def test_the_plugin_knows_all_routes_without_importing_them() -> None:
    assert set(tab.ROUTES) == set(answers.ROUTES)


def test_before_anything_was_read() -> None:
    fresh = Snapshot(5, "starting", "The logs are about to be read.")
    assert told("state", fresh)["state"] == "starting"
    listed = told("runs", fresh)
    assert (listed["version"], listed["runs"], listed["summary"]["runs"]) == (5, [], 0)
    assert "# tb-diagnose" in ask("export", fresh, ("format", "markdown")).content


def test_answers_keep_to_their_declaration(snapshot: Snapshot) -> None:
    name = told("runs", snapshot)["names"][0]
    for route, kind, words in (
        ("state", "State", ()),
        ("runs", "RunListChange", ()),
        ("run", "RunPart", (("name", name),)),
    ):
        declared = {**page_schema.json_schema(), "$ref": f"#/$defs/{kind}"}
        Draft202012Validator(declared).validate(told(route, snapshot, *words))
    declared = {**page_schema.json_schema(), "$ref": "#/$defs/CurvesHead"}
    words = (("run", name), ("name", "train/epoch_loss"))
    header, _ = unframed(ask("curves", snapshot, *words).content)
    Draft202012Validator(declared).validate(header)


def test_state_and_list_are_of_one_version(snapshot: Snapshot) -> None:
    state, listed = told("state", snapshot), told("runs", snapshot)
    assert (state["state"], state["runs"], state["sampled"]) == ("ready", 2, False)
    assert state["version"] == listed["version"]
    assert next(each["verdict"] for each in listed["runs"]) == "critical"
    assert listed["comparisons"] == []
    assert listed["problems"] == []
    assert listed["names"] == [each["name"] for each in listed["runs"]]
    since = told("runs", snapshot, ("since", str(listed["version"])))
    assert (since["names"], since["runs"]) == (listed["names"], [])
    assert (state["read"], state["folders"]) == (2, 2)


def test_a_run_is_a_part_of_the_document(snapshot: Snapshot) -> None:
    name = told("runs", snapshot)["runs"][0]["name"]
    part = told("run", snapshot, ("name", name))
    Draft202012Validator({"$defs": SCHEMA["$defs"], "$ref": "#/$defs/RunPart"}).validate(part)
    assert part["name"] == name


def test_curves_at_a_resolution_and_in_a_range(snapshot: Snapshot) -> None:
    name = ("run", next(iter(snapshot.entries)))
    both = (("name", "train/epoch_loss"), ("name", "gone"))
    answer = ask("curves", snapshot, name, *both).content
    assert isinstance(answer, bytes)
    assert uncovered(answer)[0]["full"] == 4
    assert uncovered(answer, 1)[0] == {
        "name": "gone", "points": 0, "full": 0, "nonfinite": [], "clock": [], "offset": 48,
    }  # fmt: skip
    part = ask("curves", snapshot, name, both[0], ("from", "1"), ("to", "1.5")).content
    assert isinstance(part, bytes)
    assert uncovered(part)[1].tolist() == [1]
    for points in ("0", "-1", "20000"):
        assert ask("curves", snapshot, name, both[0], ("points", points)).content


@pytest.mark.parametrize("wrong", [("points", "many"), ("from", "nan"), ("to", "")])
def test_what_is_no_number_is_refused(snapshot: Snapshot, wrong: tuple[str, str]) -> None:
    name = ("run", next(iter(snapshot.entries)))
    with pytest.raises(Refused, match="is not a number") as refused:
        ask("curves", snapshot, name, wrong)
    assert refused.value.code == 400


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([("points", "20001")], "points='20001' is more than 20,000"),
        ([("points", "inf")], "points='inf' is more than 20,000"),
        ([("name", f"{at}") for at in range(501)], "501 curves are more than 500"),
        ([("points", "20000"), *(("name", f"{at}") for at in range(51))], "than 1,000,000 points"),
    ],
)
def test_no_answer_has_more_than_so_many_points(
    snapshot: Snapshot, words: list[tuple[str, str]], message: str
) -> None:
    with pytest.raises(Refused, match=message) as refused:
        ask("curves", snapshot, ("run", next(iter(snapshot.entries))), *words)
    assert refused.value.code == 400


def test_a_curve_that_is_asked_for_twice_comes_once(snapshot: Snapshot) -> None:
    name = ("run", next(iter(snapshot.entries)))
    once = ask("curves", snapshot, name, ("name", "train/epoch_loss"))
    assert ask("curves", snapshot, name, *[("name", "train/epoch_loss")] * 500) == once


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([("name", f"{at}") for at in range(513)], "513 words of .* more than a query may have"),
        ([("name", "x" * 33_000)], "ask in parts"),
        ([("run", "a"), ("run", "b")], "'run' is asked for more than once"),
    ],
)
def test_a_query_has_limits(words: list[tuple[str, str]], message: str) -> None:
    question = Question(Snapshot(1, "starting"), MultiDict(words))
    with pytest.raises(Refused, match=message) as refused:
        question.check()
    assert refused.value.code == 400


def test_a_file_has_so_many_runs_at_most(
    snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_MOST", 1)
    with pytest.raises(Refused, match="2 runs are more than 1 for one file") as refused:
        ask("export", snapshot, ("format", "json"))
    assert refused.value.code == 400
    name = ("run", next(iter(snapshot.entries)))
    assert ask("export", snapshot, name, ("format", "json")).content


def test_heat_maps_are_listed_and_served(snapshot: Snapshot) -> None:
    name = ("run", next(iter(snapshot.entries)))
    listed = told("heats", snapshot, name)
    assert [each["vital"] for each in listed] == [
        "weights/movement", "weights/std", "weights/zero",
    ]  # fmt: skip
    for each in listed:
        content = ask("heat", snapshot, name, ("vital", each["vital"])).content
        assert isinstance(content, bytes)
        assert unframed(content)[0]["rows"] == each["rows"]
    with pytest.raises(Refused, match="has no heat map 'none'"):
        ask("heat", snapshot, name, ("vital", "none"))


def test_the_catalog_tells_limits_as_they_are_set(snapshot: Snapshot) -> None:
    chosen = Settings(limits={"initial-loss": {"batch": 9.0}})
    question = Question(snapshot, MultiDict(), lambda: chosen)
    articles = json.loads(answers.catalog(question).content)
    assert set(articles) >= {"loss-spikes", "non-finite-values"}
    limits = {each["name"]: each for each in articles["initial-loss"]["limits"]}
    assert limits["batch"]["value"] == 9
    assert limits["batch"]["source"] == "as configured"
    assert limits["epoch"]["source"] != "as configured"
    for article in articles.values():
        assert next(iter(article["sections"])) == "Why it matters"


@pytest.mark.parametrize("form", ["json", "markdown"])
def test_an_export_holds_all_runs_or_one(snapshot: Snapshot, form: str) -> None:
    whole = ask("export", snapshot, ("format", form))
    name = next(iter(snapshot.entries))
    single = ask("export", snapshot, ("format", form), ("run", name))
    assert whole.filename.startswith("tb-diagnose.")
    assert len(single.content) < len(whole.content)


def test_a_run_that_went_while_it_was_asked_for() -> None:
    kept = FakeFeed(run(epochs([3.0, 2.0, 1.0])))
    what = snapshots(FakeSource(a=kept, b=FakeFeed(run(epochs([1.0])))), held=0)
    looked(what)
    kept.now = []
    name = next(each for each, entry in what.snapshot().entries.items() if entry.part["points"] > 1)
    with pytest.raises(Refused, match="no longer there") as refused:
        ask("curves", what.snapshot(), ("run", name), ("name", "train/epoch_loss"))
    assert refused.value.code == 404

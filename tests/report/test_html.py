"""The offline report: one page that needs nothing else, whatever stands in the logs."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tb_diagnose.core.run import Run
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.docs import articles
from tb_diagnose.report import html as module
from tb_diagnose.report.document import document
from tb_diagnose.report.html import NoBundle, html, inlined
from tb_diagnose.report.page.pictures import pictures, resolution
from tb_diagnose.report.page.schema import json_schema
from tests.fakes import FakeExamination, FakeRoles, healthy, series, sick

HOSTILE = "</script><script>alert(1)</script><!--\u2028\u2029'\""
_PACKED = r'<script type="application/gzip" id="{}">([A-Za-z0-9+/=]*)</script>'


@pytest.fixture(autouse=True)
def _bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that need not be built."""
    file = tmp_path / "index.js.gz"
    file.write_bytes(gzip.compress(b"const page = '</script>'; export { page };"))
    monkeypatch.setattr(module, "_BUNDLE", file)


def unpacked(page: str, name: str) -> str:
    """What the page carries, as a browser would read it."""
    found = re.search(_PACKED.format(name), page)
    assert found
    return gzip.decompress(base64.b64decode(found[1])).decode()


def carried(page: str) -> Any:
    return json.loads(unpacked(page, "carried"))


def runs_of(page: str) -> list[Any]:
    return [json.loads(line) for line in unpacked(page, "runs").split("\n")]


def test_it_carries_the_whole_document_and_what_is_drawn() -> None:
    shown = document([healthy(), sick()])
    drawing = pictures(sick().run, sick().roles, shown["runs"][0], 200)  # type: ignore[arg-type]
    worst = shown["runs"][0]
    page = html(shown, {(worst["path"], worst["name"]): drawing}, articles(Settings()))
    told, runs = carried(page), runs_of(page)
    assert told["document"] == {**shown, "runs": []}
    assert [line["name"] for line in told["lines"]] == [run["name"] for run in shown["runs"]]
    assert runs[0]["curves"] == json.loads(json.dumps(drawing["curves"]))
    assert runs[1]["curves"] == {}
    for one, original in zip(runs, shown["runs"], strict=True):
        curves = one["run"].pop("curves")
        expected = json.loads(json.dumps(original))
        for curve, whole in zip(curves, expected.pop("curves"), strict=True):
            assert curve["values"] == pytest.approx(whole["values"], rel=1e-4)
        assert one["run"] == expected
    for value, kind in ((told, "Carried"), *((run, "CarriedRun") for run in runs_of(page))):
        jsonschema.validate(value, {**json_schema(), "$ref": f"#/$defs/{kind}"})


def test_it_says_when_it_was_made_and_of_what() -> None:
    told = carried(html(document([healthy()]), {}, {}, folder="/logs/a", made="2026-01-02"))
    assert (told["folder"], told["made"]) == ("/logs/a", "2026-01-02")


def noisy(at: int, curves: int, points: int) -> FakeExamination:
    """A run of which nothing can be packed well."""
    random = np.random.default_rng(at)
    named = [series(random.random(points).tolist(), f"loss_{n}", "") for n in range(curves)]
    run = Run(f"run{at}", f"logs/run{at}", scalars=tuple(named))
    return FakeExamination(run, FakeRoles({"losses": tuple(named)}))


@pytest.mark.parametrize(
    ("count", "points", "limit"), [(100, 5_000, 3_000_000), (400, 1_000, 6_000_000)]
)
def test_a_page_of_many_runs_is_small(count: int, points: int, limit: int) -> None:
    runs = [noisy(at, 7, points) for at in range(count)]
    shown = document(runs)
    parts = {part["name"]: part for part in shown["runs"]}
    size = resolution(count)
    album = {
        (seen.run.path, seen.run.name): pictures(seen.run, seen.roles, parts[seen.run.name], size)  # type: ignore[arg-type]
        for seen in runs
    }
    page = html(shown, album, articles(Settings()))
    assert limit / 5 < len(page) < limit
    assert len(unpacked(page, "carried")) < len(unpacked(page, "runs")) / 5


def test_it_fetches_nothing() -> None:
    page = html(document([healthy()]), {}, {})
    assert "default-src 'none'" in page
    assert not re.search(r"(src|href)=|https?://|@import", page)


def test_a_name_cannot_leave_its_place() -> None:
    run = replace(healthy(), run=Run(HOSTILE, HOSTILE))
    page = html(document([run]), {}, {})
    assert page.count("</script>") == 3
    assert page.count("<script") == 3
    assert "<!--" not in page
    name = runs_of(page)[0]["run"]["name"]
    assert name == HOSTILE.replace("\u2028\u2029", "\\u2028\\u2029")


def test_runs_of_one_name_are_told_apart() -> None:
    runs = [replace(healthy(), run=Run("a", path)) for path in ("x/a", "y/a", "y/a")]
    page = html(document(runs), {}, {})
    names = ["x/a", "y/a", "y/a (2)"]
    assert [line["name"] for line in carried(page)["lines"]] == names
    assert [run["run"]["name"] for run in runs_of(page)] == names


def test_without_a_page_it_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BUNDLE", Path("nowhere") / "index.js.gz")
    with pytest.raises(NoBundle, match="npm run build"):
        html(document([healthy()]), {}, {})


@given(st.text())
@example(HOSTILE)
@example("<scr</ipt><!---->")
def test_inlined_json_stays_the_same_and_stays_inside(text: str) -> None:
    safe = inlined(json.dumps(text, ensure_ascii=False))
    assert json.loads(safe) == text
    assert not re.search(r"</|<!--|<script|\u2028|\u2029", safe)

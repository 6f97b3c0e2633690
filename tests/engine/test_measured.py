"""The committed result file: what it says is of this catalog, and the page says the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import tb_diagnose
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.contract import registry
from tb_diagnose.engine.docs import articles, explain
from tb_diagnose.engine.measured import measured
from trainings.page import page

RESULT = Path(tb_diagnose.__file__).parent / "engine" / "accuracy.json"
PAGE = RESULT.parents[2] / "docs" / "accuracy.md"


def result() -> dict[str, Any]:
    return json.loads(RESULT.read_text(encoding="utf-8"))


def test_it_is_about_diagnoses_that_exist() -> None:
    assert set(result()["trainings"]["diagnoses"]) <= set(registry())


def test_no_count_exceeds_its_base() -> None:
    for each in result()["trainings"]["diagnoses"].values():
        assert 0 <= each["found"] <= each["of"]
        assert 0 <= each["false"] <= each["of clean"]


def test_the_page_is_made_of_it() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(result())


def test_each_article_quotes_it() -> None:
    for identity, each in result()["trainings"]["diagnoses"].items():
        if each["of"] and each["of clean"]:
            sentence = (
                f"measured: found in {each['found']} of {each['of']}, "
                f"false in {each['false']} of {each['of clean']}"
            )
            assert measured(identity) == sentence
            assert sentence in explain(identity)


def test_the_tab_is_told_the_same() -> None:
    told = articles(Settings())
    assert {identity: each["measured"] for identity, each in told.items()} == {
        identity: measured(identity) for identity in registry()
    }


@pytest.mark.parametrize("identity", ["", "no-such-diagnosis"])
def test_what_was_never_measured_says_nothing(identity: str) -> None:
    assert measured(identity) == ""

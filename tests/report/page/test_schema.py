"""What the page is given keeps to its declaration, and the JSON Schema to both."""

from __future__ import annotations

import json
import math
from typing import Any

import jsonschema
import pytest

from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.docs import articles
from tb_diagnose.report.__main__ import schema_file
from tb_diagnose.report.document.run import run_part
from tb_diagnose.report.page import schema
from tb_diagnose.report.page.pictures import pictures
from tests.fakes import FakeExamination, healthy, sick, unreadable

SCHEMA = json.loads(schema_file(schema).read_text(encoding="utf-8"))


def check(value: Any, name: str) -> None:
    jsonschema.validate(json.loads(json.dumps(value)), {**SCHEMA, "$ref": f"#/$defs/{name}"})


def test_the_schema_is_fresh() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert schema.json_schema() == SCHEMA, "run python -m tb_diagnose.report"


@pytest.mark.parametrize("seen", [sick(), healthy(), unreadable()])
def test_what_is_drawn_of_a_run_keeps_to_it(seen: FakeExamination) -> None:
    part = run_part(seen, 120)  # type: ignore[arg-type]
    drawn = pictures(seen.run, seen.roles, part, 200)  # type: ignore[arg-type]
    check(drawn["line"], "RunLine")
    for curve in drawn["curves"].values():
        check(curve, "CarriedCurve")
    for heat in drawn["heats"]:
        check(heat, "CarriedHeat")


def test_articles_keep_to_it_and_say_why_one_is_ignored() -> None:
    settings = Settings(ignore=("dead-relu", "layers"), reasons={"dead-relu": "sparse by design"})
    texts = articles(settings)
    for text in texts.values():
        check(text, "Article")
    assert texts["dead-relu"]["ignored"] == "sparse by design"
    assert texts["frozen-weights"]["ignored"] == ""
    assert texts["overfitting"]["ignored"] is None


def test_a_number_that_json_lacks_is_refused() -> None:
    with pytest.raises(jsonschema.ValidationError):
        check({"name": "a", "value": str(math.nan), "unit": "", "source": ""}, "ArticleLimit")

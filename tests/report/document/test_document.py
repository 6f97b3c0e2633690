"""The document: valid by its own schema, strict, deterministic, in the stated order."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tb_diagnose.core.finding import Comparison, Evidence, Outcome, Severity, Verdict
from tb_diagnose.core.run import Fact, Run, Series
from tb_diagnose.engine.causes import Cause
from tb_diagnose.report.document import assembled, document, reaches
from tb_diagnose.report.document import schema as declaration
from tb_diagnose.report.document.schema import VERDICTS, Document, json_schema
from tb_diagnose.report.json import as_json
from tests.fakes import (
    EPOCH,
    FakeExamination,
    FakeRole,
    FakeRoles,
    healthy,
    model,
    outcome,
    series,
    sick,
    unreadable,
)
from tests.layered import vitals

SCHEMA = json.loads(
    Path(declaration.__file__).with_name("document.schema.json").read_text(encoding="utf-8")
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def strictly(text: str) -> Any:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is not JSON")

    return json.loads(text, parse_constant=refuse)


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_real_document_is_valid() -> None:
    made = document([healthy(), sick(), unreadable()], [outcome("seed-spread")])
    VALIDATOR.validate(strictly(as_json(made)))


@pytest.mark.parametrize(
    "spoil",
    (
        lambda run: run.pop("headline"),
        lambda run: run.update(verdict="fine"),
        lambda run: run.update(more=1),
        lambda run: run["outcomes"][0].update(more=1),
        lambda run: run["outcomes"][0].update(verdict="silent"),
        lambda run: run["outcomes"][0]["evidence"][0]["comparison"].update(operator="=="),
        lambda run: run["curves"][0]["values"].append("NaN"),
        lambda run: run.update(started="yesterday"),
    ),
)
def test_a_spoilt_document_is_not(spoil: Any) -> None:
    made = strictly(as_json(document([sick()])))
    spoil(made["runs"][0])
    assert not VALIDATOR.is_valid(made)


def test_the_schema_is_the_one_that_the_types_declare() -> None:
    assert json_schema() == SCHEMA, "run python -m tb_diagnose.report"


def kept(made: Document) -> None:
    """What the document promises beyond its schema."""
    for run in made["runs"]:
        curves = {curve["name"]: curve for curve in run["curves"]}
        for ending in run["outcomes"]:
            assert (ending["verdict"] == "found") == bool(ending["evidence"])
            for evidence in ending["evidence"]:
                first = evidence["steps"][0] if evidence["steps"] else None
                assert evidence["first_step"] == first
            assert ending["how_to_enable"] == "" or ending["verdict"] == "not-logged"
        for curve in curves.values():
            assert len(curve["steps"]) == len(curve["values"])
            assert len(curve["steps"]) + sum(s["count"] for s in curve["nonfinite"]) <= max(
                curve["points"], 1
            )
        assert [cause["probability"] for cause in run["causes"]] == sorted(
            (cause["probability"] for cause in run["causes"]), reverse=True
        )
    verdicts = [run["verdict"] for run in made["runs"]]
    assert verdicts == sorted(verdicts, key=VERDICTS.index)
    assert sum(made["summary"][name] for name in VERDICTS) == made["summary"]["runs"]


def test_the_promises_are_kept_on_a_real_document() -> None:
    kept(document([healthy(), sick(), unreadable()]))


def test_worst_first_then_by_name_in_natural_order() -> None:
    runs = [healthy("run-10"), healthy("run-2"), unreadable(), sick()]
    names = [run["name"] for run in document(runs)["runs"]]
    assert names == ["training-configuration/as-given", "lfs", "run-2", "run-10"]


def test_a_finding_is_followed_by_what_it_led_to_along_the_whole_chain() -> None:
    found = [each for each in document([sick()])["runs"][0]["outcomes"] if each["evidence"]]
    assert [(each["id"], each["caused_by"]) for each in found] == [
        ("learning-rate-too-high", None),
        ("exploding-weights", "loss-spikes"),
        ("loss-spikes", "learning-rate-too-high"),
        ("no-learning", "learning-rate-too-high"),
    ]


def test_findings_that_lead_to_each_other_in_a_circle_are_all_told() -> None:
    seen = Evidence("Seen.", "Try.")
    circle = (
        outcome("a", Verdict.FOUND, seen, caused_by="b"),
        outcome("b", Verdict.FOUND, seen, caused_by="a"),
        outcome("c", Verdict.FOUND, seen, caused_by="c"),
    )
    outcomes = document([replace(healthy(), outcomes=circle)])["runs"][0]["outcomes"]
    assert [(each["id"], each["caused_by"]) for each in outcomes] == [
        ("a", None),
        ("b", "a"),
        ("c", None),
    ]


def test_the_headline_is_the_worst_findings_sentence_and_the_change_to_make() -> None:
    headline = document([sick()])["runs"][0]["headline"]
    assert headline.startswith("Adam steps of size 10 threw the loss from 1.6")
    assert headline.endswith("never below. Adam(learning_rate=10.0) → Adam(learning_rate=1e-3)")


def test_a_finding_without_words_is_headed_by_its_title() -> None:
    wordless = outcome("a", Verdict.FOUND, Evidence("", ""))
    assert document([replace(healthy(), outcomes=(wordless,))])["runs"][0]["headline"] == "a"


def test_the_time_since_it_could_be_known_is_counted_to_the_last_event() -> None:
    first = document([sick()])["runs"][0]["outcomes"][0]
    assert first["detected_at"] == "2023-11-14T22:13:20.000Z"
    assert first["seconds_after_detection"] == 19 * 8.0


def test_a_run_lasts_as_long_as_anything_was_logged_vitals_included() -> None:
    long = vitals("weights", ("kernel",), {"mean": 0.0}, n=500)
    one = healthy()
    alone = document([replace(one, run=replace(one.run, scalars=(), vitals=(long,)))])["runs"][0]
    assert alone["seconds"] == 499.0
    walls = np.concatenate([long.wall, *(each.wall for each in one.run.scalars)])
    beside = document([replace(one, run=replace(one.run, vitals=(long,)))])["runs"][0]
    assert beside["seconds"] == np.ptp(walls)


def test_a_log_in_order_is_no_healthy_run() -> None:
    blind = replace(healthy(), outcomes=(outcome("damaged-log", family="logging"),))
    part = document([blind])["runs"][0]
    assert part["verdict"] == "undecided"
    assert part["headline"] == "Undecided: no check of the training itself could be made."


def test_a_run_whose_learning_is_unknown_is_undecided_however_many_checks_are_clear() -> None:
    short = series([2.0, 1.9])
    run = Run("r", "r", scalars=(short,))
    clear = tuple(outcome(f"check-{n}") for n in range(9))
    part = document([FakeExamination(run, FakeRoles({"train_loss": short}), clear)])["runs"][0]
    assert part["verdict"] == "undecided"
    assert part["headline"] == ("Undecided: the longest curve has 2 points, too few to judge.")


def test_the_causes_are_told_likeliest_first_with_what_speaks_for_each() -> None:
    cause = Cause("rate", "Learning rate too high", 0.72, ("SGD at 0.5",), (), "Adam(1e-3)", ("a",))
    (told,) = document([replace(sick(), causes=(cause,))])["runs"][0]["causes"]
    assert told == {
        "id": "rate",
        "title": "Learning rate too high",
        "probability": 0.72,
        "evidence_for": ["SGD at 0.5"],
        "evidence_against": [],
        "change": "Adam(1e-3)",
        "findings": ["a"],
    }


def test_a_comparison_says_on_which_side_of_the_limit_the_alarm_is() -> None:
    (rate,) = document([sick()])["runs"][0]["outcomes"][0]["evidence"]
    assert rate["comparison"] == {
        "name": "adaptive",
        "value": 10.0,
        "operator": ">",
        "limit": 0.1,
        "unit": "learning rate of Adam",
    }


def test_the_curve_of_a_finding_is_there_by_bare_tag_and_as_part_of_a_sum() -> None:
    curves = (series([1, 2], "box"), series([3, 4], "mask"), series([5, 6], "other"))
    seen = Evidence("Seen.", "Try.", "train/box + train/mask")
    run = Run("r", "r", scalars=curves)
    made = document([FakeExamination(run, outcomes=(outcome("a", Verdict.FOUND, seen),))])
    assert [each["name"] for each in made["runs"][0]["curves"]] == ["train/box", "train/mask"]


def test_a_role_that_many_curves_share_does_not_hide_the_role_of_one() -> None:
    loss = series([1, 2])
    roles = FakeRoles({"scalars": (loss,), "train_loss": loss})
    made = document([FakeExamination(Run("r", "r", scalars=(loss,)), roles)])
    assert [each["role"] for each in made["runs"][0]["curves"]] == ["train_loss"]


def test_float32_is_written_with_its_own_digits() -> None:
    loss = series([0.1, 0.2])
    made = document([FakeExamination(Run("r", "r", scalars=(loss,)), FakeRoles({"x": loss}))])
    assert made["runs"][0]["curves"][0]["values"] == [0.1, 0.2]


def test_epochs_are_what_keras_counts() -> None:
    loss = series([1.0, 2.0])
    batches = series([1.0, 2.0], "batch_loss")
    seen = [Evidence("S.", "", tag) for tag in ("train/epoch_loss", "dense/kernel", "batch_loss")]
    run = Run("r", "r", scalars=(loss, batches))
    found = outcome("a", Verdict.FOUND, *seen)
    evidence = document([FakeExamination(run, outcomes=(found,))])["runs"][0]["outcomes"][0]
    units = [each["counted_in"] for each in evidence["evidence"]]
    assert units == ["epochs", "epochs", "steps"]


def test_an_attached_training_counts_its_vitals_in_steps() -> None:
    table = vitals("layers", ("dense",), {"inactive": 0.9})
    run = Run("r", "r", scalars=(series([1.0, 2.0]),), vitals=(table,))
    found = outcome("a", Verdict.FOUND, Evidence("S.", "", table.name))
    evidence = document([FakeExamination(run, outcomes=(found,))])["runs"][0]["outcomes"][0]
    assert [each["counted_in"] for each in evidence["evidence"]] == ["steps"]


def test_a_comparison_names_the_runs_it_is_about() -> None:
    seen = Evidence("The same.", "", "a", related=("b",))
    across = [outcome("identical-runs", Verdict.FOUND, seen), outcome("seed-spread")]
    made = document([healthy("a"), healthy("b"), healthy("c")], across)
    assert [each["runs"] for each in made["comparisons"]] == [["a", "b"], ["a", "b", "c"]]


def test_as_grave_or_graver() -> None:
    assert reaches(document([sick()]), "critical")
    assert not reaches(document([healthy()]), "info")
    warned = replace(healthy(), outcomes=(outcome("a", Verdict.FOUND, Evidence("S.", "T.")),))
    assert [reaches(document([warned]), each) for each in ("critical", "warning", "info")] == [
        False,
        True,
        True,
    ]


def test_a_path_that_could_not_be_read_is_counted() -> None:
    made = assembled([], problems=[{"path": "b", "message": "x"}, {"path": "a", "message": "x"}])
    assert [each["path"] for each in made["problems"]] == ["a", "b"]
    assert made["summary"]["problems"] == 2


def test_names_that_are_not_unicode_are_still_json() -> None:
    odd = replace(healthy(), run=Run("caf\udce9", "logs/caf\udce9"))
    as_json(document([odd])).encode("utf-8")


texts = st.text(max_size=12)
floats = st.floats(width=32)
dtypes = st.sampled_from([np.float16, np.float32, np.float64])
ids = st.sampled_from(["a", "b", "c", "d"])


@st.composite
def curves(draw: st.DrawFn) -> Series:
    values = draw(st.lists(floats, max_size=30))
    steps = draw(st.lists(st.integers(0, 50), min_size=len(values), max_size=len(values)))
    with np.errstate(over="ignore"):
        typed = np.array(values, dtype=np.float64).astype(draw(dtypes))
    wall = draw(st.one_of(st.just(EPOCH), st.floats()))
    return Series(
        draw(texts), draw(texts), np.array(steps, np.int64), typed, np.full(len(values), wall)
    )


@st.composite
def outcomes(draw: st.DrawFn) -> Outcome:
    verdict = draw(st.sampled_from(Verdict))
    found = verdict is Verdict.FOUND
    seen = st.builds(
        Evidence,
        message=texts,
        suggestion=texts,
        tag=texts,
        steps=st.lists(st.integers(0, 50), max_size=3).map(tuple),
        comparison=st.none()
        | st.builds(
            Comparison,
            value=st.floats() | floats.map(np.float32),
            operator=st.sampled_from([">", ">=", "<", "<="]),
            limit=st.floats(),
            unit=texts,
            name=texts,
        ),
        severity=st.none() | st.sampled_from(Severity),
    )
    return Outcome(
        draw(ids),
        draw(texts),
        verdict,
        draw(st.sampled_from(Severity)),
        tuple(draw(st.lists(seen, min_size=1, max_size=3))) if found else (),
        detected_at=draw(st.none() | st.floats()) if found else None,
        caused_by=draw(st.none() | ids) if found else None,
        reason=draw(texts),
    )


@st.composite
def examinations(draw: st.DrawFn) -> FakeExamination:
    scalars = tuple(draw(st.lists(curves(), max_size=3)))
    fact = st.builds(Fact, texts, texts, texts, st.dictionaries(texts, st.floats(), max_size=2))
    run = Run(
        draw(texts),
        draw(texts),
        scalars,
        model=draw(st.none() | st.just(model())),
        facts=tuple(draw(st.lists(fact, max_size=2))),
    )
    values = {f"role_{place}": each for place, each in enumerate(scalars)}
    values["train_loss"] = scalars[0] if scalars else None
    roles = FakeRoles(values, (FakeRole("x", draw(texts), draw(texts)),))
    ends = draw(st.lists(outcomes(), max_size=4, unique_by=lambda each: each.id))
    return FakeExamination(run, roles, tuple(ends))


@settings(max_examples=40, deadline=None)
@given(st.lists(examinations(), max_size=3), st.randoms(use_true_random=False))
def test_whatever_was_logged_the_document_is_valid_strict_and_deterministic(
    runs: list[FakeExamination], chance: Any
) -> None:
    made = document(runs)
    kept(made)
    text = as_json(made)
    VALIDATOR.validate(strictly(text))
    found = sum(each.verdict is Verdict.FOUND for run in runs for each in run.outcomes)
    told = [each for run in strictly(text)["runs"] for each in run["outcomes"]]
    assert sum(each["verdict"] == "found" for each in told) == found
    if len({(run.run.name, run.run.path) for run in runs}) == len(runs):
        chance.shuffle(runs)
        assert as_json(document(runs)) == text


def test_a_signalling_nan_is_told_without_a_warning() -> None:
    one = healthy()
    values = one.run.scalars[0].values.astype(np.float32)
    values.view(np.uint32)[1] = 0x7FA00000
    values.flags.writeable = False
    loss = replace(one.run.scalars[0], values=values)
    made = document([replace(one, run=replace(one.run, scalars=(loss,)))])
    (stretch,) = made["runs"][0]["curves"][0]["nonfinite"]
    assert (stretch["value"], stretch["count"]) == ("NaN", 1)

"""Each answer is judged as the labels' definitions have it, and the totals add up."""

from __future__ import annotations

from pathlib import Path

import pytest

from measuring.answers import Answer, Finding
from measuring.labels import SYMPTOMS, Case, Corpus
from measuring.scores import Share, score
from measuring.tables import as_dict, by_diagnosis, markdown, totals

HEALTHY = dict.fromkeys(SYMPTOMS, "no")


def case(name: str = "a", **known: object) -> Case:
    about = {"symptoms": {}, "types": (), "faulty": False, "shows": False, "clean": False, **known}
    return Case(name, Path(name), "what is known", **about)


def found(*ids: str, alarms: bool = True) -> Answer:
    return Answer(tuple(Finding(each, alarms, f"{each} at step 3") for each in ids))


def became(one: Case, answer: Answer) -> dict[str, str]:
    corpus = Corpus("c", (one,), 0, by_symptom=bool(one.symptoms))
    judgments = score("tool", corpus, {one.name: answer}).judgments
    return {each.question: each.became for each in judgments if each.question != "can be read"}


@pytest.mark.parametrize(
    ("label", "ids", "verdict"),
    [
        ("yes", ("overfitting",), "right"),
        ("yes", (), "missed"),
        ("yes", ("no-learning",), "missed"),
        ("maybe", ("overfitting",), "doubtful"),
        ("maybe", (), None),
        ("no", ("overfitting",), "wrong"),
        ("no", (), None),
    ],
)
def test_a_symptom(label: str, ids: tuple[str, ...], verdict: str | None) -> None:
    one = case(symptoms={**HEALTHY, "overfitting": label}, faulty=label == "yes")
    assert became(one, found(*ids)).get("overfitting") == verdict


def test_a_symptom_counts_as_named_at_any_severity() -> None:
    one = case(symptoms={**HEALTHY, "overfitting": "yes"}, faulty=True)
    assert became(one, found("overfitting", alarms=False))["overfitting"] == "right"


def test_either_name_of_divergence_will_do() -> None:
    one = case(symptoms={**HEALTHY, "diverged_or_nan": "yes"}, faulty=True)
    assert became(one, found("non-finite-values"))["diverged_or_nan"] == "right"
    assert became(one, found("loss-divergence"))["diverged_or_nan"] == "right"


def test_a_clean_run_is_alarmed_by_warnings_only() -> None:
    one = case(symptoms=HEALTHY, clean=True)
    assert became(one, found("dead-relu"))["clean run"] == "alarm"
    assert became(one, found("dead-relu", alarms=False))["clean run"] == "quiet"


def test_a_fault_is_detected_by_an_alarm_and_named_by_a_note() -> None:
    one = case(faulty=True, shows=True, types=("loss", "epochs"))
    note = found("loss-output-mismatch", alarms=False)
    assert became(one, note) == {
        "fault": "missed",
        "fault that shows": "missed",
        "published type": "right",
        "published type, by an alarm": "missed",
        "type loss": "right",
        "type epochs": "missed",
    }


def test_an_alarm_of_another_type_detects_and_does_not_name() -> None:
    said = became(case(faulty=True, types=("labels",)), found("loss-oscillation"))
    assert said["fault"] == "right"
    assert said["published type"] == "missed"


def test_totals_add_up_and_both_faces_tell_them() -> None:
    sick = {**HEALTHY, "overfitting": "yes", "oscillating": "yes", "loss_spikes": "maybe"}
    cases = (case("sick", symptoms=sick, faulty=True), case("fine", symptoms=HEALTHY, clean=True))
    answers = {"sick": found("overfitting", "loss-spikes"), "fine": found("no-learning")}
    result = score("tool", Corpus("c", cases, 3, by_symptom=True), answers)
    assert totals(result) == {
        "labeled faults named": Share(1, 2),
        "verdicts that are wrong": Share(1, 3),
        "faulty runs caught": Share(1, 1),
        "clean runs alarmed": Share(1, 1),
        "not read, or not wholly": Share(0, 2),
    }
    assert by_diagnosis(result)["no-learning"]["false alarms"] == 1
    page = markdown([result])
    assert "| labeled faults named | 1 of 2 (50%) |" in page
    assert "3 more of low confidence" in page
    assert "- **sick** oscillating: what is known" in page
    assert "no-learning at step 3" in page
    assert as_dict([result])["tool"]["totals"]["labeled faults named"] == [1, 2]

"""Likely causes: of sick runs alone, at most three, of those that can be, with their reasons."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

import tb_diagnose.engine
from tb_diagnose.core.run import Run
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine import causes as subject
from tb_diagnose.engine.cause_features import features
from tb_diagnose.engine.causes import Cause, probabilities
from tb_diagnose.engine.contract import registry
from tb_diagnose.engine.examine import examine
from tests.cases import analysis, epochs, layer, model, run, straight, u_shape
from tests.healthy import healthy
from tests.sick import SICK


def causes(one: Run) -> tuple[Cause, ...]:
    return examine(one, Settings()).causes


@pytest.mark.parametrize("seed", range(8))
def test_a_healthy_run_has_none(seed: int) -> None:
    assert causes(healthy(seed)) == ()


@pytest.mark.parametrize("name", SICK)
def test_they_are_few_ranked_and_explained(name: str) -> None:
    found = causes(SICK[name])
    chances = [cause.probability for cause in found]
    assert len(found) <= subject.MOST
    assert chances == sorted(chances, reverse=True)
    assert all(subject.LEAST <= chance <= 1 for chance in chances)
    assert sum(chances) <= 1 + 1e-9
    for cause in found:
        assert cause.title
        assert cause.change.endswith(".")
        assert set(cause.findings) <= registry().keys()


def test_a_rate_that_is_far_too_high_is_the_likeliest_cause_of_a_blow_up() -> None:
    assert causes(SICK["Adam at 10"])[0].id in ("learning-rate-too-high", "dead-units")


def test_a_reward_has_none() -> None:
    assert not causes(SICK["a reward that never comes"])


def test_keras_cannot_forget_to_reset_its_gradients() -> None:
    keras = SICK["diverges"]
    torch = replace(keras, model=None, writer="tensorboard.summary.writer.event_file_writer")
    everything = [cause.id for name in SICK for cause in causes(SICK[name]) if SICK[name].model]
    assert "gradients-never-zeroed" not in everything
    assert causes(torch)


def test_numbers_of_words_have_no_scale() -> None:
    words = model(layer(32, "", "Embedding"), layer())
    assert "inputs" not in {cause.id for cause in causes(replace(SICK["diverges"], model=words))}


def test_without_validation_nothing_differs_from_training() -> None:
    alone = run(epochs(u_shape(40, 10, end=3.0)))
    assert not {"validation-data", "evaluation-mode"} & {cause.id for cause in causes(alone)}


def test_a_score_of_unknown_scale_has_no_features() -> None:
    seen = analysis(val_score=epochs(straight(20, 0.9, 0.97), "val_bleu"))
    assert not any(name.startswith("val_score") for name in features(seen, ()))


def test_probabilities_are_those_of_a_softmax() -> None:
    fitted = {
        "temperature": 1.0,
        "doubt": 0.0,
        "named": 2.0,
        "cleared": 0.0,
        "causes": {
            "one": {"bias": 0.0, "weights": {"rate": 1.0}, "named_by": []},
            "other": {"bias": 0.0, "weights": {}, "named_by": []},
        },
    }
    assert probabilities({}, fitted, ()) == {"one": 0.5, "other": 0.5}
    assert probabilities({"rate": 1.0}, fitted, ())["one"] == pytest.approx(0.7311, abs=1e-4)
    certain = probabilities({"rate": 99.0}, {**fitted, "doubt": 0.1}, ())
    assert certain == {"one": pytest.approx(0.95), "other": pytest.approx(0.05)}


def test_the_file_names_diagnoses_that_there_are() -> None:
    path = tb_diagnose.engine.__path__[0] + "/causes.json"
    with open(path, encoding="utf-8") as file:
        model = json.load(file)
    for cause in model["causes"].values():
        assert set(cause["named_by"]) <= registry().keys()
        assert set(cause["weights"]) & registry().keys() <= registry().keys()

"""What guessing would score, read from the model."""

from __future__ import annotations

from math import log

import pytest

from tb_diagnose.core.model import Loss, ModelConfig
from tb_diagnose.roles.chance_level import chance_level
from tests.cases import dense_model, layer, model, run

SPARSE, BINARY = "sparse_categorical_crossentropy", "binary_crossentropy"


@pytest.mark.parametrize(
    ("config", "classes", "cross_entropy"),
    (
        (dense_model(10, "softmax", SPARSE), 10, True),
        (dense_model(10, "linear", SPARSE, from_logits=True), 10, True),
        (dense_model(100, "softmax", "categorical_crossentropy"), 100, True),
        (dense_model(1, "sigmoid", BINARY), 2, True),
        (dense_model(20, "sigmoid", BINARY), 2, True),
        (dense_model(10, "softmax", "mean_squared_error"), 10, False),
        (dense_model(1, "sigmoid", "mean_squared_error"), 2, False),
        (dense_model(7, "softmax", ""), 7, True),
    ),
)
def test_the_output_says_how_many_classes(
    config: ModelConfig, classes: int, *, cross_entropy: bool
) -> None:
    level = chance_level(run(model=config))
    assert level is not None
    assert (level.classes, level.cross_entropy) == (classes, cross_entropy)
    assert level.loss == pytest.approx(log(classes))
    assert level.accuracy == pytest.approx(1 / classes)
    assert "Dense" in level.reason


@pytest.mark.parametrize(
    "config",
    (
        dense_model(1, "linear", "mean_squared_error"),
        dense_model(1, "softmax", SPARSE),
        model(layer(0, "", "Reshape"), loss=SPARSE),
        dense_model()._replace(outputs=(layer(10), layer(3))),
        dense_model()._replace(losses=(Loss(SPARSE), Loss("mean_squared_error"))),
    ),
    ids=("a number", "one class", "unknown units", "two outputs", "two losses"),
)
def test_no_chance_level_where_the_model_does_not_say(config: ModelConfig) -> None:
    assert chance_level(run(model=config)) is None


@pytest.mark.parametrize(
    ("text", "classes"),
    (
        (('{"architectures": ["BertForSequenceClassification"], "id2label": {"0": "a", "1": "b", '
         '"2": "c"}}'), 3),
        ('{"architectures": ["ViTForImageClassification"]}', 2),
    ),
)  # fmt: skip
def test_a_hugging_face_configuration_says_how_many_labels(text: str, classes: int) -> None:
    level = chance_level(run(texts={"model_config/text_summary": text}))
    assert level is not None
    assert (level.classes, level.cross_entropy) == (classes, True)


@pytest.mark.parametrize(
    "text",
    ("", '{"architectures": ["GPT2LMHeadModel"]}',
     '{"architectures": ["BertForSequenceClassification"], "id2label": {0: broken}}'),
)  # fmt: skip
def test_other_configurations_say_nothing(text: str) -> None:
    assert chance_level(run(texts={"model_config/text_summary": text})) is None


def test_half_way_from_guessing_to_perfect() -> None:
    level = chance_level(run(model=dense_model(5, "softmax", SPARSE)))
    assert level is not None
    assert [level.on_the_way(share) for share in (0, 0.5, 1)] == pytest.approx([0.2, 0.6, 1])

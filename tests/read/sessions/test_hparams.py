"""Hyper-parameters in every form in which frameworks log them."""

from __future__ import annotations

import pytest

from tb_diagnose.read.sessions.hparams import from_plugin, from_text, hyperparameters
from tests.events import message, session


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"lr": 0.1, "warmup": null}', {"lr": 0.1, "warmup": None}),
        ('    {\n    "lr": 0.1\n    }', {"lr": 0.1}),
        ("|param|value|\n|-|-|\n|lr|3e-4|\n|env|Ant-v4|\n|cuda|True|",
         {"lr": 3e-4, "env": "Ant-v4", "cuda": True}),
        ("nothing of the kind", {}),
        ("{broken", {}),
        ("{broken}", {}),
    ],
)  # fmt: skip
def test_texts(text: str, found: dict[str, object]) -> None:
    assert from_text(text) == found


def test_only_texts_of_that_name_count() -> None:
    texts = {"args/text_summary": '{"a": 1}', "samples/text_summary": '{"b": 2}'}
    assert hyperparameters([], texts) == {"a": 1}


def test_plugin_wins_and_broken_content_is_passed_over() -> None:
    contents = [session({"a": 2.0}), b"\xff\xff", message(2, b"experiment")]
    assert hyperparameters(contents, {"args": '{"a": 1, "b": 3}'}) == {"a": 2.0, "b": 3}


def test_values_of_every_kind() -> None:
    values = {"f": 0.5, "s": "adam", "yes": True, "list": [1.0, "x"]}
    assert from_plugin(session(values)) == values

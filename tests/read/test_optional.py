"""What one optional reader cannot take costs its fact, never the run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tb_diagnose.core.run import Run
from tb_diagnose.core.vitals import SETUP_TAG
from tb_diagnose.read import clusters, load
from tb_diagnose.read.wire import foreign_json
from tests.events import Log, event, message, metadata, number, record, summary, tensor

HUGE = 10**400
WORDS = st.sampled_from(
    ["class_name", "config", "layers", "name", "units", "strides", "kernel_size", "filters",
     "Sequential", "Dense", "Conv2D", "MaxPooling2D", "Reshape", "InputLayer", "batch_shape",
     "target_shape", "compile_config", "optimizer", "learning_rate", "loss", "inbound_nodes",
     "pool_size", "axis", "Concatenate", "LSTM", "build_config", "input_shape", "rows", "columns",
     "v", "padding", "valid", "same", "Conv2DTranspose", "groups", "output_layers", "modules"]
)  # fmt: skip
VALUES = st.recursive(
    st.one_of(
        WORDS, st.none(), st.booleans(), st.sampled_from([0, 1, -1, 3, HUGE, -HUGE, 10**17]),
        st.floats(), st.text(max_size=5),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(WORDS, inner, max_size=6)),
    max_leaves=25,
)  # fmt: skip


def layer(kind: str, **config: Any) -> dict[str, Any]:
    return {"class_name": kind, "config": {"name": kind.lower(), **config}}


def model(*layers: Any, **others: Any) -> dict[str, Any]:
    return {"class_name": "Sequential", "config": {"name": "m", "layers": [*layers]}, **others}


INPUT = layer("InputLayer", batch_shape=[None, 8, 8, 3])


def read(folder: Path, *contents: bytes, plugin: str, tag: str) -> Run:
    """The run of a log with these texts and a curve."""
    with Log(folder) as log:
        for step, content in enumerate(contents):
            text = message(8, number(1, 7) + message(8, content)) + metadata(plugin)
            log.raw(event(1e9, step, summary(tag, text)))
        log.scalars("loss", [3.0, 2.0, 1.0])
    (run,) = load(*clusters([folder]))
    assert [len(series) for series in run.scalars] == [3]
    f"{run.model} {run.hparams}".encode()
    return run


@pytest.mark.parametrize(
    "content",
    [
        model(INPUT, layer("Conv2D", filters=HUGE, kernel_size=3)),
        model(INPUT, layer("Conv2D", filters=3, kernel_size=[3, 3], strides=[0, 0])),
        model(INPUT, layer("Conv2D", filters=3, kernel_size=3, groups=0)),
        model(INPUT, layer("MaxPooling2D", pool_size=0, strides=0)),
        model(INPUT, layer("Reshape", target_shape=[HUGE, 0])),
        model(INPUT, layer("Concatenate", axis=HUGE)),
        model(INPUT, layer("Dense", units=-HUGE)),
        model(INPUT, layer("LSTM", units=[1])),
        model(INPUT, compile_config={"optimizer": layer("Adam", learning_rate=HUGE)}),
        model(INPUT, compile_config={"optimizer": layer("Adam", learning_rate=[HUGE])}),
        [HUGE],
        "a half of a character: \ud800",
    ],
)
def test_numbers_and_shapes_that_no_model_has(content: Any, tmp_path: Path) -> None:
    read(tmp_path, json.dumps(content).encode(), plugin="graph_keras_model", tag="keras")


@pytest.mark.parametrize(
    ("plugin", "tag"),
    [("graph_keras_model", "keras"), ("text", "args/text_summary"), ("text", SETUP_TAG)],
)
def test_any_json_in_the_place_of_another(
    plugin: str, tag: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(VALUES, min_size=1, max_size=3), st.booleans())
    def anything(values: list[Any], whole: bool) -> None:
        contents = [json.dumps(model(*values) if whole else value).encode() for value in values]
        read(tmp_path_factory.mktemp("run"), *contents, plugin=plugin, tag=tag)

    anything()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(content=st.binary(max_size=80), layout=VALUES, size=st.integers(0, 6))
def test_any_bytes_as_hyper_parameters_and_vitals(
    content: bytes, layout: Any, size: int, tmp_path: Path
) -> None:
    numbers = tensor([1.0] * size) if size else tensor(1.0)
    path = tmp_path / "events.out.tfevents.1"
    with path.open("wb") as file:
        told = metadata("diagnose", json.dumps(layout).encode())
        for inner in (content, message(3, content), message(3, message(1, content))):
            file.write(record(event(1e9, 1, summary("x", metadata("hparams", inner)))))
        file.write(record(event(1e9, 1, summary("diagnose/layers", numbers + told))))
        file.write(record(event(1e9, 1, summary("loss", tensor(1.0)))))
    (run,) = load(*clusters([tmp_path]))
    assert [series.tag for series in run.scalars] == ["loss"]


def test_numbers_of_any_length_are_numbers() -> None:
    assert foreign_json.parse(f"[{10**17}, {HUGE}, -{HUGE}]") == [
        10**17,
        float("inf"),
        -float("inf"),
    ]
    assert foreign_json.parse('"\\ud800x"') == "\ufffdx"


@pytest.mark.parametrize(
    "content", ["[" * 200 + "]" * 200, "[" * 10**6, "", "{", b"\xff", '["' + "x" * (1 << 24)]
)
def test_what_is_no_harmless_json_is_refused(content: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        foreign_json.parse(content)

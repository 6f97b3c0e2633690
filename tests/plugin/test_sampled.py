"""Runs from a data provider, and from a real one over real logs."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tensorboard import errors
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.context import RequestContext
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client

from tb_diagnose.plugin.provided import Asked
from tb_diagnose.plugin.sampled import Sampled, grouped
from tb_diagnose.plugin.tab import DiagnosePlugin
from tests.events import Log


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["m/train", "m/validation"], {"m": {"train": "m/train", "validation": "m/validation"}}),
        (["train", "validation"], {".": {"train": "train", "validation": "validation"}}),
        ([".", "eval"], {".": {"": ".", "eval": "eval"}}),
        (["test", "other"], {"test": {"": "test"}, "other": {"": "other"}}),
        (["a/train", "b/train"], {"a": {"train": "a/train"}, "b": {"train": "b/train"}}),
        (["m", "m/eval"], {"m": {"": "m", "eval": "m/eval"}}),
        (["m/Train", "m/x"], {"m/Train": {"": "m/Train"}, "m/x": {"": "m/x"}}),
        ([], {}),
    ],
)
def test_splits_belong_together(names: list[str], found: dict[str, dict[str, str]]) -> None:
    assert grouped(names) == found


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    with Log(tmp_path / "m" / "train") as log:
        log.tensors("epoch_loss", [3.0, 2.0, 1.0])
        for step in range(3):
            log.histogram("dense/kernel/histogram", np.linspace(-1, 1, 50) * (step + 1), step)
        log.text("args/text_summary", '{"learning_rate": 0.1}')
        log.keras({"class_name": "Sequential", "config": {"name": "s", "layers": []}})
    with Log(tmp_path / "m" / "validation", start=1_700_000_001) as log:
        log.tensors("epoch_loss", [3.5, 2.5, 1.5])
    return tmp_path


def provider(logs: Path) -> tuple[EventMultiplexer, MultiplexerDataProvider]:
    multiplexer = EventMultiplexer()
    multiplexer.AddRunsFromDirectory(str(logs))
    multiplexer.Reload()
    return multiplexer, MultiplexerDataProvider(multiplexer, str(logs))


def test_a_run_from_a_real_provider(logs: Path) -> None:
    source = Sampled(Asked(provider(logs)[1], "", RequestContext()))
    (feed,) = source.feeds().values()
    assert feed.has_changed()
    assert feed.read_on()
    (run,) = feed.runs()
    assert run.name == "m"
    assert [series.name for series in run.scalars] == ["train/epoch_loss", "validation/epoch_loss"]
    assert run.scalars[0].values.tolist() == [3, 2, 1]
    (weights,) = run.histograms
    assert weights.name == "train/dense/kernel/histogram"
    assert weights.std[2] == pytest.approx(3 * weights.std[0])
    assert run.texts == {"args/text_summary": '{"learning_rate": 0.1}'}
    assert run.hparams == {"learning_rate": 0.1}


def test_it_is_read_again_only_when_there_is_more(logs: Path) -> None:
    multiplexer, given = provider(logs)
    clock = SimpleNamespace(now=0.0)
    source = Sampled(Asked(given, "", RequestContext()), lambda: clock.now)
    (feed,) = source.feeds().values()
    feed.read_on()
    assert not feed.has_changed()
    with Log(logs / "m" / "train", start=1_700_000_100) as log:
        log.tensors("epoch_loss", [0.5], [3])
    multiplexer.Reload()
    clock.now = 60
    assert list(source.feeds().values()) == [feed]
    assert feed.has_changed()
    assert feed.read_on()
    assert len(feed.runs()[0].scalars[0]) == 4


def test_who_may_not_see_an_experiment_is_told_nothing_of_it() -> None:
    class Guarded:
        def experiment_metadata(self, _: Any, *, experiment_id: str) -> None:
            raise errors.PermissionDeniedError(experiment_id)

    flags = SimpleNamespace(logdir="", logdir_spec="")
    plugin = DiagnosePlugin(TBContext(flags=flags, data_provider=Guarded()))
    for route in ("state", "runs", "run", "export"):
        with pytest.raises(errors.PermissionDeniedError):
            Client(plugin.get_plugin_apps()[f"/{route}"]).get(f"/{route}")
    assert plugin._service is not None
    assert not plugin._service._hosted


def test_only_so_many_experiments_are_followed(logs: Path) -> None:
    flags = SimpleNamespace(logdir="", logdir_spec="")
    plugin = DiagnosePlugin(TBContext(flags=flags, data_provider=provider(logs)[1]))
    asked = Client(plugin.get_plugin_apps()["/state"])
    for number in range(12):
        reply = asked.get(
            "/state", environ_overrides={"HTTP_TENSORBOARD_EXPERIMENT_ID": f"{number}"}
        )
        assert json.loads(reply.text)["state"] == "starting"
    assert plugin._service is not None
    assert list(plugin._service._hosted) == [f"{number}" for number in range(4, 12)]

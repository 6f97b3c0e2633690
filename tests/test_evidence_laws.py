"""What evidence keeps to: comparisons that hold, raw numbers, the run's own words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from tb_diagnose.core.finding import Evidence, Outcome, Verdict
from tb_diagnose.core.format import number
from tb_diagnose.core.run import Run, Series
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.contract import registry
from tb_diagnose.engine.examine import examine
from tests.cases import curve, epochs, falling, run, spiked, swinging
from tests.sick import SICK

#: ``0.25 at step 12``, as a message says it.
AT_STEP = re.compile(r"(-?[\d.,]+(?:e-?\d+)?) at (?:step|epoch) (-?\d+)")
#: Words that only Keras or TensorFlow users understand.
KERAS = re.compile(
    r"keras|\btf\.|model\.fit|model\.compile|clipnorm|restore_best_weights|kernel_initializer|"
    r"tf\.data|from_logits|Dense\(|class_weight|BatchNormalization"
)

MORE: dict[str, Run] = {
    "explodes in its last points": run(
        curve(np.r_[falling(409, noise=0.02), np.full(15, 3e5)], "Loss/train", "")
    ),
    "five epochs, the last one off": run(epochs([2.3, 1.9, 1.6, 1.4, 900.0])),
    "spikes in PyTorch": run(
        curve(spiked(falling(900, noise=0.03), [300, 500, 700], 60), "loss/train", ""),
        curve(falling(30), "loss/val", "", steps=30 * np.arange(30)),
    ),
    "swings in PyTorch": run(curve(swinging(200, 0.2, 2.4, 8), "loss/train", "")),
    "infinite gradient norms": run(
        epochs(falling(20)), curve(np.r_[np.ones(10), np.full(10, np.inf)], "grad_norm", "")
    ),
}
RUNS = {**SICK, **MORE}

every_run = pytest.mark.parametrize("name", RUNS)


def findings(one: Run) -> Iterator[tuple[Outcome, Evidence]]:
    for outcome in examine(one, Settings()).outcomes:
        if outcome.verdict is Verdict.FOUND:
            yield from ((outcome, evidence) for evidence in outcome.evidence)


def shown(one: Run, evidence: Evidence) -> list[Series]:
    """The scalar curves that evidence names."""
    names = {*evidence.tag.split(" + "), *evidence.related}
    return [series for series in one.scalars if series.name in names or series.tag in names]


@every_run
def test_each_comparison_holds(name: str) -> None:
    for outcome, evidence in findings(RUNS[name]):
        comparison = evidence.comparison
        if comparison is not None:
            assert comparison.holds, (outcome.id, evidence)
            limits = {limit.name: limit for limit in registry()[outcome.id].limits}
            assert comparison.limit == limits[comparison.name].default
            assert comparison.operator == limits[comparison.name].alarm


@every_run
def test_a_number_at_a_step_is_the_raw_value_there(name: str) -> None:
    one = RUNS[name]
    for outcome, evidence in findings(one):
        for value, step in AT_STEP.findall(evidence.message):
            raw = {
                number(float(point))
                for series in shown(one, evidence)
                for point in series.values[series.steps == int(step)]
            }
            assert value.rstrip(".") in raw, (outcome.id, evidence.message, raw)


@every_run
def test_it_is_not_detected_before_it_begins(name: str) -> None:
    for outcome, evidence in findings(RUNS[name]):
        if outcome.detected_step is not None and evidence.steps and evidence is outcome.evidence[0]:
            assert outcome.detected_step >= evidence.steps[0], (outcome.id, evidence)


@every_run
@pytest.mark.parametrize("writer", ("tensorboard.summary.writer.event_file_writer", ""))
def test_nobody_else_is_told_of_keras(name: str, writer: str) -> None:
    """The same curves from PyTorch and from an unknown writer, under tags of their own."""
    one = RUNS[name]
    curves = tuple(
        replace(series, tag=series.tag.replace("epoch_", ""), folder=series.folder)
        for series in one.scalars
        if not series.tag.startswith("batch_")
    )
    other = replace(one, scalars=curves, model=None, writer=writer)
    for outcome in examine(other, Settings()).outcomes:
        said = [outcome.how_to_enable, outcome.surer]
        said += [text for each in outcome.evidence for text in (each.suggestion, each.message)]
        assert not [text for text in said if KERAS.search(text)], outcome


def test_causes_make_no_circle() -> None:
    leads_to = {name: set(one.leads_to) for name, one in registry().items()}
    while ends := {name for name, effects in leads_to.items() if not effects & leads_to.keys()}:
        for name in ends:
            del leads_to[name]
    assert not leads_to

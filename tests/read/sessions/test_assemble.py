"""What a person calls one run: restarts are joined, independent trainings are told apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tb_diagnose.core.run import Fact, Run
from tb_diagnose.read import clusters, load
from tests.events import Log


def runs(folder: Path) -> list[Run]:
    return [run for cluster in clusters([folder]) for run in load(cluster)]


def kinds(run: Run) -> list[str]:
    return [fact.kind for fact in run.facts]


def fact(run: Run, kind: str) -> Fact:
    (found,) = (each for each in run.facts if each.kind == kind)
    return found


def falling(n: int, start: float = 2.3, seed: int = 0) -> list[float]:
    noise = np.random.default_rng(seed).normal(0, 0.01, n)
    return (start * np.exp(-np.arange(n) / n * 3) + noise).tolist()


def train(
    folder: Path,
    start: float,
    steps: range,
    *,
    tags: tuple[str, ...] = ("loss", "acc"),
    seed: int = 0,
) -> None:
    values = falling(len(steps), seed=seed)
    with Log(folder, start=start) as log:
        for step, value in zip(steps, values, strict=True):
            for tag in tags:
                log.scalar(tag, value, step)


def test_a_restart_supersedes_what_it_repeats(tmp_path: Path) -> None:
    train(tmp_path, 1000, range(0, 500, 5))
    train(tmp_path, 3000, range(300, 700, 5))
    (run,) = runs(tmp_path)
    for series in run.scalars:
        assert series.steps.tolist() == list(range(0, 700, 5))
        assert series.wall[60] >= 3000 > series.wall[59]
    assert kinds(run) == ["restart", "overlap"]
    assert fact(run, "overlap").numbers == {"first": 300, "last": 495, "dropped": 80}


def test_a_restart_without_overlap(tmp_path: Path) -> None:
    train(tmp_path, 1000, range(100))
    train(tmp_path, 3000, range(100, 150))
    (run,) = runs(tmp_path)
    assert kinds(run) == ["restart"]
    assert len(run.scalars[0]) == 150


def test_a_resume_within_one_file(tmp_path: Path) -> None:
    with Log(tmp_path) as log:
        for step in [*range(500), *range(300, 700)]:
            log.scalar("loss", 1.0 / (1 + step), step)
            if step % 50 == 0:
                log.scalar("val_loss", 2.0 / (1 + step), step)
    (run,) = runs(tmp_path)
    assert [series.steps.tolist() for series in run.scalars] == [
        list(range(700)),
        list(range(0, 700, 50)),
    ]
    assert fact(run, "restart").numbers["step"] == 300


@pytest.mark.parametrize("apart", [True, False])
def test_independent_trainings(apart: bool, tmp_path: Path) -> None:
    """One after the other, each in a file of its own, or all in one file."""
    if apart:
        for number in range(3):
            train(tmp_path, 1000 + 1000 * number, range(50 - 10 * number), seed=number)
    else:
        with Log(tmp_path, start=1000) as log:
            for number in range(3):
                log.scalars("loss", falling(50 - 10 * number, seed=number))
                log.scalars("acc", falling(50 - 10 * number, seed=number))
    found = runs(tmp_path)
    name = tmp_path.name
    if not apart:
        found = [run for run in found if run.points]
    assert [run.name for run in found] == [f"{name}#1", f"{name}#2", f"{name}#3"]
    assert [len(run.scalars[1]) for run in found] == [50, 40, 30]
    assert [fact(run, "several-trainings").numbers["number"] for run in found] == [1, 2, 3]


def test_equal_trainings_in_one_file_start_over(tmp_path: Path) -> None:
    with Log(tmp_path) as log:
        for number in range(4):
            log.scalars("loss", falling(50, seed=number))
    assert [len(run.scalars[0]) for run in runs(tmp_path)] == [50] * 4


def test_a_batch_index_is_no_training(tmp_path: Path) -> None:
    values = falling(1000)
    with Log(tmp_path) as log:
        for epoch in range(10):
            for batch in range(100):
                log.scalar("loss", values[100 * epoch + batch], batch)
            log.scalar("epoch_loss", values[100 * epoch], epoch)
    (run,) = runs(tmp_path)
    assert [len(series) for series in run.scalars] == [10, 1000]
    found = fact(run, "steps-are-batch-indices")
    assert found.where == "loss"
    assert found.numbers == {"cycles": 10, "length": 100}


def test_a_batch_index_alone_and_flat(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(2.3, 0.1, 400)
    with Log(tmp_path) as log:
        log.scalars("loss", noise.tolist(), [step % 100 for step in range(400)])
    (run,) = runs(tmp_path)
    assert kinds(run) == ["steps-are-batch-indices"]


def test_keras_fits_in_one_folder_are_matched_by_time(tmp_path: Path) -> None:
    """Three fits; the first was stopped before its first validation."""
    for number, epochs in enumerate((1, 5, 4)):
        begin = 1000 + 100 * number
        with Log(tmp_path / "train", start=begin) as log:
            log.every = 10
            log.keras({"number": number})
            log.tensors("epoch_loss", falling(epochs))
        if number:
            with Log(tmp_path / "validation", start=begin + 15) as log:
                log.every = 10
                log.tensors("epoch_loss", falling(epochs))
    found = runs(tmp_path)
    assert [[series.name for series in run.scalars] for run in found] == [
        ["train/epoch_loss"],
        ["train/epoch_loss", "validation/epoch_loss"],
        ["train/epoch_loss", "validation/epoch_loss"],
    ]
    assert [len(run.scalars[-1]) for run in found] == [1, 5, 4]


def test_validation_that_is_written_first(tmp_path: Path) -> None:
    for number in range(2):
        train(tmp_path / "val", 1000 + 1000 * number, range(10))
        train(tmp_path / "train", 1001 + 1000 * number, range(40))
    assert [[len(series) for series in run.scalars] for run in runs(tmp_path)] == [
        [40, 40, 10, 10]
    ] * 2


def test_trainings_at_the_same_time_in_one_folder(tmp_path: Path) -> None:
    train(tmp_path, 1000, range(100), seed=1)
    train(tmp_path, 1010, range(100), seed=2)
    first, second = runs(tmp_path)
    assert len(first.scalars[0]) == len(second.scalars[0]) == 100
    assert not np.array_equal(first.scalars[0].values, second.scalars[0].values)


def test_writers_of_different_curves_are_one_run(tmp_path: Path) -> None:
    train(tmp_path, 1000, range(100), tags=("loss", "acc"))
    train(tmp_path, 1010, range(50), tags=("eval/loss", "eval/acc"))
    (run,) = runs(tmp_path)
    assert kinds(run) == ["several-writers"]
    assert len(run.scalars) == 4


def test_single_points_at_the_end_do_not_confuse(tmp_path: Path) -> None:
    """As Hugging Face does: a summary, and an evaluation in a second file."""
    with Log(tmp_path, start=1000) as log:
        log.scalars("train/loss", falling(50), range(10, 510, 10))
        log.scalars("eval/loss", falling(5), range(100, 600, 100))
        log.scalar("train/runtime", 12.0, 500)
        log.scalar("train/train_loss", 1.2, 500)
    with Log(tmp_path, start=2000) as log:
        log.scalar("eval/loss", 0.1, 500)
    (run,) = runs(tmp_path)
    assert run.points == 58
    assert "several-trainings" not in kinds(run)


def test_a_session_start_supersedes_curves_that_are_not_logged_again(tmp_path: Path) -> None:
    train(tmp_path, 1000, range(100), tags=("loss", "acc", "rare"))
    with Log(tmp_path, start=5000) as log:
        log.session_start(60)
        for step in range(60, 80):
            log.scalar("loss", 1.0, step)
            log.scalar("acc", 1.0, step)
    (run,) = runs(tmp_path)
    assert {series.tag: len(series) for series in run.scalars} == {
        "acc": 80,
        "loss": 80,
        "rare": 60,
    }


def test_metadata_is_remembered_across_files(tmp_path: Path) -> None:
    """Only a tag's first value says that it is a histogram, though it be in another file."""
    with Log(tmp_path, start=1000) as log:
        log.histogram("w", [1.0, 2.0], 0)
    with Log(tmp_path, start=2000) as log:
        log.tensor("w", np.ones((3, 3)), 1, plugin="", dtype="float64")
    (run,) = runs(tmp_path)
    assert run.histograms[0].steps.tolist() == [0, 1]


def test_texts_models_and_hparams_go_to_their_training(tmp_path: Path) -> None:
    for number in range(2):
        with Log(tmp_path, start=1000 + 1000 * number) as log:
            log.text(
                "args/text_summary", f'```json\n{{"learning_rate": {number}, "fp16": false}}\n```'
            )
            log.scalars("loss", falling(20))
    first, second = runs(tmp_path)
    assert first.hparams == {"learning_rate": 0, "fp16": False}
    assert second.hparams == {"learning_rate": 1, "fp16": False}
    assert first.texts["args/text_summary"].startswith("```json")
    assert first.writer == "tensorflow.core.util.events_writer"


def test_walls_that_stand_still(tmp_path: Path) -> None:
    """A log without true wall times still gives all its points."""
    with Log(tmp_path, every=0.0) as log:
        log.scalars("loss", falling(30))
        log.scalars("loss", falling(30))
    assert sum(run.points for run in runs(tmp_path)) == 60


def test_fits_in_one_folder_whose_validation_is_written_a_moment_before(tmp_path: Path) -> None:
    """The first one is stopped before it validates."""
    train(tmp_path / "train", 1000, range(2), tags=("epoch_loss",), seed=9)
    for number in range(3):
        start = 2000 + 1000 * number
        train(tmp_path / "validation", start - 0.01, range(10), tags=("epoch_loss",), seed=number)
        train(tmp_path / "train", start, range(10), tags=("epoch_loss",), seed=10 + number)
    stopped, *whole = runs(tmp_path)
    assert [series.name for series in stopped.scalars] == ["train/epoch_loss"]
    for number, run in enumerate(whole):
        split = {series.folder: series for series in run.scalars}
        for folder, seed in (("train", 10 + number), ("validation", number)):
            assert split[folder].values.tolist() == pytest.approx(falling(10, seed=seed))


def test_weights_with_other_names_begin_a_new_run(tmp_path: Path) -> None:
    for number, layer in enumerate(("conv2d_1", "conv2d")):
        with Log(tmp_path, start=1000 + 1000 * number) as log:
            for step in range(5):
                log.scalar("epoch_loss", 1.0, step)
                for name in "abcd":
                    log.histogram(f"{layer}/{name}", np.arange(9.0) + step, step)
    assert [len(run.scalars[0]) for run in runs(tmp_path)] == [5, 5]

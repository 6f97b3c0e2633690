"""What attaching costs a Keras training, next to other callbacks: prints a Markdown table.

    python benchmarks/attach.py --rounds 7

Each callback has a model of its own. After a training that is not counted, which compiles, they
take turns: a round is one epoch of each. Told are the median step and, for each callback, the
median over the rounds of its time divided by the plain one's of the same round, with the lowest and
the highest. ``plain, again`` shows what of this is noise. Times are processor times of the whole
process: on a machine that others use as well, these repeat better than the clock's.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import keras
import numpy as np

from tb_diagnose import attach

layers = keras.layers
#: What is compared: name → the callbacks that write to a folder.
CALLBACKS: dict[str, Callable[[str], list[Any]]] = {
    "plain": lambda _: [],
    "plain, again": lambda _: [],
    "attach.keras": lambda folder: [attach.keras(folder)],
    "TensorBoard": lambda folder: [keras.callbacks.TensorBoard(folder)],
    "TensorBoard, histogram_freq=1": lambda folder: [
        keras.callbacks.TensorBoard(folder, histogram_freq=1)
    ],
}


@dataclass(frozen=True)
class Workload:
    """A model, the shape of its inputs, and how many steps of which batch an epoch has."""

    build: Callable[[], list[Any]]
    shape: tuple[int, ...]
    batch: int
    steps: int


def mlp() -> list[Any]:
    return [*(layers.Dense(256, activation="relu") for _ in range(2)), layers.Dense(10)]


def cnn() -> list[Any]:
    blocks = [
        each
        for width in (16, 32)
        for each in (
            layers.Conv2D(width, 3, use_bias=False),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.MaxPooling2D(),
        )
    ]
    return [*blocks, layers.Flatten(), layers.Dense(10)]


WORKLOADS = {
    "MLP, batch 128": Workload(mlp, (256,), 128, 400),
    "CNN, batch 128": Workload(cnn, (32, 32, 3), 128, 80),
}


def trainings(workload: Workload, logs: Path) -> dict[str, Callable[[], float]]:
    """For each callback what trains an epoch and returns its CPU seconds; compiled already."""
    rng = np.random.default_rng(0)
    count = workload.batch * workload.steps
    x = rng.normal(size=(count, *workload.shape)).astype("float32")
    y = rng.integers(0, 10, count)
    return dict(_trainings(workload, x, y, logs))


def _trainings(
    workload: Workload, x: Any, y: Any, logs: Path
) -> Iterator[tuple[str, Callable[[], float]]]:
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for name, callbacks in CALLBACKS.items():
        model = keras.Sequential([keras.Input(workload.shape), *workload.build()])
        model.compile("adam", loss)
        used = callbacks(str(logs / name))

        def epoch(model: Any = model, used: Any = used) -> float:
            begin = process_time()
            model.fit(x, y, batch_size=workload.batch, verbose=0, callbacks=used)
            return process_time() - begin

        epoch()
        yield name, epoch


def main() -> None:
    """Measure every workload and print the table."""
    parser = argparse.ArgumentParser(description="What attaching costs a Keras training.")
    parser.add_argument("--rounds", type=int, default=7, help="epochs of each (default: 7)")
    rounds = parser.parse_args().rounds
    print("| training | callback | step, CPU ms | time, plain = 1 | lowest – highest |")
    print("| --- | --- | --- | --- | --- |")
    for title, workload in WORKLOADS.items():
        with tempfile.TemporaryDirectory() as logs:
            running = trainings(workload, Path(logs))
            times = [{name: epoch() for name, epoch in running.items()} for _ in range(rounds)]
        for name in CALLBACKS:
            step = 1000 * statistics.median(each[name] for each in times) / workload.steps
            ratios = [each[name] / each["plain"] for each in times]
            middle, low, high = statistics.median(ratios), min(ratios), max(ratios)
            print(f"| {title} | {name} | {step:.2f} | {middle:.3f} | {low:.2f} – {high:.2f} |")


if __name__ == "__main__":
    main()

"""The logs of a search for hyper-parameters: many small runs, no two alike, a few of them faulty.

    python evaluation/sweep.py --runs 1000 --steps 1000 sweep/

What is judged takes as long as there is to be seen, so that the runs learn as real ones do: noisy
losses that fall to where the run's own learning rate lets them, on both splits, an accuracy that
goes with them, a rate that warms up and decays. One in ten has a fault.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.workloads import event, simple  # noqa: E402
from tb_diagnose.read.wire.records import framed  # noqa: E402

Floats = NDArray[np.float64]
Curves = dict[str, Floats]

#: One run in so many is faulty.
_FAULTY = 10
_TAGS = ("train/loss", "val/loss", "train/accuracy", "val/accuracy", "lr")


def write(folder: Path, runs: int, steps: int, tags: int = 5, seed: int = 0) -> list[Path]:
    """So many runs of so many steps and tags each; returns their event files.

    The tags past the first five are further parts of the loss.
    """
    files = []
    for number in range(runs):
        path = folder / f"run{number:04}" / f"events.out.tfevents.1700000000.host.{number}.0"
        path.parent.mkdir(parents=True)
        shown = curves(np.random.default_rng([seed, number]), number, steps, tags)
        path.write_bytes(b"".join(map(framed, _events(shown, steps))))
        files.append(path)
    return files


def _events(shown: Curves, steps: int) -> Iterator[bytes]:
    yield b"\x09" + b"\0" * 8 + b"\x1a\x0dbrain.Event:2"
    rows = zip(*(values.tolist() for values in shown.values()), strict=True)
    for step, row in zip(range(steps), rows, strict=True):
        yield event(step, *map(simple, shown, row))


def curves(random: np.random.Generator, number: int, steps: int, tags: int = 5) -> Curves:
    """What one run logs, by tag."""
    shown = _healthy(random, steps)
    if number % _FAULTY == _FAULTY - 1:
        _FAULTS[number // _FAULTY % len(_FAULTS)](random, shown)
    for index in range(5, tags):
        shown[f"train/part{index}_loss"] = random.uniform(0.1, 1) * shown["train/loss"]
    return dict(list(shown.items())[:tags])


def _healthy(random: np.random.Generator, steps: int) -> Curves:
    """Losses that fall by a power law to a floor, their noise in proportion to their level."""
    at = np.arange(steps)
    pace, power = random.uniform(0.01, 0.1) * steps, random.uniform(0.4, 1.2)
    floor, height = random.uniform(0.05, 0.4), random.uniform(1.8, 2.6)
    level = floor + height * (1 + at / pace) ** -power
    warm = np.minimum(1, (at + 1) / max(1, steps // 20))
    curves = (
        level * random.lognormal(0, random.uniform(0.02, 0.15), steps),
        (level + 0.05 * floor) * random.lognormal(0, 0.02, steps),
        np.clip(1 - level / 3 + random.normal(0, 0.02, steps), 0, 1),
        np.clip(0.98 - level / 3 + random.normal(0, 0.01, steps), 0, 1),
        10 ** random.uniform(-4, -2) * warm * (1 + np.cos(np.pi * at / steps)) / 2,
    )
    return dict(zip(_TAGS, curves, strict=True))


def _overfits(random: np.random.Generator, curves: Curves) -> None:
    behind = np.linspace(-0.5, 1, len(curves["val/loss"])).clip(0)
    curves["val/loss"] += random.uniform(0.5, 2) * behind
    curves["val/accuracy"] -= 0.1 * behind


def _diverges(random: np.random.Generator, curves: Curves) -> None:
    first = int(random.uniform(0.3, 0.9) * len(curves["train/loss"]))
    for tag in ("train/loss", "val/loss"):
        curves[tag][first:] *= np.exp(np.minimum(np.arange(len(curves[tag]) - first), 20) / 2)


def _fails(random: np.random.Generator, curves: Curves) -> None:
    first = int(random.uniform(0.3, 0.9) * len(curves["train/loss"]))
    for tag in ("train/loss", "val/loss"):
        curves[tag][first:] = np.nan


def _stays(random: np.random.Generator, curves: Curves) -> None:
    for tag, level in zip(_TAGS, (2.3, 2.3, 0.1, 0.1), strict=False):
        curves[tag][:] = level + random.normal(0, 0.01, len(curves[tag]))


def _spikes(random: np.random.Generator, curves: Curves) -> None:
    loss = curves["train/loss"]
    loss[random.integers(len(loss) // 4, len(loss), 6)] *= 20


_FAULTS: tuple[Callable[[np.random.Generator, Curves], None], ...] = (
    _overfits,
    _diverges,
    _fails,
    _stays,
    _spikes,
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--tags", type=int, default=5)
    parser.add_argument("--steps", type=int, default=1000)
    call = parser.parse_args()
    write(call.folder, call.runs, call.steps, call.tags)


if __name__ == "__main__":
    main()

"""Train the healthy and the faulty networks on whose logs the verdicts are measured.

    python evaluation/make_trainings.py --logs FOLDER             all that are not there yet
    python evaluation/make_trainings.py --logs FOLDER NAME …      those whose names begin so
    python evaluation/make_trainings.py --list                    what there is

Needs TensorFlow, TensorBoard and scikit-learn; nothing is downloaded. Event files go to
FOLDER/runs/NAME, and FOLDER/trained.csv says what became of each network. A run that was stopped
goes on where it was. All trainings together take about a quarter of an hour of one processor.
"""

from __future__ import annotations

import argparse
import csv
import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from pathlib import Path

from trainings.grid import Training, grid
from trainings.plan import Plan, Trained

COLUMNS = ("name", *(each.name for each in fields(Trained)))


def main() -> None:
    """Train what is asked for and not there yet, one after the other."""
    parser = argparse.ArgumentParser(description="Train healthy and faulty networks.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="beginnings of names")
    parser.add_argument("--logs", type=Path, metavar="FOLDER", help="where the logs go")
    parser.add_argument("--list", action="store_true", help="only print the names")
    call = parser.parse_args()
    asked = [each for each in grid() if not call.names or each.name.startswith(tuple(call.names))]
    if call.list:
        print(*(each.name for each in asked), sep="\n")
    elif call.logs is None:
        parser.error("--logs is missing; say where the logs go, such as --logs trainings")
    else:
        _make(asked, call.logs)


def _make(asked: Sequence[Training], logs: Path) -> None:
    table = logs / "trained.csv"
    (logs / "runs").mkdir(parents=True, exist_ok=True)
    done = set()
    if table.is_file():
        with table.open(encoding="utf-8", newline="") as file:
            done = {row["name"] for row in csv.DictReader(file)}
    else:
        table.write_text(",".join(COLUMNS) + "\n", encoding="utf-8")
    left = [each for each in asked if each.name not in done]
    for count, each in enumerate(left, start=1):
        trained = _trained(each, logs / "runs" / each.name)
        with table.open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, COLUMNS).writerow({"name": each.name, **asdict(trained)})
        print(f"{count}/{len(left)} {each.name}: skill {trained.skill:.3f}", flush=True)


def _trained(training: Training, target: Path) -> Trained:
    """Train in a scratch folder, so that a log is there wholly or not at all."""
    train = _tensorflow()
    with tempfile.TemporaryDirectory() as scratch:
        logs = Path(scratch) / "run"
        trained: Trained = train(training.plan(), logs)
        _rename(logs)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(logs, target)
    gc.collect()
    return trained


def _tensorflow() -> Callable[[Plan, Path], Trained]:
    """Import TensorFlow, on one processor and reproducible to the last bit."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
    import tensorflow as tf

    from trainings.train import train

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    return train


def _rename(logs: Path) -> None:
    """Event files name no machine and no moment, so that each making gives the same names."""
    for folder in sorted({path.parent for path in logs.rglob("*tfevents*")}):
        for number, path in enumerate(sorted(folder.glob("*tfevents*"))):
            path.rename(folder / f"events.out.tfevents.{number + 1}.training.1.{number}.v2")


if __name__ == "__main__":
    main()

"""Make the trainings on whose logs the verdicts are measured and the causes are fitted.

    python evaluation/make_trainings.py --out FOLDER                  4,000 trainings
    python evaluation/make_trainings.py --out FOLDER --count 500      the first 500 of them
    python evaluation/make_trainings.py --out FOLDER --jobs 2         on two processors

Writes FOLDER/runs/NAME with the event files of each and FOLDER/labels.csv with what is true of it.
Needs PyTorch, TensorBoard and scikit-learn; nothing is downloaded. README.md beside this file says
what is in there.
"""

from __future__ import annotations

import argparse
import shutil
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from trainings.grid import Training, grid
from trainings.labels import Made, table, write
from trainings.make import make


def main() -> None:
    """Make what is asked for, a base and a framework at a time."""
    parser = argparse.ArgumentParser(description="Make trainings with known faults.")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where to")
    parser.add_argument("--count", type=int, default=4000, help="how many trainings")
    parser.add_argument("--jobs", type=int, default=1, help="processes at once")
    call = parser.parse_args()
    shutil.rmtree(call.out / "runs", ignore_errors=True)
    _make(grid(call.count), call.out, call.jobs)


def _make(trainings: list[Training], out: Path, jobs: int) -> None:
    """The table is complete for what is done, should somebody stop it."""
    groups: dict[object, list[Training]] = {}
    for training in trainings:
        groups.setdefault(training.group, []).append(training)
    begin, made = time.monotonic(), dict[str, Made]()
    # A fresh process each: one that was forked may inherit PyTorch's locks.
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        tasks = [pool.submit(make, group, out / "runs") for group in groups.values()]
        for task in as_completed(tasks):
            made |= {one.training.name: one for one in task.result()}
            done = [made[training.name] for training in trainings if training.name in made]
            write(out, table(done))
            print(
                f"{len(done)} of {len(trainings)} in {time.monotonic() - begin:.0f} s", flush=True
            )


if __name__ == "__main__":
    main()

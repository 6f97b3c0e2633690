"""The process of one training: trains a round for each line it is sent, and answers in JSON.

python benchmarks/attaching/child.py keras|torch WORKLOAD TOOL STEPS
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time
from typing import IO, Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path[:0] = [str(Path(__file__).resolve().parents[at]) for at in (1, 2)]


#: So many rounds' steps come before the measured ones (attach samples densely in the first 64).
BEFORE = 10


class Turns:
    """Called between two steps; pauses the training behind the last step of a round."""

    def __init__(self, steps: int, folder: str, answers: IO[str]) -> None:
        self.steps, self._folder, self._answers = steps, folder, answers
        self._left = BEFORE * steps
        self.wait({})

    def wait(self, told: dict[str, Any]) -> None:
        """Tell, and wait for the next turn; the process ends when none comes."""
        print(json.dumps(told), file=self._answers, flush=True)
        if not sys.stdin.readline():
            os._exit(0)  # some tools wait for their servers
        self._cpu, self._wall, self._done = process_time(), perf_counter(), 0

    def __call__(self) -> None:
        self._done += 1
        if self._done == self._left:
            told = {"cpu": process_time() - self._cpu, "wall": perf_counter() - self._wall}
            self.wait(told | {"steps": self._done} | _state(self._folder))
            self._left = self.steps


def main() -> None:
    """The first answer is empty and says that all is ready; then each tells of a round.

    ``cpu`` and ``wall`` are seconds; there is only ``error`` where something failed.
    """
    framework, workload, tool, steps = sys.argv[1:]
    answers, sys.stdout = sys.stdout, sys.stderr  # what a tool prints is no answer
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        try:
            made = import_module(f"attaching.{framework}_trainings")
            train = made.training(workload, tool, folder)
            train(Turns(int(steps) * made.WORKLOADS[workload].times, folder, answers))
        except Exception as error:  # noqa: BLE001 - a tool that fails is a result
            why = (str(error).splitlines() or [""])[0]
            print(json.dumps({"error": f"{type(error).__name__}: {why}"}), file=answers, flush=True)
    os._exit(0)


def _state(folder: str) -> dict[str, Any]:
    """Peak memory of this process in MiB, and how many steps attach has sampled."""
    from tb_diagnose.read import NothingToRead, clusters, load

    try:
        runs = [run for cluster in clusters([Path(folder)]) for run in load(cluster)]
    except NothingToRead:
        runs = []
    sampled = [len(each) for run in runs for each in run.vitals if each.tag == "diagnose/step"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"memory": peak, "sampled": sum(sampled)}


if __name__ == "__main__":
    main()

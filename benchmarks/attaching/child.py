"""The process of one training: trains a round for each line it is sent, and answers in JSON.

python benchmarks/attaching/child.py keras WORKLOAD TOOL STEPS
python benchmarks/attaching/child.py torch WORKLOAD TOOL STEPS DEVICE LARGER
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from time import process_time
from typing import IO, Any

#: Switches a tool off, and on again.
Switch = Callable[[bool], None]

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path[:0] = [str(Path(__file__).resolve().parents[at]) for at in (1, 2)]


#: So many rounds' steps come before the measured ones (attach samples densely in the first 64).
BEFORE = 10
_clock = time.perf_counter


class Turns:
    """Called between two steps; ends the rounds, and waits for the next turn.

    With a tool that has a switch, a round is trained twice: with it and without, in turns the one
    and the other first. For others who look at the clock, it stands still meanwhile.
    """

    def __init__(
        self,
        steps: int,
        folder: str,
        answers: IO[str],
        switch: Switch | None,
        settle: Callable[[], None],
    ) -> None:
        self._settle = settle
        self._steps, self._folder, self._answers, self._switch = steps, folder, answers, switch
        self._stood, self._on = 0.0, True
        time.perf_counter = lambda: _clock() - self._stood
        self._halves, self._left = 1, BEFORE * steps
        self._wait({})

    def _wait(self, told: dict[str, Any]) -> None:
        """Tell of a round, and wait for the next turn; the process ends when none comes."""
        begin = _clock()
        print(json.dumps(told), file=self._answers, flush=True)
        if not sys.stdin.readline():
            os._exit(0)  # some tools wait for their servers
        self._stood += _clock() - begin
        self._told: dict[str, Any] = {}
        self._begin()

    def _begin(self) -> None:
        self._settle()
        self._done, self._cpu, self._wall = 0, process_time(), _clock()

    def __call__(self) -> None:
        self._done += 1
        if self._done < self._left:
            return
        self._settle()
        took = {"cpu": process_time() - self._cpu, "wall": _clock() - self._wall}
        self._stood += 0 if self._on else took["wall"]
        self._told["with" if self._on else "without"] = took
        if len(self._told) < self._halves:
            self._on = not self._on
            self._switch and self._switch(self._on)
            self._begin()
            return
        told = self._told | {"steps": self._left} | _state(self._folder)
        self._halves, self._left = 2 if self._switch else 1, self._steps
        self._wait(told)


def main() -> None:
    """The first answer is empty and message that all is ready; then each tells of a round.

    ``with`` and ``without`` the tool it took so many seconds; there is only ``error`` where
    something failed.
    """
    framework, workload, tool, steps, *where = sys.argv[1:]
    answers, sys.stdout = sys.stdout, sys.stderr  # what a tool prints is no answer
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        try:
            made = import_module(f"attaching.{framework}_trainings")
            train, switch = made.training(workload, tool, folder, *where)
            each = int(steps) * made.WORKLOADS[workload].times
            train(Turns(each, folder, answers, switch, made.settle))
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

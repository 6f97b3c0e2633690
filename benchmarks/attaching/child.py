"""The process of one training: trains a round for each line it is sent, and answers in JSON.

python benchmarks/attaching/child.py keras|torch WORKLOAD CALLBACK STEPS
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
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path[:0] = [str(Path(__file__).resolve().parents[at]) for at in (1, 2)]


def main() -> None:
    """The first answer is empty and says that all is ready; then each tells of a round.

    ``cpu`` and ``wall`` are seconds; there is only ``error`` where something failed.
    """
    framework, workload, callback, steps = sys.argv[1:]
    answers, sys.stdout = sys.stdout, sys.stderr  # what a tool prints is no answer
    with tempfile.TemporaryDirectory() as folder:
        try:
            made = import_module(f"attaching.{framework}_trainings")
            train = made.training(workload, callback, folder, int(steps))
            print("{}", file=answers, flush=True)
            for _ in sys.stdin:
                cpu, wall = process_time(), perf_counter()
                train()
                told = {"cpu": process_time() - cpu, "wall": perf_counter() - wall}
                told["steps"] = int(steps) * made.WORKLOADS[workload].times
                print(json.dumps(told | _state(folder)), file=answers, flush=True)
        except Exception as error:  # noqa: BLE001 - a tool that fails is a result
            why = (str(error).splitlines() or [""])[0]
            print(json.dumps({"error": f"{type(error).__name__}: {why}"}), file=answers, flush=True)
    os._exit(0)  # some tools wait for their servers


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

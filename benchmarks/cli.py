"""How long the whole job takes, next to others: prints a Markdown table.

    python benchmarks/cli.py --runs 1000 --peers ~/peers/bin

From the start of the program to its report on a folder of runs, each with 5 tags. The programs
take turns, so that all meet the same state of the machine; medians are compared. They are looked
for in the folder that ``--peers`` names, else on the path; those that are not found are told and
left out. Those that take single runs are called once for each run, as their users have to, on
``--few`` of the runs, and their time is scaled up. Last, for scale, rustboard: it only reads.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.reading import run as reader  # noqa: E402
from benchmarks.workloads import event, simple  # noqa: E402
from tb_diagnose.read.records import framed  # noqa: E402

OWN = {
    "tb-diagnose": [],
    "tb-diagnose, a worker per core": ["--jobs", "0"],
}
#: Peer → the words between its name and the run's event file or folder.
PEERS = {
    "runmedic": ["diagnose"],
    "trainspotter": ["analyze", "--format", "tensorboard"],
    "losslint": ["check"],
}
_RUSTBOARD = "rustboard, all samples"


def write(folder: Path, runs: int, steps: int) -> list[Path]:
    """So many runs that learn; returns their event files."""
    random = np.random.default_rng(0)
    files = []
    for number in range(runs):
        path = folder / f"run{number:04}" / f"events.out.tfevents.1700000000.host.{number}.0"
        path.parent.mkdir(parents=True)
        path.write_bytes(b"".join(map(framed, _events(random, steps))))
        files.append(path)
    return files


def _events(random: np.random.Generator, steps: int) -> Iterator[bytes]:
    yield b"\x09" + b"\0" * 8 + b"\x1a\x0dbrain.Event:2"
    for step in range(steps):
        loss = 2 / math.sqrt(1 + step / 30) + 0.1 + float(random.gamma(20, 0.002))
        values = {
            "train/loss": loss,
            "val/loss": loss + 0.05,
            "train/accuracy": 1 - loss / 3,
            "val/accuracy": 0.95 - loss / 3,
            "lr": 1e-3,
        }
        yield event(step, *(simple(tag, value) for tag, value in values.items()))


def found(name: str, peers: Path | None) -> str | None:
    """Where a peer is installed, or None."""
    return shutil.which(name, path=str(peers) if peers else None)


def timed(command: Sequence[str]) -> float | None:
    """Seconds that a program took; None, told, where it ended without a report."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    begin = perf_counter()
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    took = perf_counter() - begin
    if done.stdout.strip():
        return took
    print(f"{command[0]} reports nothing: {done.stderr.decode()[-200:]}", file=sys.stderr)
    return None


def own(flags: list[str], logs: Path) -> float | None:
    return timed([sys.executable, "-m", "tb_diagnose", str(logs), *flags])


def peer(command: list[str], files: Sequence[Path], few: int) -> float | None:
    """Seconds for all runs, scaled up from the first few."""
    times = [timed([*command, str(file)]) for file in files[:few]]
    known = [each for each in times if each is not None]
    return statistics.mean(known) * len(files) if known else None


def measure(logs: Path, call: argparse.Namespace) -> dict[str, float]:
    """Median seconds of every program that is there."""
    files = write(logs, call.runs, call.steps)
    commands = {name: found(name, call.peers) for name in PEERS}
    for name in (name for name, path in commands.items() if path is None):
        print(f"{name} is not installed and left out.", file=sys.stderr)
    took: dict[str, list[float | None]] = {}
    for _ in range(call.rounds):
        for name, flags in OWN.items():
            took.setdefault(name, []).append(own(flags, logs))
        for name, path in commands.items():
            if path is not None:
                seconds = peer([path, *PEERS[name]], files, call.few)
                took.setdefault(name, []).append(seconds)
        cost = reader(_RUSTBOARD, logs)
        took.setdefault(_RUSTBOARD, []).append(cost.load if cost else None)
    if took[_RUSTBOARD] == [None] * call.rounds:
        print("rustboard is not installed and left out.", file=sys.stderr)
    known = {name: [each for each in times if each is not None] for name, times in took.items()}
    return {name: statistics.median(times) for name, times in known.items() if times}


def table(seconds: dict[str, float]) -> str:
    """Seconds, and how many times as long as tb-diagnose in one process."""
    lines = ["| program | time | times tb-diagnose's |", "|---|---|---|"]
    one = seconds["tb-diagnose"]
    lines += [f"| {name} | {took:.2f} s | {took / one:.2f} |" for name, took in seconds.items()]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--steps", type=int, default=200, help="points of each of the 5 tags")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--few", type=int, default=10, help="runs that a peer is timed on")
    parser.add_argument("--peers", type=Path, help="folder of the peers' programs")
    call = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cli-") as folder:
        print(table(measure(Path(folder) / "logs", call)))


if __name__ == "__main__":
    main()

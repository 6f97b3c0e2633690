"""How long the whole job takes, next to others: prints a Markdown table.

    python benchmarks/cli.py --runs 1000 --tags 5 --steps 1000 --peers ~/peers/bin

From the start of the program to its report, on the logs that ``evaluation/sweep.py`` writes.
The programs take turns, so that all meet the same state of the machine; medians are compared, in
seconds of the clock and of all processors. Peers are looked for in the folder that ``--peers``
names, else on the path; those that are missing are named and left out. Those that take single runs
are called once for each run, as their users have to, on ``--few`` of the runs, and their time is
scaled up. For scale, rustboard: it only reads, and is timed until all is loaded.
The last line says what the start of the program and one small run take of a processor.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.reading import run as reader  # noqa: E402
from evaluation.sweep import write  # noqa: E402

#: What is compared with the others.
_FIRST = "tb-diagnose"
OWN = {
    _FIRST: [],
    "tb-diagnose --jobs 1": ["--jobs", "1"],
    "tb-diagnose --format json": ["--format", "json"],
}
#: Peer → the words between its name and the run's event file or folder.
PEERS = {
    "runmedic": ["diagnose"],
    "trainspotter": ["analyze", "--format", "tensorboard"],
    "losslint": ["check"],
}
_START = "start and one run"
#: Where modules are kept compiled, as installing a package does.
COMPILED = str(Path(tempfile.gettempdir()) / "tb-diagnose-compiled")
RUSTBOARD = ("rustboard", "rustboard --checksum", "rustboard, all samples")
#: Seconds that passed, and seconds of all processors.
Cost = tuple[float, float]


def found(name: str, peers: Path | None) -> str | None:
    """Where a peer is installed, or None."""
    return shutil.which(name, path=str(peers) if peers else None)


def timed(command: Sequence[str]) -> Cost | None:
    """What a program took; None, with a warning, where it ended without a report."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": COMPILED}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before, begin = os.times(), perf_counter()
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    took, after = perf_counter() - begin, os.times()
    if done.stdout.strip():
        user = after.children_user - before.children_user
        return took, user + after.children_system - before.children_system
    print(f"{command[0]} made no report: {done.stderr.decode()[-200:]}", file=sys.stderr)
    return None


def own(flags: list[str], logs: Path) -> Cost | None:
    return timed([sys.executable, "-m", "tb_diagnose", str(logs), *flags])


def peer(command: list[str], files: Sequence[Path], few: int) -> Cost | None:
    """What all runs would take, scaled up from the first few."""
    times = [timed([*command, str(file)]) for file in files[:few]]
    known = [cost for cost in times if cost is not None]
    return _scaled(known, len(files)) if known else None


def _scaled(costs: Sequence[Cost], count: int) -> Cost:
    wall, cpu = zip(*costs, strict=True)
    return statistics.mean(wall) * count, statistics.mean(cpu) * count


def loading(name: str, logs: Path) -> Cost | None:
    """What rustboard takes to load."""
    cost = reader(name, logs)
    return (cost.load, cost.cpu) if cost else None


def measure(logs: Path, call: argparse.Namespace) -> dict[str, Cost]:
    """Median cost of every program that is there."""
    files = write(logs, call.runs, call.steps, call.tags)
    commands = {name: found(name, call.peers) for name in PEERS}
    took: dict[str, list[Cost | None]] = {}
    own([], files[0].parent)
    for _ in range(call.rounds):
        for name, flags in OWN.items():
            took.setdefault(name, []).append(own(flags, logs))
        for name, path in commands.items():
            cost = peer([path, *PEERS[name]], files, call.few) if path else None
            took.setdefault(name, []).append(cost)
        for name in RUSTBOARD:
            took.setdefault(name, []).append(loading(name, logs))
        took.setdefault(_START, []).append(own([], files[0].parent))
    return _medians(took)


def _medians(took: dict[str, list[Cost | None]]) -> dict[str, Cost]:
    medians = {}
    for name, costs in took.items():
        known = [cost for cost in costs if cost is not None]
        if known:
            wall, cpu = zip(*known, strict=True)
            medians[name] = statistics.median(wall), statistics.median(cpu)
        else:
            print(f"{name} made no report and is left out", file=sys.stderr)
    return medians


def table(costs: dict[str, Cost]) -> str:
    """Seconds, and how many times as long as tb-diagnose takes."""
    one, cpu = costs[_FIRST]
    lines = ["| program | time | times tb-diagnose's | processors |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {wall:.2f} s | {wall / one:.2f} | {used:.2f} s ({used / cpu:.2f}×) |"
        for name, (wall, used) in costs.items()
        if name != _START
    ]
    return "\n".join([*lines, "", f"{_START}: {costs[_START][1]:.2f} s of a processor"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--tags", type=int, default=5)
    parser.add_argument("--steps", type=int, default=1000, help="points of each tag")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--few", type=int, default=10, help="runs that a peer is timed on")
    parser.add_argument("--peers", type=Path, help="folder of the peers' programs")
    call = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cli-") as folder:
        print(table(measure(Path(folder) / "logs", call)))


if __name__ == "__main__":
    main()

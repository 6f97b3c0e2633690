"""How fast event files are read, next to others: prints a Markdown table.

    python benchmarks/reading.py --size 1000000 --rounds 5

Readers take turns, each in a process of its own, so that all meet the same state of the machine;
the medians are compared. ``load`` is the time from the start of reading until everything is in
memory, for rustboard from its start until it reports the end of its first load. Readers that are
not installed are left out; those that take long read the regular log only.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.workloads import WORKLOADS, write  # noqa: E402

#: Reader → the program that reads the folder ``sys.argv[1]`` as ``kept``. It ends with a report.
_START = "import sys, time, pathlib; folder = sys.argv[1]; begin = time.perf_counter()\n"
_REPORT = """
load, workers = time.perf_counter() - begin, globals().get('workers', 0)
import resource
own, theirs = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(load, sum(each.ru_utime + each.ru_stime for each in (own, theirs)))
print(workers * theirs.ru_maxrss, pathlib.Path('/proc/self/status').read_text())
"""
#: With as many workers as the program starts for so many runs: what they read, they keep.
_OURS = """
import os
os.environ['TB_DIAGNOSE_NATIVE'] = '{}'
from tb_diagnose.cli.main import settle_in
from tb_diagnose.parallel.local import spread, worker_count
from tb_diagnose.read.event_file import EventFile
settle_in()
paths, kept = sorted(pathlib.Path(folder).rglob('*tfevents*')), []
def read(paths):
    for path in paths:
        kept.append(EventFile(path, checksum={}))
        yield kept[-1].refresh() and bool(kept[-1].contents.curves)
workers = worker_count(len(paths))
begin = time.perf_counter()
for done in spread(read, paths, workers):
    assert not done.failure, done.failure
workers = workers if workers > 1 else 0
"""
PROGRAMS = {
    "tb-diagnose": _OURS.format(1, True),
    "tb-diagnose, no CRC": _OURS.format(1, False),
    "tb-diagnose, plain Python": _OURS.format(0, True),
    "protobuf loop": """
import struct
from tensorboard.compat.proto.event_pb2 import Event
begin, kept = time.perf_counter(), {}
for path in pathlib.Path(folder).rglob('*tfevents*'):
    data, at = path.read_bytes(), 0
    while at < len(data):
        size, = struct.unpack_from('<Q', data, at)
        event = Event.FromString(data[at + 12 : at + 12 + size])
        at += size + 16
        for value in event.summary.value:
            if value.HasField('tensor') and value.tensor.dtype == 1:
                number, = struct.unpack('<f', value.tensor.tensor_content)
            else:
                number = value.simple_value
            kept.setdefault(value.tag, []).append((event.step, event.wall_time, number))
""",
    "EventAccumulator": """
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
begin, kept = time.perf_counter(), []
for path in pathlib.Path(folder).rglob('*tfevents*'):
    kept.append(EventAccumulator(str(path), size_guidance=dict.fromkeys(
        ('scalars', 'tensors', 'histograms', 'images', 'compressedHistograms'), 0)).Reload())
""",
    "tbparse": """
from tbparse import SummaryReader
begin = time.perf_counter()
kept = SummaryReader(folder).scalars
""",
}
RUSTBOARD = {
    "rustboard": [],
    "rustboard --checksum": ["--checksum"],
    "rustboard, all samples": ["--samples-per-plugin", "scalars=all,histograms=all"],
}
#: They take longer than all the others together.
SLOW = ("tb-diagnose, plain Python", "EventAccumulator", "tbparse")


@dataclass(frozen=True)
class Cost:
    """What a reader took: seconds until all was loaded, CPU seconds and MB, workers included."""

    load: float
    cpu: float
    memory: float


def run(reader: str, folder: Path) -> Cost | None:
    """One reader on one folder; None where it is not installed."""
    if reader in RUSTBOARD:
        return _rustboard(RUSTBOARD[reader], folder)
    program = _START + PROGRAMS[reader] + _REPORT
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    child = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment,
    )  # fmt: skip
    assert child.stdout is not None
    told = child.stdout.read()
    child.wait()
    if not told.strip():
        return None
    load, cpu, workers, status = told.split(maxsplit=3)
    return Cost(float(load), float(cpu), float(workers) / 1024 + _memory(status))


def _rustboard(flags: list[str], folder: Path) -> Cost | None:
    try:
        from tensorboard_data_server import server_binary
    except ImportError:
        return None
    program = [server_binary(), "--logdir", str(folder), "--port", "0", "--reload", "once", "-v"]
    begin = perf_counter()
    child = subprocess.Popen(
        program + flags, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    assert child.stderr is not None
    done = any("Finished load cycle" in line for line in child.stderr)
    load = perf_counter() - begin
    status = Path(f"/proc/{child.pid}/status").read_text(encoding="utf-8")
    child.kill()
    _, _, used = os.wait4(child.pid, 0)
    child.returncode = 0
    return Cost(load, used.ru_utime + used.ru_stime, _memory(status)) if done else None


def _memory(status: str) -> float:
    """The largest resident size of a process so far, in MB."""
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return float(line.split()[1]) / 1024


def measure(name: str, size: int, rounds: int, *, slow: bool) -> dict[str, Cost]:
    """The median cost of each reader on one workload."""
    costs: dict[str, list[Cost]] = {}
    folder = Path(tempfile.mkdtemp(prefix="reading-"))
    try:
        write(name, folder / "logs", size)
        for turn in range(rounds):
            for reader in (*PROGRAMS, *RUSTBOARD):
                if reader in SLOW and (turn or not slow):
                    continue
                cost = run(reader, folder / "logs")
                if cost is not None:
                    costs.setdefault(reader, []).append(cost)
    finally:
        shutil.rmtree(folder)
    return {reader: _median(each) for reader, each in costs.items()}


def _median(costs: list[Cost]) -> Cost:
    columns = zip(*((cost.load, cost.cpu, cost.memory) for cost in costs), strict=True)
    return Cost(*map(statistics.median, columns))


def table(results: dict[str, dict[str, Cost]]) -> str:
    """Loads in seconds and, in brackets, how many times as long as tb-diagnose takes."""
    readers = [each for each in (*PROGRAMS, *RUSTBOARD) if any(each in r for r in results.values())]
    lines = [f"| log | {' | '.join(readers)} | memory: tb-diagnose, rustboard all |"]
    lines.append("|---" * (len(readers) + 2) + "|")
    for name, costs in results.items():
        cells = [_cell(reader, costs) for reader in readers]
        shown = [each for each in ("tb-diagnose", "rustboard, all samples") if each in costs]
        memory = [f"{costs[each].memory:.0f} MB" for each in shown]
        lines.append(f"| {name} | {' | '.join(cells)} | {', '.join(memory)} |")
    return "\n".join(lines)


def _cell(reader: str, costs: dict[str, Cost]) -> str:
    if reader not in costs:
        return "–"
    # Whoever checks CRCs is compared with reading that checks them, and the others with the other.
    checks = reader in {"rustboard --checksum", *SLOW}
    own = costs["tb-diagnose" if checks else "tb-diagnose, no CRC"]
    ratio = "" if reader.startswith("tb-diagnose") else f" ({costs[reader].load / own.load:.1f}×)"
    return f"{costs[reader].load:.3f} s{ratio}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=1_000_000, help="scalars in a log")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="*", default=list(WORKLOADS), choices=list(WORKLOADS))
    call = parser.parse_args()
    results = {}
    for name in call.only:
        results[name] = measure(name, call.size, call.rounds, slow=name == "regular")
        print(name, results[name], file=sys.stderr)
    print(table(results))


if __name__ == "__main__":
    main()

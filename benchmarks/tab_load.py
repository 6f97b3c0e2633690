"""The tab under load: many pages ask while trainings go on. Prints Markdown tables.

    python benchmarks/tab_load.py --runs 1000 --growing 20 --pages 50 --seconds 120

A TensorBoard of its own process shows ``--runs`` runs of five curves, of which ``--growing`` get
ten events a second. Each page does what an open tab does: it asks for the state every two seconds,
for what changed in the list of runs whenever there is anything new, and now and then opens a run
with its curves. Server, writers and pages share the machine's processors. With ``--seconds 600`` it
is a soak: the server's threads, descriptors and memory at begin and end tell whether they grow.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import threading
from collections import defaultdict
from pathlib import Path
from time import monotonic, sleep

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.workloads import event, simple  # noqa: E402
from tb_diagnose.read.wire.records import framed  # noqa: E402
from tests.plugin.server import Server, tensorboard  # noqa: E402

TAGS = ("train/loss", "train/accuracy", "val/loss", "val/accuracy", "train/learning_rate")
POINTS = 500
#: Seconds between two questions of a page, as in the tab; of so many, one opens a run.
POLL, OPEN = 2.0, 10


class Training:
    """A run that is being written."""

    def __init__(self, folder: Path, seed: int) -> None:
        folder.mkdir(parents=True)
        self._draw = np.random.default_rng(seed)
        self._file = (folder / "events.out.tfevents.1700000000.host.1").open("ab")
        self._step = 0
        self.write(POINTS)

    def write(self, steps: int) -> None:
        noise = self._draw.normal(0, 0.02, (steps, len(TAGS)))
        for row in noise:
            falls = 2.3 * np.exp(-self._step / 300) + 0.2
            levels = (falls, 1 - falls / 3, 1.1 * falls, 0.9 - falls / 3, 1e-3)
            values = zip(TAGS, levels, row, strict=True)
            shown = [simple(tag, float(level * (1 + part))) for tag, level, part in values]
            self._file.write(framed(event(self._step, *shown)))
            self._step += 1
        self._file.flush()


class Pages:
    """Open tabs; ``seconds`` has what each question took, by route."""

    def __init__(self, server: Server, count: int) -> None:
        self.seconds: dict[str, list[float]] = defaultdict(list)
        self.refused = 0
        self._server = server
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._page, args=(at,)) for at in range(count)]

    def __enter__(self) -> Pages:  # noqa: PYI034 (Self came with Python 3.11)
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _ask(self, route: str, **query: object) -> object:
        begin = monotonic()
        reply = self._server.ask(route, **query)
        self.seconds[route].append(monotonic() - begin)
        self.refused += reply.code != 200
        return reply.json if route != "curves" else None

    def _page(self, at: int) -> None:
        draw, version, names = random.Random(at), 0, []
        self._over.wait(draw.uniform(0, POLL))
        while not self._over.is_set():
            state = self._ask("state")
            if state["version"] != version:
                listed = self._ask("runs", since=version)
                version, names = listed["version"], listed["names"]
            if draw.randrange(OPEN) == 0 and names:
                run = self._ask("run", name=draw.choice(names))
                self._ask("curves", run=run["name"], name=[each["name"] for each in run["curves"]])
            self._over.wait(POLL)


def use(pid: int) -> dict[str, float]:
    """Threads, open descriptors and MB of memory of a process, now and at most so far."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    status = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
    return {
        "threads": int(status["Threads"]),
        "descriptors": len(list(Path(f"/proc/{pid}/fd").iterdir())),
        "memory, MB": int(status["VmRSS"].split()[0]) / 1e3,
        "memory at most, MB": int(status["VmHWM"].split()[0]) / 1e3,
    }


def write_on(trainings: list[Training], over: threading.Event) -> None:
    while not over.wait(1.0):
        for training in trainings:
            training.write(10)


def measure(logs: Path, call: argparse.Namespace) -> None:
    trainings = [Training(logs / f"run{at:04}", at) for at in range(call.runs)]
    growing = trainings[: call.growing]
    over = threading.Event()
    writer = threading.Thread(target=write_on, args=(growing, over))
    with tensorboard(logs.parent, "--logdir", str(logs)) as server:
        begin = monotonic()
        while server.ask("state").json["read"] < call.runs:
            sleep(0.5)
        print(f"{call.runs:,} runs are shown after {monotonic() - begin:.1f} s.\n", flush=True)
        writer.start()
        try:
            with Pages(server, call.pages):
                sleep(call.warm_up)
            before = use(server.pid)
            with Pages(server, call.pages) as pages:
                sleep(call.seconds)
            sleep(2 * POLL)
            after = use(server.pid)
        finally:
            over.set()
            writer.join()
    print(latencies(pages), "\n", sep="\n")
    print("| of the server | at the begin | at the end |\n|---|---|---|")
    for name, value in before.items():
        print(f"| {name} | {value:.0f} | {after[name]:.0f} |")
    added = 20 * len(TAGS) * 10 * call.seconds * call.growing / 1e6
    print(f"\nOf the memory, {added:.0f} MB are what was added to the curves meanwhile.")


def latencies(pages: Pages) -> str:
    everything = [each for found in pages.seconds.values() for each in found]
    rows = {**pages.seconds, "all": everything}
    lines = ["| question | times | median, ms | p99, ms | longest, ms |", "|---|---|---|---|---|"]
    for route, found in rows.items():
        p99 = statistics.quantiles(found, n=100)[98]
        lines.append(
            f"| {route} | {len(found):,} | {1e3 * statistics.median(found):.0f} "
            f"| {1e3 * p99:.0f} | {1e3 * max(found):.0f} |"
        )
    return "\n".join([*lines, "", f"{pages.refused} were not answered."])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--growing", type=int, default=20, help="runs that are being written")
    parser.add_argument("--pages", type=int, default=50, help="open tabs")
    parser.add_argument("--seconds", type=float, default=120, help="how long; a soak has 600")
    parser.add_argument("--warm-up", type=float, default=20, help="seconds before it is measured")
    call = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tab-") as folder:
        measure(Path(folder) / "logs", call)


if __name__ == "__main__":
    main()

"""What one run costs, part by part: the figures that docs/scale.md works with.

    python benchmarks/scale.py --runs 500

A run is what Keras writes: two event files, five curves of 1,000 points, in TensorFlow's tensor
form. Everything is timed in one process, in seconds of its processor, but for the Dask cluster,
which is a local one of two workers (the extra `dask`).
"""

from __future__ import annotations

import argparse
import pickle
import sys
import tempfile
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.workloads import event, tensor  # noqa: E402
from evaluation.sweep import Curves, curves  # noqa: E402
from tb_diagnose.core.finding import Outcome  # noqa: E402
from tb_diagnose.core.settings import Settings  # noqa: E402
from tb_diagnose.engine.examine import compare  # noqa: E402
from tb_diagnose.parallel import dask_cluster as dask  # noqa: E402
from tb_diagnose.parallel.local import Work  # noqa: E402
from tb_diagnose.pipeline import Examined, examine_folders  # noqa: E402
from tb_diagnose.read import Cluster, clusters, load, place  # noqa: E402
from tb_diagnose.read.wire.records import framed  # noqa: E402
from tb_diagnose.report.json import EncodedRun, JsonReport, render_json  # noqa: E402

SETTINGS = Settings()
STEPS = 1000
#: Runs of a task, as ``parallel/dask_cluster.py`` sends them.
TASK = 50


def write(folder: Path, runs: int) -> None:
    """Write so many runs below ``folder``."""
    for number in range(runs):
        splits: dict[str, Curves] = {"train": {}, "validation": {}}
        for tag, values in curves(np.random.default_rng(number), number, STEPS).items():
            split, _, name = tag.rpartition("/")
            splits["validation" if split == "val" else "train"][f"epoch_{name}"] = values
        for split, logged in splits.items():
            path = folder / f"run{number:05}" / split / "events.out.tfevents.1700000000.host.1.0.v2"
            path.parent.mkdir(parents=True)
            path.write_bytes(b"".join(map(framed, _events(logged))))


def _events(logged: Curves) -> Iterator[bytes]:
    yield b"\x09" + b"\0" * 8 + b"\x1a\x0dbrain.Event:2"
    for step in range(STEPS):
        for tag, values in logged.items():
            yield event(step, tensor(tag, float(values[step]), first=True))


def in_memory(folder: Path) -> str:
    """Copy the files into a store in memory, which answers at once; returns its address."""
    import fsspec

    store = fsspec.filesystem("memory")
    for path in folder.rglob("*tfevents*"):
        store.pipe(f"/scale/{path.relative_to(folder).as_posix()}", path.read_bytes())
    return "memory://scale"


class Table:
    """Costs of a run, each a line."""

    def __init__(self, runs: int) -> None:
        self.runs = runs
        print("| what | cost of a run |\n| --- | --- |")

    def line(self, what: str, cost: float, unit: str) -> None:
        print(f"| {what} | {cost / self.runs:.3g} {unit} |", flush=True)

    def timed(self, what: str, work: Callable[[], Any]) -> Any:
        begin = process_time()
        result = work()
        self.line(what, 1e3 * (process_time() - begin), "ms")
        return result


def measure(folder: Path, runs: int) -> None:
    """Prints a line for each part."""
    table = Table(runs)
    found = list(clusters([folder]))
    list(map(load, found))  # imports and caches are paid for
    table.timed("read it, checksums verified", lambda: [load(cluster) for cluster in found])
    work = partial(
        examine_folders,
        settings=SETTINGS,
        render=render_json,
        checksum=True,
        comparing=True,
    )
    what = "all that a worker does: read it, judge it, make its part of the document"
    examined = [run for runs in table.timed(what, lambda: list(work(found))) for run in runs]
    encoded, summaries = zip(*[(run.rendered, run.summary) for run in examined], strict=True)
    address = in_memory(folder)
    table.timed("find it in the list of files of a store", lambda: list(clusters([place(address)])))
    _on_dask(table, found, work)
    pickled = pickle.dumps(examined)
    table.line("what comes back", len(pickled) / 1e3, "kB")
    table.timed("unpack what came back", lambda: pickle.loads(pickled))  # noqa: S301
    comparisons = table.timed("compare it with the others", lambda: compare(summaries, SETTINGS))
    table.timed("put it into the document", lambda: _document(encoded, comparisons))
    tracemalloc.start()
    unpacked = pickle.loads(pickled)  # noqa: S301
    kept = [(run.rendered._replace(text=b""), run.summary) for run in unpacked]
    del unpacked
    table.line("memory, kept until the end", tracemalloc.get_traced_memory()[0] / 1e6, "MB")
    assert kept


def _document(runs: Sequence[EncodedRun], comparisons: Sequence[Outcome]) -> int:
    """Bytes of the document of these runs."""
    report = JsonReport()
    for run in runs:
        report.add(run)
    return sum(map(len, report.chunks(report.rest(comparisons, []))))


def _names(clusters: Sequence[Cluster]) -> list[str]:
    return [cluster.name for cluster in clusters]


def _on_dask(table: Table, found: list[Cluster], work: Work[Cluster, list[Examined]]) -> None:
    try:
        from distributed import LocalCluster
    except ImportError:
        print("| Dask is not installed | |")
        return
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as here:
        address = here.scheduler_address
        list(dask.spread(_names, found[:TASK], address))
        what = f"send and receive it, {TASK} runs a task"
        table.timed(what, lambda: list(dask.spread(_names, found, address)))
        begin = perf_counter()
        list(dask.spread(work, found, address))
        table.line("all of it on two workers, by the clock", 1e3 * (perf_counter() - begin), "ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=500)
    call = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), call.runs)
        size = sum(path.stat().st_size for path in Path(folder).rglob("*tfevents*"))
        print(f"{call.runs} runs of 2 files and {size / call.runs / 1e3:.0f} kB\n")
        measure(Path(folder), call.runs)


if __name__ == "__main__":
    main()

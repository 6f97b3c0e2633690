"""What attaching costs a training, next to other tools: prints a Markdown table.

    python benchmarks/attach.py keras --write
    python benchmarks/attach.py torch --rounds 80 --only CNN
    python benchmarks/attach.py torch --device cuda --larger 16

Every tool trains a model of its own in a process of its own, whose memory is told; that process
has one thread and one core, because the idle threads of a pool would be counted as work. They take
turns of a second or less, so that what disturbs one disturbs all. A ratio is the time of all rounds
of a tool divided by that of the plain training's, with twice its standard error (of a ratio
estimated from pairs: Cochran, Sampling Techniques, 1977, section 6.4).

Two processes differ by a few per cent for as long as they live, by where their memory happens to
lie; ``plain, again`` shows by how much. attach can be switched off, and so is compared with the
same training in the same process, a round with it and a round without.

The rounds before, in which steps are compiled and sampled densely, are the one-off price, in
seconds. The rows with ``every=1`` tell more exactly what sampling costs: less 1 and divided by
the steps between two samples, it is the share that a sampled training pays.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

CHILD = Path(__file__).parent / "attaching" / "child.py"
DOCS = Path(__file__).parents[1] / "docs" / "attach.md"
#: One thread, however the frameworks are told.
ALONE = dict.fromkeys(
    ("TF_NUM_INTEROP_THREADS", "TF_NUM_INTRAOP_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1"
)
#: glibc keeps memory that is freed. Else it depends on chance whether the activations of a step get
#: fresh pages each time, which takes half a step of the CNN.
KEEPS = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}
HEAD = (
    "training", "tool", "step, CPU ms", "CPU, plain = 1", "±", "clock", "±",
    "before, s more", "memory, MiB more", "one step sampled of",
)  # fmt: skip
Round = dict[str, Any]


class Process:
    """A training that waits for its turn; made when it is ready, so that it is in nobody's way."""

    def __init__(self, *arguments: str) -> None:
        self._child = subprocess.Popen(
            [sys.executable, str(CHILD), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | ALONE | KEEPS,
        )
        self.made = self._answer()

    def round(self) -> Round:
        """Train for another round."""
        assert self._child.stdin
        self._child.stdin.write("go\n")
        self._child.stdin.flush()
        return self._answer()

    def _answer(self) -> Round:
        assert self._child.stdout
        answer = self._child.stdout.readline()
        return dict(json.loads(answer)) if answer else {"error": "it ended without a word"}

    def close(self) -> None:
        assert self._child.stdin
        self._child.stdin.close()
        self._child.wait()


def measured(
    framework: str,
    workload: str,
    tools: Sequence[str],
    rounds: int,
    steps: int,
    where: Sequence[str],
) -> dict[str, list[Round]]:
    """The rounds of each tool; one that failed has a last one that says why.

    ``where``: of PyTorch, the device, and how many times as large the batches are.
    """
    running = {tool: Process(framework, workload, tool, str(steps), *where) for tool in tools}
    told = {tool: [each.made] if "error" in each.made else [] for tool, each in running.items()}
    for at in range(rounds + 1):
        # The order turns, so that nobody always follows the same.
        for tool in (*tools[at % len(tools) :], *tools[: at % len(tools)]):
            if not any("error" in each for each in told[tool]):
                told[tool].append(running[tool].round())
    for each in running.values():
        each.close()
    return told


def ratio(some: Sequence[float], others: Sequence[float]) -> tuple[float, float]:
    """Sum by sum, and twice the standard error."""
    whole, count = sum(some) / sum(others), len(some)
    apart = sum((a - whole * b) ** 2 for a, b in zip(some, others, strict=True))
    return whole, 2 * math.sqrt(apart * count / (count - 1)) / sum(others)


def row(tool: str, rounds: list[Round], plain: list[Round]) -> list[str]:
    """A line of the table."""
    if errors := [each["error"] for each in rounds if "error" in each]:
        return [tool, f"does not run: {errors[0]}", *[""] * (len(HEAD) - 3)]
    (first, *rest), (before, *others) = rounds, plain
    last, steps = rest[-1], sum(each["steps"] for each in rest)
    against = [one.get("without", other["with"]) for one, other in zip(rest, others, strict=True)]
    told = []
    for clock in ("cpu", "wall"):
        times = [each["with"][clock] for each in rest], [each[clock] for each in against]
        told += [f"{each:.3f}" for each in ratio(*times)]
    sampled = last["sampled"] - first["sampled"]
    return [
        tool,
        f"{1000 * sum(each['with']['cpu'] for each in rest) / steps:.2f}",
        *told,
        f"{first['with']['wall'] - before['with']['wall']:.1f}",
        f"{last['memory'] - others[-1]['memory']:.0f}",
        f"{steps / sampled:.0f}" if sampled else "",
    ]


def markdown(lines: Iterable[Sequence[str]]) -> str:
    """Lines of a table."""
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def declared(framework: str, name: str) -> list[str]:
    """The keys of a dictionary in a framework's module, which is not imported here."""
    text = (CHILD.parent / f"{framework}_trainings.py").read_text("utf-8")
    often = re.search(r"^OFTEN = (\d+)", text, re.MULTILINE)
    body = re.search(rf"^{name}.*?^}}", text, re.MULTILINE | re.DOTALL)
    assert body
    keys = re.findall(r"""^    f?(?:"([^"]+)"|'([^']+)'):""", body[0], re.MULTILINE)
    return [(a or b).replace("{OFTEN}", often[1] if often else "") for a, b in keys]


def main() -> None:
    """Measure every workload and print the table."""
    parser = argparse.ArgumentParser(description="What attaching costs a training.")
    parser.add_argument("framework", choices=("keras", "torch"))
    parser.add_argument("--rounds", type=int, default=60, help="of each, behind the first (60)")
    parser.add_argument("--steps", type=int, default=20, help="of a round (20)")
    parser.add_argument("--only", default="", help="workloads whose name holds this")
    parser.add_argument("--device", default="cpu", help="of PyTorch, such as cuda (cpu)")
    parser.add_argument("--larger", default="1", help="times as large batches, of PyTorch (1)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/attach.md")
    options = parser.parse_args()
    framework = options.framework
    tools = declared(framework, "TOOLS")
    where = [options.device, options.larger] if framework == "torch" else []
    table = markdown([HEAD, ["---"] * len(HEAD)])
    print(table, end="")
    for workload in declared(framework, "WORKLOADS"):
        if options.only in workload:
            found = measured(framework, workload, tools, options.rounds, options.steps, where)
            lines = markdown([workload, *row(tool, found[tool], found["plain"])] for tool in tools)
            print(lines, end="", flush=True)
            table += lines
    if options.write:
        begin, end = (f"<!-- {mark}cost of {framework} -->\n" for mark in ("", "/"))
        before, _, rest = DOCS.read_text("utf-8").partition(begin)
        DOCS.write_text(f"{before}{begin}\n{table}\n{end}{rest.partition(end)[2]}", "utf-8")


if __name__ == "__main__":
    main()

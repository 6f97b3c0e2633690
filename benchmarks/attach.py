"""What attaching costs a training, next to other tools: prints a Markdown table.

    python benchmarks/attach.py keras
    python benchmarks/attach.py torch --rounds 9 --steps 400

Every tool trains a model of its own in a process of its own, whose memory is told. They take turns:
a round is so many steps of each (more where they are short). The first round compiles and samples
densely; what it takes more than the plain one's is the one-off price, in seconds. All later rounds
are the steady state: the median over the rounds of a tool's time divided by the plain one's of the
same round, with the lowest and the highest. ``plain, again`` shows what of this is noise. Processor
times are those of the whole training process: where others use the machine as well, they repeat
better than the clock's. The rows with ``every=1`` tell what sampling costs: less 1 and divided by
the steps between two samples, it is the share that a sampled training pays.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

CHILD = Path(__file__).parent / "attaching" / "child.py"
HEAD = (
    "training", "tool", "step, CPU ms", "CPU, plain = 1", "lowest – highest", "clock",
    "first round, s more", "memory, MiB more", "one step sampled of",
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
        )
        self.made = self._answer()

    def round(self) -> Round:
        """Train for another round, when the threads of the one before have come to rest."""
        assert self._child.stdin
        time.sleep(0.5)
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
    framework: str, workload: str, tools: Sequence[str], rounds: int, steps: int
) -> dict[str, list[Round]]:
    """The rounds of each tool; one that failed has a last one that says why."""
    running = {tool: Process(framework, workload, tool, str(steps)) for tool in tools}
    told = {tool: [each.made] if "error" in each.made else [] for tool, each in running.items()}
    for at in range(rounds + 1):
        # The order turns, so that nobody always follows the same.
        for tool in (*tools[at % len(tools) :], *tools[: at % len(tools)]):
            if not any("error" in each for each in told[tool]):
                told[tool].append(running[tool].round())
    for each in running.values():
        each.close()
    return told


def row(tool: str, rounds: list[Round], plain: list[Round]) -> list[str]:
    """A line of the table."""
    if errors := [each["error"] for each in rounds if "error" in each]:
        return [tool, f"does not run: {errors[0]}", *[""] * (len(HEAD) - 3)]
    first, last = rounds[0], rounds[-1]
    pairs = list(zip(rounds[1:], plain[1:], strict=True))
    cpu, wall = ([one[k] / other[k] for one, other in pairs] for k in ("cpu", "wall"))
    steps, sampled = first["steps"], last["sampled"] - first["sampled"]
    return [
        tool,
        f"{1000 * median(one['cpu'] for one, _ in pairs) / steps:.2f}",
        f"{median(cpu):.3f}",
        f"{min(cpu):.2f} – {max(cpu):.2f}",
        f"{median(wall):.3f}",
        f"{first['wall'] - plain[0]['wall']:.1f}",
        f"{last['memory'] - plain[-1]['memory']:.0f}",
        f"{steps * len(pairs) / sampled:.0f}" if sampled else "",
    ]


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
    parser.add_argument("--rounds", type=int, default=7, help="of each, behind the first (7)")
    parser.add_argument("--steps", type=int, default=250, help="of a round (250)")
    parser.add_argument("--only", default="", help="workloads whose name holds this")
    given = parser.parse_args()
    tools = declared(given.framework, "CALLBACKS")
    print("|", " | ".join(HEAD), "|")
    print("|", " | ".join(["---"] * len(HEAD)), "|")
    for workload in declared(given.framework, "WORKLOADS"):
        if given.only in workload:
            told = measured(given.framework, workload, tools, given.rounds, given.steps)
            for tool in tools:
                line = row(tool, told[tool], told["plain"])
                print("|", " | ".join([workload, *line]), "|", flush=True)


if __name__ == "__main__":
    main()

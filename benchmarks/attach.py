"""What attaching costs a training, next to others: prints a Markdown table.

    python benchmarks/attach.py --rounds 3

Every training runs in a process of its own; those with different callbacks take turns. The steady
state is the last two thirds of the epochs: its time a step is divided by the plain one's of the
same round, and the median of the rounds is told, with the lowest and the highest. ``plain, again``
shows what of this is noise. What the first third took beyond that is paid once (compiling the step
a second time, the dense first samples). Times are processor times of the whole process: on a
machine that others use as well, these repeat better than the clock's, which stand beside them.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
#: Framework → the program that trains, and what it can be told to train with.
PROGRAMS = {
    "keras": (
        HERE / "attaching" / "keras_training.py",
        ("plain", "plain, again", "attach.keras", "TensorBoard", "TensorBoard, histogram_freq=1"),
    ),
    "torch": (
        HERE / "attaching" / "torch_training.py",
        ("plain", "plain, again", "attach.torch", "wandb.watch", "Cockpit, economy"),
    ),
}
MODELS = ("MLP", "CNN", "transformer")
Took = dict[str, float]


def train(framework: str, model: str, way: str, epochs: int) -> Took | None:
    """What one training took; None, told, where it could not be run."""
    program, _ = PROGRAMS[framework]
    with tempfile.TemporaryDirectory(prefix="attach-") as logs:
        command = [sys.executable, str(program), model, way, str(epochs), logs]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if lines:
        took: Took = json.loads(lines[-1])
        return took
    print(f"{model}, {way}: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
    return None


def rows(framework: str, model: str, epochs: int, rounds: int) -> list[str]:
    """The lines of the table on one model."""
    _, ways = PROGRAMS[framework]
    took = {way: [train(framework, model, way, epochs)] for way in ways}
    for _ in range(rounds - 1):
        for way in ways:
            took[way].append(train(framework, model, way, epochs))
    lines = []
    for way in ways:
        pairs = [
            (each, plain)
            for each, plain in zip(took[way], took["plain"], strict=True)
            if each is not None and plain is not None
        ]
        if pairs:
            lines.append(f"| {framework}, {model} | {way} | {_cells(pairs)} |")
    return lines


def _cells(pairs: list[tuple[Took, Took]]) -> str:
    ratios = sorted(each["cpu"] / plain["cpu"] for each, plain in pairs)
    clock = statistics.median(each["wall"] / plain["wall"] for each, plain in pairs)
    step = statistics.median(each["cpu"] for each, _ in pairs)
    once = statistics.median(each["once"] - plain["once"] for each, plain in pairs)
    memory = statistics.median(each["memory"] - plain["memory"] for each, plain in pairs)
    spread = f"{ratios[0]:.3f} – {ratios[-1]:.3f}"
    return (
        f"{step:.1f} | {statistics.median(ratios):.3f} | {spread} | {clock:.3f} | {once:+.1f} "
        f"| {memory:+.0f}"
    )


def main() -> None:
    """Measure every model and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="trainings of each (default: 3)")
    parser.add_argument("--epochs", type=int, default=12, help="of a training (default: 12)")
    parser.add_argument("--framework", choices=list(PROGRAMS), default="keras")
    parser.add_argument("--models", nargs="*", choices=MODELS, default=list(MODELS))
    call = parser.parse_args()
    print("| training | with | step, CPU ms | CPU, plain = 1 | lowest – highest | clock | once, s "
          "| memory, MB |")  # fmt: skip
    print("|---" * 8 + "|")
    for model in call.models:
        for line in rows(call.framework, model, call.epochs, call.rounds):
            print(line, flush=True)


if __name__ == "__main__":
    main()

"""Train the demonstration runs and write their event logs.

    python demo_logs/make.py                          all of them, next to this file
    python demo_logs/make.py faults/overfitting …     single runs
    python demo_logs/make.py --out FOLDER             somewhere else
    python demo_logs/make.py --figures [NAME …]       train nothing, print what the logs hold

Needs TensorFlow, TensorBoard, PyTorch and scikit-learn. Every run is a real, seeded training on the
CPU; see `recipes/`.
"""

from __future__ import annotations

import argparse
import difflib
import os
import shutil
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")

import tensorflow as tf  # the two settings above count only before this import
from recipes import RECIPES, Recipe
from recipes.figures import figures

HERE = Path(__file__).resolve().parent


def make(recipe: Recipe, out: Path) -> Path:
    """Train one run in a scratch folder; its log replaces what stood at `out`/name."""
    tf.keras.backend.clear_session()
    tf.keras.utils.set_random_seed(recipe.seed)
    target = out / recipe.name
    with tempfile.TemporaryDirectory() as scratch:
        logs = Path(scratch) / "run"
        recipe.train(logs)
        anonymise(logs)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(logs, target)
    return target


def anonymise(logs: Path) -> None:
    """Rename event files so that they name no machine, and alike each time; contents untouched.

    TensorFlow calls them events.out.tfevents.<time>.<host>.<process>.<n>.v2.
    """
    for folder in sorted({path.parent for path in logs.rglob("*tfevents*")}):
        for number, path in enumerate(sorted(folder.glob("*tfevents*"))):
            path.rename(folder / f"events.out.tfevents.{number + 1}.demo.1.{number}.v2")


def main() -> None:
    """Make or read back the runs named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description="Train the demonstration runs.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="runs to make (default: all)")
    parser.add_argument("--out", type=Path, default=HERE, help="log folder (default: demo_logs)")
    parser.add_argument("--figures", action="store_true", help="only print what the logs hold")
    asked = parser.parse_args()
    for name in asked.names:
        if name not in RECIPES:
            near = difflib.get_close_matches(name, RECIPES, n=3, cutoff=0)
            parser.error(f"no recipe is called {name!r}; did you mean {' or '.join(near)}?")
    tf.config.experimental.enable_op_determinism()
    for name in asked.names or RECIPES:
        started = time.perf_counter()
        run = asked.out / name if asked.figures else make(RECIPES[name], asked.out)
        print(
            f"{name}  ({time.perf_counter() - started:.1f} s)", *figures(run), sep="\n", flush=True
        )


if __name__ == "__main__":
    main()

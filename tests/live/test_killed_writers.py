"""Real writers in processes of their own, killed while they write, followed all the while."""

from __future__ import annotations

import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.live.test_fresh import Followers, fresh

ROOT = Path(__file__).parents[2]
#: Package → how it writes: ``scalar(step)`` and ``flush()``, to the folder ``sys.argv[1]``.
WRITERS = {
    "": """
from pathlib import Path
from tests.events import Log
log = Log(Path(sys.argv[1]), start=float(sys.argv[2]))
scalar = lambda step: log.scalar("loss", 1 / (step + 1), step)
flush = log.flush
""",
    "tensorboardX": """
from tensorboardX import SummaryWriter
writer = SummaryWriter(sys.argv[1])
scalar = lambda step: writer.add_scalar("loss", 1 / (step + 1), step)
flush = writer.flush
""",
    "torch": """
from torch.utils.tensorboard import SummaryWriter
writer = SummaryWriter(sys.argv[1])
scalar = lambda step: writer.add_scalar("loss", 1 / (step + 1), step)
flush = writer.flush
""",
    "tensorflow": """
import tensorflow as tf
writer = tf.summary.create_file_writer(sys.argv[1])
def scalar(step):
    with writer.as_default():
        tf.summary.scalar("loss", 1 / (step + 1), step)
flush = writer.flush
""",
}
LOOP = """
first = int(sys.argv[3])
print("ready", flush=True)
for step in range(first, first + 10**9):
    scalar(step)
    if step % 7 == 0:
        flush()
"""


def points(folder: Path) -> int:
    return sum(run["points"] for run in fresh(str(folder), brief=True).values())


@pytest.mark.parametrize("package", WRITERS)
def test_whatever_a_killed_writer_leaves_is_held(package: str, tmp_path: Path) -> None:
    if package and find_spec(package) is None:
        pytest.skip(f"{package} is not installed here")
    folder = tmp_path / "run"
    followers = Followers(str(tmp_path))
    for attempt in range(2):
        before = points(tmp_path)
        arguments = [str(folder), str(1_700_000_000 + attempt), str(before)]
        writer = subprocess.Popen(  # noqa: S603  the code is this file's own
            [sys.executable, "-c", f"import sys\n{WRITERS[package]}\n{LOOP}", *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline()
            deadline = time.monotonic() + 60
            while points(tmp_path) < before + 50:
                assert time.monotonic() < deadline
                followers.look()
        finally:
            writer.kill()
            writer.communicate()
        followers.are_fresh()

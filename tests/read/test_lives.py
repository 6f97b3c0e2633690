"""What is followed equals what is read again, whatever becomes of files and folders meanwhile."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tb_diagnose.core.run import Run
from tb_diagnose.read import Cluster, Follower, NothingToRead, clusters, load
from tests.events import event, message, metadata, record, strings, summary, tensor

FOLDERS = st.sampled_from(["", "train", "validation", "loss_a"])
NAMES = st.sampled_from([f"events.out.tfevents.{stamp}.host.{stamp}" for stamp in (1, 2, 3)])
SHARES = st.floats(0, 1)


@st.composite
def records(draw: st.DrawFn) -> bytes:
    """Some records of a log: scalars, histograms with and without their plugin, texts, noise."""
    found = [record(event(100.0, 0, message(3, "brain.Event:2")))] * draw(st.booleans())
    for step in range(draw(st.integers(0, 12))):
        kind = draw(st.integers(0, 7))
        if kind == 0:
            content = tensor([[0.0, 1.0, 2.0]] * 2, "float64") + metadata("histograms") * (step % 2)
            found.append(record(event(100.0 + step, step, summary("w", content))))
        elif kind == 1:
            text = strings("text") + metadata("text")
            found.append(record(event(100.0, step, summary("note", text))))
        elif kind == 2:
            inner = record(event(1.0, 7, summary("inner", tensor(1.0))))
            found.append(record(event(1.0, 7, message(4, inner))))
        elif kind == 3:
            found.append(draw(st.binary(max_size=30)))
        else:
            value = tensor(draw(st.integers(-9, 9)), draw(st.sampled_from(["float32", "float64"])))
            found.append(record(event(100.0 + step, step, summary("loss", value))))
    return b"".join(found)


class Life(RuleBasedStateMachine):
    """A folder in which logs are written, cut, replaced, moved and deleted."""

    @initialize(content=records())
    def begin(self, content: bytes) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.root = self.folder / "run"
        self.aside: list[tuple[Path, Path]] = []
        self.moves = 0
        self.write("train", "events.out.tfevents.1.host.1", content)
        (self.cluster,) = clusters([self.root])
        self.follower = Follower(self.cluster)

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            shutil.rmtree(self.folder)

    def files(self) -> list[Path]:
        return sorted(path for path in self.root.rglob("events*") if path.is_file())

    @rule(folder=FOLDERS, name=NAMES, content=records())
    def write(self, folder: str, name: str, content: bytes) -> None:
        """A new file, another one in the place of an old one, or the same inode written again."""
        path = self.root / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    @precondition(lambda self: self.files())
    @rule(data=st.data(), content=records(), share=SHARES)
    def append(self, data: st.DataObject, content: bytes, share: float) -> None:
        """Records behind those that are there, the last of them perhaps not whole yet."""
        with data.draw(st.sampled_from(self.files())).open("ab") as file:
            file.write(content[: int(share * len(content)) + 1])

    @precondition(lambda self: self.files())
    @rule(data=st.data(), share=SHARES)
    def truncate(self, data: st.DataObject, share: float) -> None:
        path = data.draw(st.sampled_from(self.files()))
        os.truncate(path, int(share * path.stat().st_size))

    @precondition(lambda self: self.files())
    @rule(data=st.data(), content=records())
    def rewrite(self, data: st.DataObject, content: bytes) -> None:
        """From the beginning or the middle on, and perhaps larger than before."""
        path = data.draw(st.sampled_from(self.files()))
        with path.open("r+b") as file:
            file.seek(data.draw(st.sampled_from([0, path.stat().st_size // 2])))
            file.write(content)

    @precondition(lambda self: self.files())
    @rule(data=st.data(), content=records())
    def replace(self, data: st.DataObject, content: bytes) -> None:
        path = data.draw(st.sampled_from(self.files()))
        other = self.folder / "other"
        other.write_bytes(content or path.read_bytes())
        other.replace(path)

    @precondition(lambda self: self.files())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        data.draw(st.sampled_from(self.files())).unlink()

    @rule(folder=FOLDERS)
    def move_away(self, folder: str) -> None:
        """A folder or all of them, to come back later."""
        path = self.root / folder
        if path.is_dir():
            self.moves += 1
            aside = self.folder / f"aside{self.moves}"
            path.rename(aside)
            self.aside.append((path, aside))

    @precondition(lambda self: self.aside)
    @rule()
    def bring_back(self) -> None:
        path, aside = self.aside.pop()
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            aside.rename(path)

    @rule()
    def refresh(self) -> None:
        self.follower.refresh()

    @invariant()
    def is_as_read_anew(self) -> None:
        if not hasattr(self, "follower"):
            return
        try:
            found = [each for each in clusters([self.root]) if each.path == self.root]
        except NothingToRead:
            found = []
        self.follower.refresh()
        if found:
            assert told(self.follower.runs()) == told(load(found[0]))
        else:
            assert not any(run.points for run in self.follower.runs())


def told(runs: list[Run]) -> list[Any]:
    """All that runs say, so that it can be compared."""
    return [
        (
            run.name, run.files, run.facts, run.texts, run.hparams, run.writer,
            [(each.name, each.steps.tolist(), each.wall.tolist(), each.values.dtype,
              each.values.tobytes()) for each in run.scalars],
            [(each.name, each.steps.tolist(), each.count.tolist()) for each in run.histograms],
        )
        for run in runs
    ]  # fmt: skip


TestLife = Life.TestCase
TestLife.settings = settings(
    max_examples=25, stateful_step_count=15, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip


def test_a_file_written_anew_at_once_with_the_same_size(tmp_path: Path) -> None:
    """Its inode and size are the same, and perhaps its time stamp."""
    path = tmp_path / "events.out.tfevents.1"
    for value in (1.0, 2.0, 3.0):
        path.write_bytes(record(event(1.0, 1, summary("loss", tensor(value)))))
        if value == 1.0:
            follower = Follower(*clusters([tmp_path]))
        follower.refresh()
        assert follower.runs()[0].scalars[0].values.tolist() == [value]


def test_one_thing_after_the_other_is_followed(tmp_path: Path) -> None:
    """A cluster is where it was, even if nothing is there any more."""
    cluster = Cluster("gone", tmp_path / "gone", ())
    follower = Follower(cluster)
    assert not follower.refresh() or not follower.runs()[0].points

"""What is followed equals what is read again: for --watch, the tab and the training loop."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tb_diagnose.attach.core.live_monitor import LiveMonitor
from tb_diagnose.cli.watch import monitor
from tb_diagnose.core.settings import Settings
from tb_diagnose.live.folder import REST
from tb_diagnose.live.sources import Folders, LogDirectory
from tb_diagnose.pipeline import diagnose
from tb_diagnose.plugin.snapshots import Snapshots
from tb_diagnose.read import NothingToRead, place
from tb_diagnose.report.document.run import run_part
from tb_diagnose.report.document.schema import POINTS, RunPart
from tests.events import event, record, summary, tensor
from tests.live.watching import Clock
from tests.read.test_lives import NAMES, SHARES, Life, records
from tests.remote import unique

OTHERS = st.sampled_from(["", "other", "other/deep", "train/inner"])
RULES = settings(
    max_examples=25, stateful_step_count=15, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip


class Followers:
    """All that follows the logs at an address, and what each of them holds."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.clock = Clock()
        self.watch = monitor([address], Settings(), clock=self.clock)
        directory = [LogDirectory(place(address))]
        self.tab = Snapshots(
            Folders(directory, clock=self.clock), Settings(), held=0, clock=self.clock
        )
        self.loop = None if "://" in address else LiveMonitor(Path(address), print)

    def look(self, *, ended: bool = False) -> None:
        self.clock.now += REST + 1
        list(self.watch.look())
        list(self.tab.look())
        if self.loop is not None:
            list(self.loop._new(ended=ended))

    def are_fresh(self) -> None:
        """The logs have come to rest: everything held is as it is read now."""
        self.look()
        self.look(ended=True)
        assert self._watched() == fresh(self.address, brief=True)
        document = self.tab.snapshot().document
        assert document is not None
        assert by_name(document["runs"]) == fresh(self.address)
        if self.loop is not None:
            known = fresh(self.address)
            assert {name: known[name] for name in self._in_the_loop()} == self._in_the_loop()
            assert bool(self._in_the_loop()) == bool(known)

    def _watched(self) -> dict[str, RunPart]:
        folders = self.watch.folders.values()
        return by_name(run.rendered for folder in folders for run in folder.runs)

    def _in_the_loop(self) -> dict[str, RunPart]:
        assert self.loop is not None
        assert self.loop._monitor is not None
        folders = self.loop._monitor.folders.values()
        found = (run.rendered for folder in folders for run in folder.runs)
        return by_name(run_part(examination, POINTS) for examination in found)


def by_name(runs: Any) -> dict[str, RunPart]:
    return {run["name"]: run for run in runs}


def fresh(address: str, *, brief: bool = False) -> dict[str, RunPart]:
    try:
        return by_name(diagnose([address], Settings(), brief=brief)["runs"])
    except NothingToRead:
        return {}


class FollowedLife(Life):
    """A folder in which logs are written, cut, replaced, moved and deleted, while it is followed.

    Beside what a ``Life`` knows, runs come and go, and time stamps lie.
    """

    followers: Followers

    @initialize(content=records())
    def begin(self, content: bytes) -> None:
        super().begin(content)
        self.followers = Followers(str(self.root))

    @rule(folder=OTHERS, name=NAMES, content=records())
    def write_another_run(self, folder: str, name: str, content: bytes) -> None:
        self.write(folder, name, content)

    @precondition(lambda self: self.files())
    @rule(data=st.data(), share=SHARES)
    def set_the_clock_back(self, data: st.DataObject, share: float) -> None:
        """To the moment of the last write or before, after a byte was changed in place."""
        self.followers.look()
        path = data.draw(st.sampled_from(self.files()))
        status, content = path.stat(), bytearray(path.read_bytes())
        if content:
            content[int(share * (len(content) - 1))] ^= 1
        path.write_bytes(content)
        moment = status.st_mtime_ns - data.draw(st.sampled_from([0, 10**9]))
        os.utime(path, ns=(status.st_atime_ns, moment))
        self.followers.are_fresh()

    @rule(folder=OTHERS)
    def remove_folder(self, folder: str) -> None:
        shutil.rmtree(self.root / folder, ignore_errors=True)

    @rule()
    def refresh(self) -> None:
        self.followers.look()

    @rule()
    def is_as_read_anew(self) -> None:
        self.followers.are_fresh()

    def teardown(self) -> None:
        if hasattr(self, "followers"):
            self.followers.are_fresh()
        super().teardown()


TestFollowedLife = FollowedLife.TestCase
TestFollowedLife.settings = RULES


class RemoteLife(RuleBasedStateMachine):
    """The same in a store in memory, whose objects are put as a whole."""

    def __init__(self) -> None:
        super().__init__()
        fsspec = pytest.importorskip("fsspec", reason="see the extra 'remote'")
        self.store = fsspec.filesystem("memory")
        self.folder = f"/{unique('bucket')}/logs"
        self.put("run/train", "events.out.tfevents.1.host.1", b"")
        self.followers = Followers(f"memory:/{self.folder}")

    def objects(self) -> list[str]:
        return sorted(self.store.find(self.folder))

    @rule(folder=st.sampled_from(["run/train", "run/validation", "other"]), name=NAMES,
          content=records())  # fmt: skip
    def put(self, folder: str, name: str, content: bytes) -> None:
        self.store.pipe_file(f"{self.folder}/{folder}/{name}", content)

    @precondition(lambda self: self.objects())
    @rule(data=st.data(), content=records(), share=SHARES)
    def append(self, data: st.DataObject, content: bytes, share: float) -> None:
        key = data.draw(st.sampled_from(self.objects()))
        known = self.store.cat_file(key)
        self.store.pipe_file(key, known + content[: int(share * len(content)) + 1])

    @precondition(lambda self: self.objects())
    @rule(data=st.data(), share=SHARES)
    def truncate(self, data: st.DataObject, share: float) -> None:
        key = data.draw(st.sampled_from(self.objects()))
        known = self.store.cat_file(key)
        self.store.pipe_file(key, known[: int(share * len(known))])

    @precondition(lambda self: self.objects())
    @rule(data=st.data(), share=SHARES)
    def change_a_byte(self, data: st.DataObject, share: float) -> None:
        """Of an object whose size stays the same."""
        self.followers.look()
        key = data.draw(st.sampled_from(self.objects()))
        content = bytearray(self.store.cat_file(key))
        if content:
            content[int(share * (len(content) - 1))] ^= 1
        self.store.pipe_file(key, bytes(content))
        self.followers.are_fresh()

    @precondition(lambda self: self.objects())
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        self.store.rm(data.draw(st.sampled_from(self.objects())))

    @rule()
    def look(self) -> None:
        self.followers.look()

    @rule()
    def is_as_read_anew(self) -> None:
        self.followers.are_fresh()

    def teardown(self) -> None:
        self.followers.are_fresh()
        if self.store.exists(self.folder):
            self.store.rm(self.folder, recursive=True)


TestRemoteLife = RemoteLife.TestCase
TestRemoteLife.settings = RULES


def cuts(size: int) -> Iterator[int]:
    yield from range(0, size, 97)
    yield size


def test_appended_in_any_cuts_it_ends_where_a_single_look_does(tmp_path: Path) -> None:
    values = [2.0 / (step + 1) if step < 40 else 50.0 * step for step in range(60)]
    data = b"".join(
        record(event(100.0 + step, step, summary("loss", tensor(value))))
        for step, value in enumerate(values)
    )
    path = tmp_path / "run" / "events.out.tfevents.1.host.1"
    path.parent.mkdir()
    followers = Followers(str(tmp_path))
    for cut in cuts(len(data)):
        path.write_bytes(data[:cut])
        followers.look()
    followers.are_fresh()
    assert fresh(str(tmp_path))["run"]["points"] == 60

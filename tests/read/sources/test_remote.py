"""Logs in remote file systems: found, read by ranges, followed; on a made-up one and on S3."""

from __future__ import annotations

import json
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tb_diagnose.cli import main as cli
from tb_diagnose.core.settings import Settings
from tb_diagnose.pipeline import diagnose
from tb_diagnose.read import NothingToRead, clusters, load, place
from tb_diagnose.read.sources.ranges import Ranges
from tb_diagnose.read.sources.remote import Remote, Store
from tests.events import Log, message
from tests.live.watching import parts, seen, watching
from tests.remote import Counted, put, s3, unique

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed; see the extra 'remote'")

NAN = float("nan")


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Two Keras runs and one that went wrong."""
    for name in ("a", "deep/b"):
        for part in ("train", "validation"):
            with Log(tmp_path / name / part) as log:
                log.tensors("epoch_loss", [3.0, 2.0, 1.5])
                log.histogram("dense/kernel", [1.0, 2.0, 3.0], 0)
    with Log(tmp_path / "c") as log:
        log.scalars("loss", [3.0, 2.0, NAN])
    (tmp_path / "c" / "checkpoint").write_bytes(b"no log")
    return tmp_path


@pytest.fixture
def memory(logs: Path) -> str:
    address = f"memory://{unique('bucket')}/logs"
    put(fsspec.filesystem("memory"), logs, address.removeprefix("memory:/"))
    return address


def counted(address: str) -> tuple[Remote, Counted]:
    """The place at an address, and a count of what is asked of its store."""
    real = place(address)
    assert isinstance(real, Remote)
    system = Counted(real.store.system)
    return Remote(Store(system, real.store.scheme), real.key), system


def without_paths(document: Any) -> Any:
    for run in document["runs"]:
        run["path"] = ""
    return document


def test_a_remote_folder_is_read_as_a_local_one_is(memory: str, logs: Path) -> None:
    local, remote = diagnose([logs], Settings()), diagnose([memory], Settings())
    assert [run["path"] for run in remote["runs"]] == [
        run["path"].replace(str(logs), memory) for run in local["runs"]
    ]
    assert without_paths(remote) == without_paths(local)
    assert len(remote["runs"]) == 3


def test_a_single_remote_file_is_read(memory: str, logs: Path) -> None:
    (file,) = (logs / "c").glob("*tfevents*")
    (run,) = diagnose([f"{memory}/c/{file.name}"], Settings())["runs"]
    assert run["points"] == 3


def test_one_question_finds_all_files_and_one_more_reads_each(memory: str) -> None:
    root, system = counted(memory)
    found = list(clusters([root]))
    assert [cluster.name for cluster in found] == ["a", "c", "deep/b"]
    assert [method for method, _ in system.asked] == ["find"]
    for cluster in found:
        assert load(cluster)[0].points
    asked = [method for method, _ in system.asked]
    assert asked == ["find", *["cat_file"] * 5]


def test_of_a_file_that_grew_only_the_end_is_read(memory: str, tmp_path: Path) -> None:
    root, system = counted(f"{memory}-growing")
    key = f"{root.key}/run/events.out.tfevents.1700000000.host"
    watched = watching(root)
    with Log(tmp_path / "growing") as log:
        log.scalars("loss", [3.0, 2.0, 1.0] * 100)
        log.flush()
        before = log.path.read_bytes()
        system.pipe_file(key, value=before)
        assert seen(watched) == []
        log.scalars("loss", [NAN] * 9, range(300, 309))
    system.pipe_file(key, value=log.path.read_bytes())
    assert len(seen(watched)) == 1
    assert parts(watched)[0]["points"] == 309
    # The last 4 kB that were known, to see that they are still the same.
    assert system.ranges == [(0, len(before)), (len(before) - 4096, log.path.stat().st_size)]


def test_ranges_grow_while_all_is_read_and_leave_out_what_is_skipped() -> None:
    size = 100 << 20
    content = bytes(range(256)) * (size // 256)
    address = f"memory://{unique('bucket')}/file"
    fsspec.filesystem("memory").pipe_file(address.removeprefix("memory:/"), content)
    file, system = counted(address)
    source = Ranges(file)
    at = 0
    while at < 30 << 20:
        buffer = bytearray(1 << 20)
        count = source.readinto(memoryview(buffer), at)
        assert buffer[:count] == content[at : at + count]
        at += count
    source.readinto(memoryview(bytearray(256)), 90 << 20)
    source.readinto(memoryview(bytearray(256)), (90 << 20) + 512)
    assert [last - first for first, last in system.ranges] == [8 << 20, 16 << 20, 32 << 20, 1 << 20]
    assert source.readinto(memoryview(bytearray(256)), size) == 0


def test_images_are_not_sent(tmp_path: Path) -> None:
    with Log(tmp_path) as log:
        for step in range(8):
            log.scalar("loss", 1.0 / (step + 1), step)
            log.value("input", message(4, message(4, bytes(6 << 20))), step)
    root, system = counted(f"memory://{unique('bucket')}/logs")
    put(fsspec.filesystem("memory"), tmp_path, root.key)
    (cluster,) = clusters([root])
    (run,) = load(cluster)
    assert run.points == 8
    assert run.facts == ()
    sent = sum(last - first for first, last in system.ranges)
    assert sent < log.path.stat().st_size / 2


def test_a_worker_gets_the_list_of_its_own_files_and_of_no_others(memory: str) -> None:
    here = next(iter(clusters([place(memory)])))
    sent = pickle.dumps(here)
    assert b"deep" not in sent
    there = pickle.loads(sent)
    system = Counted(there.path.store.system)
    there.path.store.system = system
    (run,) = load(there)
    assert [method for method, _ in system.asked] == ["cat_file"] * 2
    assert run.points == load(here)[0].points > 0
    assert run.path == f"{memory}/a"


def test_what_is_not_there_is_said(memory: str) -> None:
    with pytest.raises(NothingToRead, match="nowhere does not exist"):
        diagnose([f"{memory}/nowhere"], Settings())


def test_every_way_to_fail_is_an_oserror() -> None:
    class Refusing:
        def find(self, path: str, **_: Any) -> Any:
            raise RuntimeError(f"no credentials\nfor {path}")

    root = Remote(Store(Refusing(), "s3"), "bucket/logs")
    with pytest.raises(OSError, match="RuntimeError: no credentials for bucket/logs"):
        list(clusters([root]))


def test_a_watch_outlives_a_store_that_cannot_be_reached(memory: str) -> None:
    root, system = counted(memory)
    monitor, clock = watched = watching(root)
    assert len(seen(watched)) == 1
    find, system._system = system._system, None
    clock.now += 60
    (update,) = monitor.look()
    assert update.problem is not None
    assert "was not read" in update.problem["message"]
    clock.now += 60
    assert list(monitor.look()) == []
    system._system = find
    clock.now += 60
    assert list(monitor.look()) == []
    assert len(parts(watched)) == 3


@pytest.mark.parametrize("watch", ((), ("--watch",)))
def test_without_the_extra_one_sentence_says_what_to_install(
    watch: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    assert cli.main(["s3://bucket/logs", *watch]) == 2
    assert capsys.readouterr().err == (
        "tb-diagnose: reading s3://bucket/logs needs fsspec, which is missing; "
        "install it with: pip install 'tb-diagnose[remote]'\n"
    )


def test_an_unknown_kind_of_address_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["nosuch://bucket/logs"]) == 2
    assert "cannot read nosuch://bucket/logs" in capsys.readouterr().err


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A new bucket on an S3 server of this machine."""
    pytest.importorskip("moto", reason="moto is not installed; see the extra 'test-scale'")
    s3fs = pytest.importorskip("s3fs", reason="s3fs is not installed; see the extra 'test-scale'")
    with s3() as environment:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        s3fs.S3FileSystem.clear_instance_cache()
        name = unique("bucket")
        s3fs.S3FileSystem().mkdir(name)
        yield name
        s3fs.S3FileSystem.clear_instance_cache()


def test_s3(bucket: str, logs: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import s3fs  # noqa: PLC0415  comes with an extra

    put(s3fs.S3FileSystem(), logs, f"{bucket}/logs")
    address = f"s3://{bucket}/logs"
    assert cli.main([address, "--format", "json", "--jobs", "2"]) == 0
    remote = json.loads(capsys.readouterr().out)
    assert cli.main([str(logs), "--format", "json"]) == 0
    local = json.loads(capsys.readouterr().out)
    assert {run["path"] for run in remote["runs"]} == {
        f"{address}/{name}" for name in ("a", "c", "deep/b")
    }
    assert without_paths(remote) == without_paths(local)
    assert cli.main([f"{address}-not"]) == 2
    assert "does not exist" in capsys.readouterr().err
    watched = watching(address)
    assert len(seen(watched)) == 1
    with Log(logs / "new") as log:
        log.scalars("loss", [1.0, NAN])
    put(s3fs.S3FileSystem(), logs / "new", f"{bucket}/logs/new")
    assert [name for name, *_ in seen(watched)] == ["new"]

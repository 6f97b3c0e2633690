"""Following a run that is being trained."""

from __future__ import annotations

from pathlib import Path

import pytest

from tb_diagnose.read import Follower, clusters, load
from tests.events import Log

pytestmark = pytest.mark.usefixtures("reader")


def test_only_what_was_appended_is_told(tmp_path: Path) -> None:
    with Log(tmp_path / "train") as log:
        log.tensors("epoch_loss", [3.0, 2.0])
        log.flush()
        (cluster,) = clusters([tmp_path])
        follower = Follower(cluster)
        assert follower.refresh()
        assert not follower.refresh()
        (before,) = follower.runs()
        log.tensors("epoch_loss", [1.0], [2])
        log.flush()
        assert follower.refresh()
        (after,) = follower.runs()
    assert before.scalars[0].values.tolist() == [3.0, 2.0]
    assert after.scalars[0].values.tolist() == [3.0, 2.0, 1.0]


def test_new_folders_and_files_are_picked_up(tmp_path: Path) -> None:
    with Log(tmp_path / "train") as log:
        log.tensors("epoch_loss", [3.0, 2.0])
    (cluster,) = clusters([tmp_path])
    follower = Follower(cluster)
    follower.refresh()
    with Log(tmp_path / "validation", start=1_700_000_001) as log:
        log.tensors("epoch_loss", [4.0, 3.0])
    assert follower.refresh()
    (run,) = follower.runs()
    assert [series.folder for series in run.scalars] == ["train", "validation"]
    with Log(tmp_path / "train", start=1_700_000_100) as log:
        log.tensors("epoch_loss", [1.0], [2])
    assert follower.refresh()
    assert len(follower.runs()[0].scalars[0]) == 3
    log.path.unlink()
    assert follower.refresh()
    assert len(follower.runs()[0].scalars[0]) == 2


def test_following_gives_what_loading_gives(tmp_path: Path) -> None:
    with Log(tmp_path) as log:
        for step in range(40):
            log.tensor("loss", 1.0 / (step + 1), step)
            log.histogram("w", [step, 1.0, 2.0], step)
    data = log.path.read_bytes()
    log.path.write_bytes(b"")
    (cluster,) = clusters([tmp_path])
    follower = Follower(cluster)
    for cut in range(0, len(data) + 97, 97):
        log.path.write_bytes(data[:cut])
        follower.refresh()
    (followed,), (loaded,) = follower.runs(), load(cluster)
    assert followed.scalars[0].values.tolist() == loaded.scalars[0].values.tolist()
    assert followed.histograms[0].mean.tolist() == loaded.histograms[0].mean.tolist()
    assert followed.facts == loaded.facts == ()

"""Which folders belong to one run."""

from __future__ import annotations

import os
import pickle
import time
from pathlib import Path

import pytest

from tb_diagnose.read import Cluster, NothingToRead, clusters, identity, load
from tests.events import Log, event, message, metadata, summary


def log(folder: Path, *tags: str) -> None:
    with Log(folder) as opened:
        for tag in tags or ("loss",):
            opened.scalars(tag, [3.0, 2.0, 1.0])


def found(root: Path) -> dict[str, list[str]]:
    return {each.name: [folder.relative for folder in each.folders] for each in clusters([root])}


def test_keras_splits_without_own_files(tmp_path: Path) -> None:
    for run in ("b", "a"):
        log(tmp_path / run / "train")
        log(tmp_path / run / "validation")
    assert found(tmp_path) == {"a": ["train", "validation"], "b": ["train", "validation"]}
    assert list(found(tmp_path)) == ["a", "b"]


def test_estimator_root_with_eval(tmp_path: Path) -> None:
    log(tmp_path)
    log(tmp_path / "eval_holdout")
    log(tmp_path / "export" / "best" / "eval")
    assert found(tmp_path) == {tmp_path.name: ["", "eval_holdout"], "export/best": ["eval"]}


def test_root_and_independent_runs_below(tmp_path: Path) -> None:
    log(tmp_path)
    log(tmp_path / "run1", "loss", "accuracy")
    log(tmp_path / "run2" / "deep")
    assert found(tmp_path) == {tmp_path.name: [""], "run1": [""], "run2/deep": [""]}


def test_an_experiment_that_is_called_test(tmp_path: Path) -> None:
    log(tmp_path / "test")
    log(tmp_path / "baseline")
    assert found(tmp_path) == {"baseline": [""], "test": [""]}


def test_add_scalars_of_pytorch(tmp_path: Path) -> None:
    log(tmp_path, "lr")
    log(tmp_path / "Loss_all_train", "Loss/all")
    log(tmp_path / "Loss_all_valid", "Loss/all")
    log(tmp_path / "Loss_other", "Loss/all", "accuracy")
    assert found(tmp_path) == {
        tmp_path.name: ["", "Loss_all_train", "Loss_all_valid"],
        "Loss_other": [""],
    }


def test_add_scalars_of_tensorboardx(tmp_path: Path) -> None:
    log(tmp_path, "lr")
    log(tmp_path / "data" / "losses" / "train", "data/losses")
    log(tmp_path / "data" / "run", "accuracy")
    assert found(tmp_path) == {tmp_path.name: ["", "data/losses/train"], "data/run": [""]}


def test_add_hparams_of_pytorch(tmp_path: Path) -> None:
    log(tmp_path)
    with Log(tmp_path / "1700000000.25") as opened:
        opened.raw(
            event(1.0, 0, summary("_hparams_/experiment", metadata("hparams", message(2, b""))))
        )
        opened.hparams({"lr": 0.1, "name": "adam", "nesterov": True, "sizes": [1, 2]})
        opened.scalar("hparam/accuracy", 0.9, 0)
    (cluster,) = clusters([tmp_path])
    (run,) = load(cluster)
    assert run.hparams == {"lr": 0.1, "name": "adam", "nesterov": True, "sizes": [1.0, 2.0]}
    assert [series.name for series in run.scalars] == ["loss", "1700000000.25/hparam/accuracy"]


def test_a_single_file(tmp_path: Path) -> None:
    log(tmp_path)
    with Log(tmp_path, start=1_800_000_000) as other:
        other.scalars("loss", [1.0])
    (cluster,) = clusters([other.path])
    assert cluster.name == other.path.name
    (run,) = load(cluster)
    assert run.files == (other.path.name,)
    assert run.points == 1


def test_symbolic_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    log(tmp_path / "far" / "run")
    root = tmp_path / "logs"
    root.mkdir()
    (root / "linked").symlink_to(tmp_path / "far")
    (tmp_path / "far" / "back").symlink_to(root)
    assert found(root) == {"linked/run": [""]}


def test_nothing_to_read(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no log")
    for path, cure in (
        (tmp_path, "directory that the training writes"),
        (tmp_path / "gone", "check the path"),
        (tmp_path / "notes.txt", "give an event file"),
    ):
        with pytest.raises(NothingToRead, match=cure):
            list(clusters([path]))


def test_a_cluster_travels_to_a_worker(tmp_path: Path) -> None:
    log(tmp_path / "train")
    (cluster,) = clusters([tmp_path])
    copy = pickle.loads(pickle.dumps(cluster))
    assert isinstance(copy, Cluster)
    assert copy == cluster
    assert load(copy)[0].points == 3


def test_only_unreadable_files_still_give_a_run(tmp_path: Path) -> None:
    (tmp_path / "events.out.tfevents.1").write_bytes(
        b"version https://git-lfs.github.com/spec/v1\n"
    )
    (run,) = load(*clusters([tmp_path]))
    assert run.points == 0
    assert [fact.kind for fact in run.facts] == ["not-event-file"]


def test_files_of_one_folder_that_are_named_one_by_one_are_one_run(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    for tag in ("accuracy", "loss", "rate"):
        with Log(folder, process=tag) as opened:
            opened.scalars(tag, [3.0, 2.0, 1.0])
    one, two, _ = sorted(folder.iterdir())
    first, second, whole = clusters([one, two, folder])
    assert first.joined(first) == first
    both = first.joined(second)
    assert both.name == "run"
    (run,) = load(both)
    assert [curve.tag for curve in run.scalars] == ["accuracy", "loss"]
    assert both.joined(whole) == whole == whole.joined(both)


def test_a_folder_is_the_same_whatever_leads_to_it(tmp_path: Path) -> None:
    log(tmp_path / "run")
    (tmp_path / "link").symlink_to(tmp_path / "run")
    assert identity(tmp_path / "link") == identity(tmp_path / "run") != identity(tmp_path)
    assert identity(tmp_path / "gone") != identity(tmp_path / "away")


def test_what_the_walk_saw_a_moment_ago_is_not_looked_at_again(tmp_path: Path) -> None:
    log(tmp_path / "run", "loss")
    (cluster,) = clusters([tmp_path])
    assert cluster.node == identity(tmp_path / "run")
    with Log(tmp_path / "run", start=1_700_000_900) as later:
        later.scalars("accuracy", [0.1, 0.2])
    (seen,), (now,) = load(cluster, walked=True), load(cluster)
    assert [curve.tag for curve in seen.scalars] == ["loss"]
    assert [curve.tag for curve in now.scalars] == ["accuracy", "loss"]


def test_folders_of_links_that_branch_are_visited_once(tmp_path: Path) -> None:
    """40 folders, each with two links to the next: 2^40 ways to the last one."""
    for number in range(40):
        folder = tmp_path / f"{number:02}"
        folder.mkdir()
        for name in ("a", "b"):
            (folder / name).symlink_to(tmp_path / f"{number + 1:02}")
    log(tmp_path / "40")
    log(tmp_path / "run", "accuracy")
    names = list(found(tmp_path))
    assert len(names) == 2
    assert names[1] == "run"


def test_links_that_branch_below_a_run(tmp_path: Path) -> None:
    log(tmp_path)
    for number in range(40):
        folder = tmp_path / "side" / f"{number:02}"
        folder.mkdir(parents=True)
        for name in ("a", "b"):
            (folder / name).symlink_to(tmp_path / "side" / f"{number + 1:02}")
    assert found(tmp_path) == {tmp_path.name: [""]}


def test_a_folder_too_deep_is_told(tmp_path: Path) -> None:
    log(tmp_path / "run")
    log(tmp_path.joinpath(*["x"] * 70))
    seen = []
    with pytest.raises(NothingToRead, match=r"more than 64 folders below .* path of its own"):
        seen.extend(clusters([tmp_path]))
    assert [cluster.name for cluster in seen] == ["run"]


def test_what_is_no_file_is_passed_over(tmp_path: Path) -> None:
    log(tmp_path)
    os.mkfifo(tmp_path / "pipe.tfevents")
    (tmp_path / "device.tfevents").symlink_to("/dev/zero")
    (tmp_path / "kernel.tfevents").symlink_to("/proc/kmsg")
    (tmp_path / "gone.tfevents").symlink_to(tmp_path / "nowhere")
    (run,) = load(*clusters([tmp_path]))
    assert run.points == 3
    (tmp_path / "system").symlink_to("/proc")
    assert list(found(tmp_path)) == [tmp_path.name]


def test_names_that_are_no_text(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path) + b"/run\xff"
    log(Path(os.fsdecode(folder)))
    (cluster,) = clusters([tmp_path])
    assert cluster.name == "run\\xff"
    (run,) = load(cluster)
    assert run.points == 3
    f"{run.name} {run.path} {run.files} {run.facts}".encode()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_told(tmp_path: Path) -> None:
    log(tmp_path / "run")
    (tmp_path / "run" / "closed").mkdir(mode=0)
    log(tmp_path / "other")
    runs = {each.name: load(each)[0] for each in clusters([tmp_path])}
    assert runs["run"].points == runs["other"].points == 3
    assert [fact.kind for fact in runs["run/closed"].facts] == ["unreadable"]


def test_many_folders_are_walked_quickly(tmp_path: Path) -> None:
    for number in range(3000):
        (tmp_path / f"{number % 50:02}" / f"{number}").mkdir(parents=True)
    log(tmp_path / "25" / "run")
    begin = time.process_time()
    assert list(found(tmp_path)) == ["25/run"]
    assert time.process_time() - begin < 3


def test_add_scalars_of_pytorch_whose_own_file_was_not_kept(tmp_path: Path) -> None:
    log(tmp_path / "saint" / "Loss_train", "Loss")
    log(tmp_path / "saint" / "Loss_val", "Loss")
    log(tmp_path / "apart" / "Loss_train", "Loss")
    log(tmp_path / "apart" / "baseline", "Loss")
    assert found(tmp_path) == {
        "saint": ["Loss_train", "Loss_val"],
        "apart/Loss_train": [""],
        "apart/baseline": [""],
    }

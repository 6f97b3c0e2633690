"""Event files of our own, read back by the reader and, where installed, by TensorBoard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tb_diagnose.attach.core.sinks import FileSink

VALUES = np.array([[1.5, np.nan], [np.inf, -2.0]], np.float32)


def test_tensorboard_reads_what_is_written(tmp_path: Path) -> None:
    loader = pytest.importorskip(
        "tensorboard.backend.event_processing.event_file_loader"
    ).RawEventFileLoader
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.util.tensor_util import make_ndarray

    sink = FileSink(tmp_path / "new" / "train")
    sink.write("diagnose/layers", VALUES, 7, b"{}")
    sink.write("diagnose/layers", 2 * VALUES, -1, b"")
    sink.flush()
    (path,) = (tmp_path / "new" / "train").iterdir()
    version, first, second = (Event.FromString(raw) for raw in loader(str(path)).Load())
    assert version.file_version == "brain.Event:2"
    assert (first.step, second.step) == (7, -1)
    assert abs(first.wall_time - path.stat().st_mtime) < 60
    (value,) = first.summary.value
    assert value.tag == "diagnose/layers"
    assert value.metadata.plugin_data.plugin_name == "diagnose"
    assert value.metadata.plugin_data.content == b"{}"
    assert value.metadata.data_class == 2
    np.testing.assert_array_equal(make_ndarray(value.tensor), VALUES)


def test_no_file_is_made_before_there_is_something_to_write(tmp_path: Path) -> None:
    FileSink(tmp_path / "train").flush()
    assert not (tmp_path / "train").exists()


def test_files_of_one_second_are_named_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = []
    for now in (1700000000.000009, 1700000000.05, 1700000000.5, 1700000000.75):
        monkeypatch.setattr("tb_diagnose.attach.core.sinks.time.time", lambda now=now: now)
        sink = FileSink(tmp_path)
        sink.write("diagnose/layers", VALUES, 0, b"{}")
        sink.flush()
        names.append(next(each.name for each in tmp_path.iterdir() if each.name not in names))
    assert names == sorted(names)

"""Which folders TensorBoard was told to show."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tb_diagnose.live.sources import LogDirectory
from tb_diagnose.plugin.log_directories import log_directories


def context(logdir: str | None = "", spec: str = "") -> SimpleNamespace:
    return SimpleNamespace(logdir=logdir, flags=SimpleNamespace(logdir=logdir, logdir_spec=spec))


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (context("logs"), [LogDirectory(Path("logs"))]),
        (context("a:b,c"), [LogDirectory(Path("a:b,c"))]),
        (context("~/logs"), [LogDirectory(Path.home() / "logs")]),
        (context(spec="x:a,b"), [LogDirectory(Path("a"), "x"), LogDirectory(Path("b"))]),
        (
            context(spec="/a:b/c,x:/d:e"),
            [LogDirectory(Path("/a:b/c")), LogDirectory(Path("/d:e"), "x")],
        ),
        (context(spec="x:~/a,"), [LogDirectory(Path.home() / "a", "x")]),
        (context("gs://bucket/logs"), []),
        (context("s3://bucket"), []),
        (context(spec="here:logs,there:gs://bucket/logs"), []),
        (context(spec="gs://bucket/logs"), []),
        (context(None), []),
        (SimpleNamespace(logdir="", flags=None), []),
        (SimpleNamespace(logdir="logs", flags=None), [LogDirectory(Path("logs"))]),
    ],
)
def test_what_is_said_and_what_is_meant(given: SimpleNamespace, found: list[LogDirectory]) -> None:
    assert list(log_directories(given)) == found

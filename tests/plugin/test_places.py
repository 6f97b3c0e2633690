"""Which folders TensorBoard was told to show."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tb_diagnose.plugin.places import Place, places


def context(logdir: str | None = "", spec: str = "") -> SimpleNamespace:
    return SimpleNamespace(logdir=logdir, flags=SimpleNamespace(logdir=logdir, logdir_spec=spec))


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (context("logs"), [Place(Path("logs"))]),
        (context("a:b,c"), [Place(Path("a:b,c"))]),
        (context("~/logs"), [Place(Path.home() / "logs")]),
        (context(spec="x:a,b"), [Place(Path("a"), "x"), Place(Path("b"))]),
        (context(spec="/a:b/c,x:/d:e"), [Place(Path("/a:b/c")), Place(Path("/d:e"), "x")]),
        (context(spec="x:~/a,"), [Place(Path.home() / "a", "x")]),
        (context("gs://bucket/logs"), []),
        (context("s3://bucket"), []),
        (context(spec="here:logs,there:gs://bucket/logs"), []),
        (context(spec="gs://bucket/logs"), []),
        (context(None), []),
        (SimpleNamespace(logdir="", flags=None), []),
        (SimpleNamespace(logdir="logs", flags=None), [Place(Path("logs"))]),
    ],
)
def test_what_is_said_and_what_is_meant(given: SimpleNamespace, found: list[Place]) -> None:
    assert list(places(given)) == found

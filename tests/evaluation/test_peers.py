"""Peers are called by their own commands; whatever goes wrong there is an answer too."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from measuring.answers import Answer, Tool
from measuring.peers import installed

RUNMEDIC = [
    {
        "run": "train",
        "findings": [
            {"check": "divergence", "severity": "critical", "title": "Training loss diverged"},
            {"check": "slow_steps", "severity": "warning", "title": "Slow steps"},
        ],
    },
    {
        "run": "validation",
        "findings": [{"check": "val_below_train", "severity": "info", "title": "Below"}],
    },
]


def command(folder: Path, name: str, script: str) -> Tool:
    """A command that does what the shell script message, as ``installed`` would find it."""
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    file.chmod(0o755)
    return installed(folder)[name]


def test_findings_of_all_runs_are_told_in_our_words(tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    told.write_text(json.dumps(RUNMEDIC), encoding="utf-8")
    answer = command(tmp_path, "runmedic", f"cat '{told}'")(tmp_path)
    assert answer.ids == {"loss-divergence", "slow_steps", "val_below_train"}
    assert [finding.message for finding in answer.alarms] == ["Training loss diverged"]


def test_the_folder_is_handed_over(tmp_path: Path) -> None:
    told = '{"findings": [{"check": "x", "severity": "info", "message": "%s"}]}'
    script = f"printf '{told}' \"$2\""
    answer = command(tmp_path, "losslint", script)(tmp_path / "case")
    assert answer.findings[0].message == str(tmp_path / "case")


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo 'cannot read this' >&2; exit 2", "cannot read this"),
        ("exit 1", "trainspotter printed nothing"),
    ],
)
def test_a_peer_that_fails_is_broken(script: str, why: str, tmp_path: Path) -> None:
    assert command(tmp_path, "trainspotter", script)(tmp_path) == Answer(broken=why)


def test_what_is_not_there_is_not_asked(tmp_path: Path) -> None:
    assert installed(tmp_path) == {}

"""Other tools that read event files, run by their own command line as their users run them.

Each is given the folder of one case and asked for JSON. Where a tool takes one run of a folder
only, it gets to choose by itself. A symptom counts as named by the check that means it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from measuring.answers import Answer, Finding, Tool

#: Seconds after which a peer counts as unable to read a case.
PATIENCE = 120


@dataclass(frozen=True)
class Peer:
    """How a peer is called, and how its words are understood.

    Attributes:
        name: its command.
        arguments: with ``FOLDER`` in the place of the case's folder.
        key: where a finding tells its kind.
        message: where a finding tells its sentence.
        means: its kind → our id for the same; what is missing names no symptom.
        aside: its kinds that are about the log or the machine, not about the training.
    """

    name: str
    arguments: tuple[str, ...]
    key: str
    message: str
    means: Mapping[str, str]
    aside: tuple[str, ...]


PEERS = (
    Peer(
        name="trainspotter",
        arguments=("analyze", "FOLDER", "--format", "tensorboard", "--output", "json"),
        key="detector",
        message="message",
        means={
            "divergence": "loss-divergence",
            "overfitting": "overfitting",
            # It holds its tongue once most of the way is done, so it may mean the start.
            "plateau": "no-learning",
            "spikes": "loss-spikes",
        },
        aside=("throughput",),
    ),
    Peer(
        name="runmedic",
        arguments=("diagnose", "FOLDER", "--json"),
        key="check",
        message="title",
        means={
            "non_finite": "non-finite-values",
            "divergence": "loss-divergence",
            "loss_spikes": "loss-spikes",
            "no_learning": "no-learning",
            "overfitting": "overfitting",
        },
        aside=("input_bound", "slow_steps", "slowdown", "memory_growth"),
    ),
    Peer(
        name="losslint",
        arguments=("check", "FOLDER", "--format", "json"),
        key="check",
        message="message",
        means={
            "nan_inf": "non-finite-values",
            "divergence": "loss-divergence",
            "loss_spike": "loss-spikes",
            "overfit_onset": "overfitting",
            "stagnation": "no-learning",
        },
        aside=("parse", "step_backtrack"),
    ),
)


def installed(folder: Path | None) -> dict[str, Tool]:
    """The peers whose commands are in a folder, or else on the PATH or beside this Python."""
    beside = str(Path(sys.executable).parent)
    tools: dict[str, Tool] = {}
    for peer in PEERS:
        places = [str(folder)] if folder else [None, beside]
        command = next(filter(None, (shutil.which(peer.name, path=at) for at in places)), None)
        if command:
            tools[peer.name] = partial(_ask, peer, command)
    return tools


def _ask(peer: Peer, command: str, folder: Path) -> Answer:
    arguments = [str(folder) if word == "FOLDER" else word for word in peer.arguments]
    try:
        done = subprocess.run(
            [command, *arguments], capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return _understood(peer, json.loads(done.stdout))
    except subprocess.TimeoutExpired:
        return Answer(broken=f"{peer.name} did not finish within {PATIENCE} s")
    except ValueError:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:]
        return Answer(broken=" ".join(last)[:300] or f"{peer.name} printed nothing")


def _understood(peer: Peer, told: Any) -> Answer:
    """Findings of one report, or of a list of reports for several runs."""
    reports = told if isinstance(told, list) else [told]
    findings = tuple(
        Finding(
            id=peer.means.get(each[peer.key], each[peer.key]),
            alarms=each["severity"] != "info" and each[peer.key] not in peer.aside,
            message=str(each[peer.message]),
        )
        for report in reports
        for each in report["findings"]
    )
    return Answer(findings)

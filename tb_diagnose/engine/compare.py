"""What runs are compared by: of each a few numbers, so that ten thousand fit into little memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from zlib import adler32

from google_crc32c import value as crc32c

from tb_diagnose.analysis.run import RunAnalysis
from tb_diagnose.core.run import Series
from tb_diagnose.roles.resolve import RoleMap

#: Roles that runs are ranked by, the one that counts most first, and which way is better.
RANKED: Mapping[str, int] = {
    "success": 1,
    "reward": 1,
    "val_score": 1,
    "val_loss": -1,
    "train_score": 1,
    "train_loss": -1,
}
#: Roles of single curves in which copies of one training agree; the first one a run has is its
#: main curve.
FINGERPRINTED = (
    "train_loss",
    "reward",
    "val_loss",
    "train_score",
    "val_score",
    "entropy",
    "value_loss",
)


#: How the names of runs tell their seeds: ``seed=3``, ``s3``. ``#3`` is the third training that was
#: found in one folder, whatever it is.
_SEED = re.compile(r"seed[=_\- ]*\d+|(?<![a-z])s\d+(?![a-z0-9])", re.IGNORECASE)


class FinalMetric(NamedTuple):
    """How one run stands by one curve. Levels in the unit of the curve.

    Attributes:
        curve: its name.
        better: 1 where higher is better, -1 where lower is.
        start, end: level at the start and at the end.
        noise: standard deviation of the curve's points around their course.
    """

    curve: str
    better: int
    start: float
    end: float
    noise: float


class Fingerprint(NamedTuple):
    """The values of a curve, as far as it takes to know them again.

    Attributes:
        points: how many.
        varied: whether they are not all the same.
        sums: of all their bits, CRC-32C and Adler-32. Nobody forges a curve, and by chance none of
            ten thousand has both of another's.
    """

    points: int
    varied: bool
    sums: tuple[int, int]


class RunSummary(NamedTuple):
    """One run as others are compared with it.

    Attributes:
        run: its name.
        standings: by role, of the curves by which it can be ranked.
        prints: by role, of the curves in which its copies agree.
        failed: whether the training turned to NaN or infinity, or ended no better than it began;
            None where there is no curve to tell by.
        task: what it was trained on, as far as the log says: classes and losses of the model.
        hparams: its hyper-parameters.
        rate: its learning rate, None where that is not known.
    """

    run: str
    final_metrics: Mapping[str, FinalMetric]
    fingerprints: Mapping[str, Fingerprint]
    failed: bool | None
    task: tuple[str, ...]
    hparams: Mapping[str, Any]
    rate: float | None

    @property
    def main(self) -> Fingerprint | None:
        """The training loss, or the reward."""
        return self.fingerprints.get("train_loss", self.fingerprints.get("reward"))


def summarize_run(analysis: RunAnalysis) -> RunSummary:
    """What others need of a run."""
    roles = analysis.roles
    optimizer = roles.values.get("optimizer")
    return RunSummary(
        run=analysis.run.name,
        final_metrics=dict(_final_metrics(analysis)),
        fingerprints=dict(_prints(roles)),
        failed=_failed(analysis),
        task=_task(roles),
        hparams=roles.values.get("hparams") or {},
        rate=optimizer.learning_rate if optimizer else None,
    )


def seed_of(name: str) -> str:
    """The seed in a run's name, ``""`` where there is none."""
    found = _SEED.search(name)
    return found[0] if found else ""


def repetition_of(run: RunSummary) -> str | None:
    """What the repetitions of a run have in common; None where it does not speak of a seed."""
    seeds = [key for key in run.hparams if key.lower().split("/")[-1].endswith("seed")]
    if seeds:
        rest = {key: str(value) for key, value in run.hparams.items() if key not in seeds}
        return repr(sorted(rest.items()))
    return _SEED.sub("", run.run) if _SEED.search(run.run) else None


def _task(roles: RoleMap) -> tuple[str, ...]:
    """What tells one task from another: inputs, outputs and losses of the model, environments."""
    model, hparams = roles.values.get("model"), roles.values.get("hparams") or {}
    words = [f"{key}={hparams[key]}" for key in sorted(hparams) if _names_a_task(key)]
    if model is not None:
        words += [f"inputs {model.input_shape}", *(loss.name for loss in model.losses)]
        words += [f"outputs {layer.units}" for layer in model.outputs]
    return tuple(words)


def _names_a_task(key: str) -> bool:
    return key.lower().split("/")[-1] in {"data", "dataset", "task", "env", "env_id", "environment"}


def final_metrics(runs: Mapping[str, RunSummary]) -> dict[str, FinalMetric]:
    """Of every run, by name: how it stands by the first role of ``RANKED`` that two runs have."""
    for role in RANKED:
        found = {name: runs[name].final_metrics.get(role) for name in sorted(runs)}
        known = {name: standing for name, standing in found.items() if standing}
        if len(known) > 1:
            return known
    return {}


def _final_metrics(analysis: RunAnalysis) -> Iterator[tuple[str, FinalMetric]]:
    for role, better in RANKED.items():
        curve = analysis.role(role)
        if curve is None:
            continue
        start, end = curve.start_level, curve.end_level
        if start is not None and end is not None and curve.end == curve.point(len(curve) - 1):
            noise = curve.noise or 0.0
            yield role, FinalMetric(curve.name, better, start.value, end.value, noise)


def _prints(roles: RoleMap) -> Iterator[tuple[str, Fingerprint]]:
    for role in FINGERPRINTED:
        curve = roles.values.get(role)
        if isinstance(curve, Series) and len(curve):
            bits = curve.values.tobytes()
            varied = bool((curve.values != curve.values[0]).any())
            yield role, Fingerprint(len(curve), varied, (crc32c(bits), adler32(bits)))


def _failed(analysis: RunAnalysis) -> bool | None:
    for role in ("train_loss", "reward"):
        curve = analysis.role(role)
        if curve is not None and len(curve) > 1:
            if curve.non_finite or curve.start_level is None or curve.end_level is None:
                return True
            gain: float = curve.better * (curve.end_level.value - curve.start_level.value)
            return gain <= 0
    return None

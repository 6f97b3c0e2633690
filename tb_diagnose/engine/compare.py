"""What runs are compared by: of each a few numbers, so that ten thousand fit into little memory."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from zlib import adler32

from google_crc32c import value as crc32c

from tb_diagnose.core.run import Series
from tb_diagnose.measure.course import course
from tb_diagnose.measure.reductions import any_of
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


class FinalMetric(NamedTuple):
    """How one run stands by one curve. Levels in the unit of the curve.

    Attributes:
        curve: its name.
        better: 1 where higher is better, -1 where lower is.
        start, end: level at the start and at the end.
        noise: standard deviation of the curve's medians around their trend.
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
        hparams: its hyper-parameters.
        rate: its learning rate, None where that is not known.
    """

    run: str
    final_metrics: Mapping[str, FinalMetric]
    fingerprints: Mapping[str, Fingerprint]
    failed: bool | None
    hparams: Mapping[str, Any]
    rate: float | None


def summarize_run(run: str, roles: RoleMap) -> RunSummary:
    """What others need of a run, by its name and its roles."""
    optimizer = roles.values.get("optimizer")
    return RunSummary(
        run=run,
        final_metrics=dict(_standings(roles)),
        fingerprints=dict(_prints(roles)),
        failed=_failed(roles),
        hparams=roles.values.get("hparams") or {},
        rate=optimizer.learning_rate if optimizer else None,
    )


def final_metrics(runs: Mapping[str, RunSummary]) -> dict[str, FinalMetric]:
    """Of every run, by name: how it stands by the first role of ``RANKED`` that two runs have."""
    for role in RANKED:
        found = {name: runs[name].final_metrics.get(role) for name in sorted(runs)}
        known = {name: standing for name, standing in found.items() if standing}
        if len(known) > 1:
            return known
    return {}


def ranked(roles: RoleMap) -> Iterator[tuple[str, Series, int]]:
    """The curves that play the roles of ``RANKED``: role, curve, and which way is better."""
    for role, better in RANKED.items():
        if isinstance(curve := roles.values.get(role), Series):
            yield role, curve, better


def _standings(roles: RoleMap) -> Iterator[tuple[str, FinalMetric]]:
    for role, curve, better in ranked(roles):
        known = course(curve.values, -better)
        if known is not None and math.isfinite(curve.values[-1]):
            # A course falls where all is well.
            start, end = -better * known.start, -better * known.end
            yield role, FinalMetric(curve.name, better, start, end, known.noise)


def _prints(roles: RoleMap) -> Iterator[tuple[str, Fingerprint]]:
    for role in FINGERPRINTED:
        curve = roles.values.get(role)
        if isinstance(curve, Series) and len(curve):
            bits = curve.values.tobytes()
            varied = any_of(curve.values != curve.values[0])
            yield role, Fingerprint(len(curve), varied, (crc32c(bits), adler32(bits)))


def _failed(roles: RoleMap) -> bool | None:
    for role, better in (("train_loss", -1), ("reward", 1)):
        curve = roles.values.get(role)
        if isinstance(curve, Series) and len(curve) > 1:
            known = course(curve.values, -better)
            if known is None or known.points < len(curve):
                return True
            return known.start <= known.end
    return None

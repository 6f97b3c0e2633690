"""Runs fail on one side of a value of a hyper-parameter, and on the other they do not.

Why it matters:
    It is the answer that a search over settings was made for: where the edge is. Single runs only
    show that they failed.

How it is judged:
    A run failed where its training loss turned to NaN or infinity or ended no better than it
    began (its reward, in reinforcement learning). For every number among the hyper-parameters,
    and the learning rate, the runs are put in order. If all that failed lie on one side, the
    probability of that order by chance is 2 / C(n, k) for k failures among n runs; it is found
    where that is below 0.05 over the number of hyper-parameters that vary (Bonferroni).

When it stays silent:
    Fewer than 2 failures or 2 successes; failures on both sides; no hyper-parameter that varies.

What to try:
    Stay a factor of 3 away from the edge.

Sources:
    Fisher's exact test; Google, "Deep learning tuning playbook" (search spaces and their edges).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import comb, isfinite

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number
from tb_diagnose.engine.compare import RunSummary
from tb_diagnose.engine.contract import Thresholds, comparison, limit


class Limits(Thresholds):
    """How many, how sure."""

    each: int = limit(2, unit="runs", source="chosen: one may be an accident")
    chance: float = limit(0.05, unit="p-value", source="convention, over the hyper-parameters")


@comparison(family="comparison", severity=Severity.WARNING, since="0.1")
def failure_threshold(runs: Mapping[str, RunSummary], limits: Limits) -> Iterator[Evidence]:
    """Every hyper-parameter that parts the runs cleanly."""
    ends = {name: end for name in sorted(runs) if (end := runs[name].failed) is not None}
    settings = {name: _numbers(runs[name]) for name in ends}
    varied = sorted(
        key
        for key in set().union(*settings.values())
        if len({settings[name][key] for name in ends if key in settings[name]}) > 1
    )
    if not varied or min(sum(ends.values()), len(ends) - sum(ends.values())) < limits.each:
        raise NotApplicable(
            f"there are not {limits.each} runs that failed and {limits.each} that did not, with "
            "different hyper-parameters",
            'hp.hparams({"learning_rate": rate})',
        )
    for key in varied:
        had = {name: settings[name][key] for name in ends if key in settings[name]}
        bad = sorted(value for name, value in had.items() if ends[name])
        good = sorted(value for name, value in had.items() if not ends[name])
        if min(len(bad), len(good)) < limits.each:
            continue
        p = min(1.0, 2 * len(varied) / comb(len(had), len(bad)))
        if p < limits.chance and (bad[0] > good[-1] or bad[-1] < good[0]):
            yield _evidence(key, bad, good, p, limits)


def _numbers(run: RunSummary) -> dict[str, float]:
    """The hyper-parameters that are numbers, and the learning rate by whatever way it is known."""
    found = {
        key.split("/")[-1]: float(value)
        for key, value in run.hparams.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    if run.rate is not None:
        found.setdefault("learning_rate", run.rate)
    return {key: value for key, value in found.items() if isfinite(value) and "seed" not in key}


def _evidence(key: str, bad: list[float], good: list[float], p: float, limits: Limits) -> Evidence:
    above = bad[0] > good[-1]
    edge, safe = (bad[0], good[-1]) if above else (bad[-1], good[0])
    side, other = ("or above", "below") if above else ("or below", "above")
    return Evidence(
        message=f"{len(bad)} of {len(bad)} runs with {key} of {edge:g} {side} failed, and 0 of "
        f"{len(good)} {other}.",
        suggestion=f"Stay with {key} = {safe:g} {'or below' if above else 'or above'}.",
        measured=p,
        limit=limits.chance,
        unit="p-value",
        confidence=f"p = {number(p)}, exact, over the hyper-parameters that vary",
    )

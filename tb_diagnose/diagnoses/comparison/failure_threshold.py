"""Runs fail on one side of a value of a hyperparameter, and on the other they do not.

Why it matters:
    It is what a search over settings was made for: where the edge is.

How it is judged:
    A run failed where its training loss (or reward) turned to NaN or infinity or ended no better
    than it began. The runs are put in the order of every numeric hyperparameter. If all that failed
    lie on one side, chance has 2 / C(n, k) for k failures among n runs; it is found where that is
    below 0.05 over the number of hyperparameters that vary (Bonferroni).

When it stays silent:
    Fewer than two failures or two successes; failures on both sides; no hyperparameter that varies.

What to try:
    Stay a factor of 3 away from the edge.

Sources:
    Fisher's exact test; Google, "Deep learning tuning playbook".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import comb, isfinite

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.engine.compare import RunSummary
from tb_diagnose.engine.contract import comparison, limit, method


def _uniform(runs: Mapping[str, RunSummary]) -> str:
    failed = [run.failed for run in runs.values() if run.failed is not None]
    if min(failed.count(True), failed.count(False)) <= 1:
        return "there are not two runs that failed and two that did not"
    return "" if _varied(runs) else "no hyperparameter that varies is known"


@comparison(family="comparison", severity=Severity.WARNING, since="0.1")
class FailureThreshold:
    chance = limit(0.05, alarm="<", unit="p-value", source="convention, over the hyperparameters")

    @method("failed runs by hyperparameter", unless=_uniform)
    def by_order(self, runs: Mapping[str, RunSummary]) -> Iterator[Evidence]:
        """Every hyperparameter that parts the runs cleanly."""
        varied = _varied(runs)
        for key in varied:
            had = [
                (values[key], run.failed)
                for run in runs.values()
                if run.failed is not None and key in (values := _numbers(run))
            ]
            bad = sorted(value for value, failed in had if failed)
            good = sorted(value for value, failed in had if not failed)
            if min(len(bad), len(good)) <= 1 or not (bad[0] > good[-1] or bad[-1] < good[0]):
                continue
            p = min(1.0, 2 * len(varied) / comb(len(had), len(bad)))
            if self.chance.exceeded(p):
                yield self._evidence(key, bad, good, p)

    def _evidence(self, key: str, bad: list[float], good: list[float], p: float) -> Evidence:
        above = bad[0] > good[-1]
        edge, safe = (bad[0], good[-1]) if above else (bad[-1], good[0])
        side, other = ("or above", "below") if above else ("or below", "above")
        return Evidence(
            message=f"{len(bad)} of {len(bad)} runs with {key} of {edge:g} {side} failed, and 0 of "
            f"{len(good)} {other}.",
            suggestion=f"Stay with {key} = {safe:g} {'or below' if above else 'or above'}.",
            comparison=self.chance.compare(p),
            confidence=f"p = {number(p)}, exact, over the hyperparameters that vary",
        )


def _varied(runs: Mapping[str, RunSummary]) -> list[str]:
    """The hyperparameters that take several values among the runs that can be told."""
    settings = [_numbers(run) for run in runs.values() if run.failed is not None]
    keys = sorted(set().union(*settings))
    return [key for key in keys if len({one[key] for one in settings if key in one}) > 1]


def _numbers(run: RunSummary) -> dict[str, float]:
    """The hyperparameters that are numbers, and the learning rate by whatever way it is known."""
    found = {
        key.split("/")[-1]: float(value)
        for key, value in run.hparams.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
    if run.rate is not None:
        found.setdefault("learning_rate", run.rate)
    return {key: value for key, value in found.items() if isfinite(value) and "seed" not in key}

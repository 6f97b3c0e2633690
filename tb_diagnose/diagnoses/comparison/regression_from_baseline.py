"""A run ends worse than the baseline, by more than its noise.

Why it matters:
    A change was made that costs quality. In a pipeline this is the question: may it go in?

How it is judged:
    By the curve that runs are ranked by: success rate, reward, validation score, validation loss,
    training score, training loss, the first that both have under the same name. The end is worse by
    5 % of what the baseline gained, and by 3 standard deviations of both curves' noise.

When it stays silent:
    No baseline was named; the run is of another task (other classes, losses, inputs, environment or
    curves); a difference within the noise (seeds may differ by more: see seed-spread).

What to try:
    Repeat both with 3 seeds before believing it; then take the change apart.

Sources:
    Bouthillier et al. 2021, "Accounting for variance in machine learning benchmarks".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import hypot

from tb_diagnose.analysis.learning_state import SURE
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.engine.compare import FinalMetric, RunSummary, final_metrics
from tb_diagnose.engine.contract import comparison, limit, method


def _strange(runs: Mapping[str, RunSummary], baseline: str) -> str:
    if baseline not in runs:
        return f"the baseline {baseline!r} is none of the runs"
    comparable = any(_standings(runs, baseline, name) for name in runs if name != baseline)
    return "" if comparable else f"no run is of the same task as {baseline}"


@comparison(family="comparison", severity=Severity.WARNING, since="0.1")
class RegressionFromBaseline:
    worse = limit(0.05, alarm=">=", unit="of the baseline's gain", source="worth a question")

    @method("levels at the end", unless=_strange)
    def by_end(self, runs: Mapping[str, RunSummary], baseline: str) -> Iterator[Evidence]:
        for name in sorted(runs.keys() - {baseline}):
            both = _standings(runs, baseline, name)
            if both is not None:
                yield from self._judge(baseline, name, *both)

    def _judge(
        self, baseline: str, name: str, base: FinalMetric, run: FinalMetric
    ) -> Iterator[Evidence]:
        worse = base.better * (base.end - run.end)
        gain = base.better * (base.end - base.start)
        scale = gain if gain > 0 else abs(base.end)
        noise = hypot(base.noise, run.noise)
        beyond = worse > SURE * noise
        if scale <= 0 or not beyond or not self.worse.exceeded(worse / scale):
            return
        yield Evidence(
            message=f"{name} ends with {run.curve} around {number(run.end)}, {baseline} around "
            f"{number(base.end)}: worse by {percent(worse / scale)} of what the baseline gained.",
            suggestion="Repeat both with 3 seeds; if it stays, take the change apart.",
            comparison=self.worse.compare(worse / scale),
            confidence=f"{number(worse / noise)} standard deviations of the curves' noise"
            if noise
            else "",
        )


def _standings(
    runs: Mapping[str, RunSummary], baseline: str, name: str
) -> tuple[FinalMetric, FinalMetric] | None:
    """How both runs stand by one curve; None where they are not known to be of one task."""
    base, run = runs[baseline], runs[name]
    both = final_metrics({baseline: base, name: run})
    if not both or (base.task and run.task and base.task != run.task):
        return None
    same = both[baseline].curve == both[name].curve
    return (both[baseline], both[name]) if same else None

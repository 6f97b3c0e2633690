"""A run ends worse than the baseline, by more than its noise.

Why it matters:
    A change was made that costs quality. In a pipeline this is the question: may it go in?

How it is judged:
    By the curve that runs are ranked by: success rate, reward, validation score, validation loss,
    training score, training loss, the first that both have. A run has regressed where its end is
    worse than the baseline's by 5 % of what the baseline gained from start to end, and by 3
    standard deviations of the noise of both curves' ends.

When it stays silent:
    No baseline was named; a difference within the noise of the curves (seeds may differ by more:
    see seed-spread).

What to try:
    Repeat both with 3 seeds before believing it; then take the change apart.

Sources:
    Google, "Deep learning tuning playbook" (noise between studies); Bouthillier et al. 2021,
    "Accounting for variance in machine learning benchmarks".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.engine.compare import FinalMetric, RunSummary, final_metrics
from tb_diagnose.engine.contract import Thresholds, comparison, limit


class Limits(Thresholds):
    """How much worse, how sure."""

    worse: float = limit(0.05, unit="of the baseline's gain", source="chosen: worth a question")
    noise: float = limit(3.0, unit="standard deviations", source="chosen: p < 0.002")


@comparison(family="comparison", severity=Severity.WARNING, since="0.1")
def regression_from_baseline(
    runs: Mapping[str, RunSummary], baseline: str | None, limits: Limits
) -> Iterator[Evidence]:
    """Each run against the one that was named."""
    if baseline is None:
        raise NotApplicable("no baseline was named", "tb-diagnose logs --baseline RUN")
    if baseline not in runs:
        raise NotApplicable(f"the baseline {baseline!r} is none of the runs")
    for name in sorted(runs.keys() - {baseline}):
        both = final_metrics({each: runs[each] for each in (baseline, name)})
        if both:
            yield from _judge(baseline, name, both, limits)


def _judge(
    baseline: str, name: str, both: Mapping[str, FinalMetric], limits: Limits
) -> Iterator[Evidence]:
    base, run = both[baseline], both[name]
    worse = base.better * (base.end - run.end)
    gain = base.better * (base.end - base.start)
    scale = gain if gain > 0 else abs(base.end)
    noise = float(np.hypot(base.noise, run.noise))
    if scale <= 0 or worse < limits.worse * scale or worse <= limits.noise * noise:
        return
    yield Evidence(
        message=f"{name} ends with {run.curve} at {number(run.end)}, {baseline} at "
        f"{number(base.end)}: worse by {percent(worse / scale)} of what the baseline gained.",
        suggestion="Repeat both with 3 seeds; if it stays, take the change apart.",
        measured=worse / scale,
        limit=limits.worse,
        unit="of the baseline's gain",
        confidence=f"{number(worse / noise)} standard deviations of the curves' noise"
        if noise
        else "",
    )

"""How far runs that differ in nothing but their seed lie apart.

Why it matters:
    A setting that is better by less than luck has not been shown to be better.

How it is judged:
    Repetitions have hyperparameters that are equal but for the seed or, without any, names that
    differ in nothing but a number behind ``seed``. For a standard deviation s of their ends, 1.96 *
    sqrt(2) * s is the smallest difference between two that is not luck. A tenth of what they
    gained is a note, from half on (0.53) a warning.

When it stays silent:
    Fewer than 3 repetitions; a spread of less than a tenth of what was gained.

What to try:
    Compare settings over 5 seeds or more each, by mean and confidence interval.

Sources:
    Bouthillier et al. 2021, "Accounting for variance in machine learning benchmarks"; Henderson et
    al. 2018.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.engine.compare import FinalMetric, RunSummary, final_metrics, repetition_of
from tb_diagnose.engine.contract import comparison, limit, method
from tb_diagnose.measure.robust import LUCK

#: Fewer repetitions have no spread.
FEWEST = 3


def _single(runs: Mapping[str, RunSummary]) -> str:
    known = any(len(group) >= FEWEST for group in _groups(runs).values())
    return "" if known else f"no {FEWEST} runs differ in nothing but their seed"


@comparison(family="comparison", severity=Severity.INFO, since="0.1")
class SeedSpread:
    worth = limit(0.1, alarm=">=", unit="of what was gained", source="less needs no word")

    @method("levels at the end", unless=_single)
    def by_end(self, runs: Mapping[str, RunSummary]) -> Iterator[Evidence]:
        for group in _groups(runs).values():
            if len(group) < FEWEST:
                continue
            ends = np.array([metric.end for metric in group.values()])
            starts = np.array([metric.start for metric in group.values()])
            gained = abs(float(np.median(ends) - np.median(starts)))
            luck = LUCK * float(np.std(ends, ddof=1))
            if gained > 0 and self.worth.exceeded(luck / gained):
                yield self._evidence(group, luck, gained)

    def _evidence(self, group: Mapping[str, FinalMetric], luck: float, gained: float) -> Evidence:
        ends, names = sorted(metric.end for metric in group.values()), sorted(group)
        return Evidence(
            message=f"{len(group)} runs that differ in their seed only ({names[0]} to "
            f"{names[-1]}) end with {group[names[0]].curve} from {number(ends[0])} to "
            f"{number(ends[-1])}: a difference of less than {number(luck)} between two single runs "
            "is luck.",
            suggestion="Compare settings over 5 seeds or more each, by mean and confidence "
            "interval.",
            comparison=self.worth.compare(luck / gained),
            confidence=f"1.96 * sqrt(2) * s over {len(group)} runs",
            severity=Severity.WARNING if self.worth.far_exceeded(luck / gained) else None,
        )


def _groups(runs: Mapping[str, RunSummary]) -> Mapping[str, dict[str, FinalMetric]]:
    """Repetitions, by what they have in common."""
    groups: dict[str, dict[str, FinalMetric]] = defaultdict(dict)
    for name, metric in final_metrics(runs).items():
        if (common := repetition_of(runs[name])) is not None:
            groups[common][name] = metric
    return groups

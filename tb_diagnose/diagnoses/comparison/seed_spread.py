"""How far runs that differ in nothing but their seed lie apart.

Why it matters:
    Two single runs differ by luck alone by about this much. A setting that is better by less has
    not been shown to be better.

How it is judged:
    Runs are taken for repetitions where their hyper-parameters are equal but for the seed, or, if
    they have none, where their names differ in nothing but a number behind ``seed``. Of 3 or more
    the standard deviation s of the final levels is told, with the smallest difference between two
    single runs that is not luck, 1.96 * sqrt(2) * s. It is a warning where that is more than half
    of what the runs gained from their start to their end.

When it stays silent:
    Fewer than 3 repetitions; names that do not speak of seeds; a spread of less than a tenth of
    what was gained, which needs no word.

What to try:
    Compare settings over 5 seeds or more each, by mean and confidence interval. If one seed of
    several fails, warm the learning rate up or lower it.

Sources:
    Bouthillier et al. 2021, "Accounting for variance in machine learning benchmarks"; Henderson et
    al. 2018, "Deep reinforcement learning that matters".
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number
from tb_diagnose.engine.compare import FinalMetric, RunSummary, final_metrics
from tb_diagnose.engine.contract import Thresholds, comparison, limit
from tb_diagnose.measure.medians import median

SEED = re.compile(r"seed[=_\- ]*\d+|(?<![a-z])s\d+(?![a-z0-9])|#\d+$", re.IGNORECASE)


class Limits(Thresholds):
    """How many runs, how far apart."""

    runs: int = limit(3, unit="runs", source="chosen: two have no spread")
    worth: float = limit(0.1, unit="of what was gained", source="chosen: less needs no word")
    grave: float = limit(0.5, unit="of what was gained", source="chosen: luck rules")


@comparison(family="comparison", severity=Severity.INFO, since="0.1")
def seed_spread(runs: Mapping[str, RunSummary], limits: Limits) -> Iterator[Evidence]:
    """Each group of repetitions."""
    groups: dict[str, dict[str, FinalMetric]] = defaultdict(dict)
    for name, each in final_metrics(runs).items():
        if (kind := _kind(runs[name])) is not None:
            groups[kind][name] = each
    large = [group for group in groups.values() if len(group) >= limits.runs]
    if not large:
        raise NotApplicable(
            f"no {limits.runs} runs differ in nothing but their seed", "logs/NAME/seed=1"
        )
    for group in large:
        ends = np.array([each.end for each in group.values()])
        gained = abs(float(median(ends) - median([each.start for each in group.values()])))
        luck = 1.96 * np.sqrt(2) * float(np.std(ends, ddof=1))
        if gained > 0 and luck >= limits.worth * gained:
            yield _evidence(group, luck, gained, limits)


def _kind(run: RunSummary) -> str | None:
    """What repetitions have in common; None where a run does not speak of a seed."""
    seeds = [key for key in run.hparams if key.lower().split("/")[-1].endswith("seed")]
    if seeds:
        rest = {key: str(value) for key, value in run.hparams.items() if key not in seeds}
        return repr(sorted(rest.items()))
    return SEED.sub("", run.run) if SEED.search(run.run) else None


def _evidence(
    group: dict[str, FinalMetric], luck: float, gained: float, limits: Limits
) -> Evidence:
    ends = sorted(each.end for each in group.values())
    names = sorted(group)
    curve = group[names[0]].curve
    return Evidence(
        message=f"{len(group)} runs that differ in their seed only ({names[0]} to {names[-1]}) end "
        f"with {curve} from {number(ends[0])} to {number(ends[-1])}: a difference of less than "
        f"{number(luck)} between two single runs is luck.",
        suggestion="Compare settings over 5 seeds or more each, by mean and confidence interval.",
        measured=luck / gained,
        limit=limits.worth,
        unit="of what was gained",
        confidence=f"1.96 * sqrt(2) * s over {len(group)} runs",
        severity=Severity.WARNING if luck >= limits.grave * gained else None,
    )

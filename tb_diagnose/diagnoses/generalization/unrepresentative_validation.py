"""Validation follows training, but a constant distance below.

Why it matters:
    A part of the validation data is beyond what training shows: classes or ranges that it never
    saw, another source, harder cases. The score then measures the split and not the model.

How it is judged:
    On a score of both splits, behind the first third: validation is a quarter of all examples
    below training at every step, the distance hardly changes, and validation rose together with
    training.

When it stays silent:
    Fewer than 8 validations, a distance that widens (overfitting), a validation that never rose
    (validation-at-chance).

What to try:
    Count classes and compare ranges on both sides. Split at random, by class, and by group where
    examples belong together.

Sources:
    Google, "Machine learning crash course: dividing the original dataset".
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.learning_state import ENOUGH, moved
from tb_diagnose.analysis.split_curves import APART, SplitCurves
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.engine.contract import diagnosis, limit, method


@diagnosis(family="generalization", severity=Severity.INFO, since="0.2")
class UnrepresentativeValidation:
    apart = limit(APART, alarm=">=", unit="of all examples", source="as overfitting")
    widens = limit(0.1, alarm="<=", unit="of all examples", source="less is a constant distance")

    @method("scores of both splits")
    def by_splits(self, splits: tuple[SplitCurves, ...]) -> Iterator[Evidence]:
        for pair in splits:
            gap, val = pair.gap, pair.validation
            end, trained = val.end, pair.training.end
            if (
                end is None
                or trained is None
                or pair.better < 0
                or gap.finite < ENOUGH
                or not moved(val)
            ):
                continue
            later = gap.values[gap.finite // 3 :]
            least, most = float(later.min()), float(later.max())
            if self.apart.exceeded(least) and self.widens.exceeded(most - least):
                yield Evidence(
                    message=f"{val.name} rises with {pair.training.name}, but stays at least "
                    f"{number(least)} below it; they end at {number(end.value)} and "
                    f"{number(trained.value)}.",
                    suggestion="Count classes and compare ranges on both sides; split at "
                    "random, by "
                    "class, and by group where examples belong together.",
                    tag=val.name,
                    related=(pair.training.name,),
                    steps=(int(gap.steps[gap.finite // 3]), end.step),
                    comparison=self.apart.compare(least),
                )
                return

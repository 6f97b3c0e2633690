"""A score stays at zero, at the level of guessing, or at one and the same value.

Why it matters:
    The loss may fall while what is wanted does not move: the model names one class only, or the
    score is computed wrongly.

How it is judged:
    Every score and word error rate but those that no-learning judges: exactly 0 in every value,
    an R² or kappa of 0, an area under the ROC curve of 0.5, an error rate of 1, or the same value
    in every validation, below 0.9 and with nothing better before.

When it stays silent:
    Fewer than four values; a score that moves.

What to try:
    Compute the score by hand on ten examples: threshold, averaging, class index, order of labels
    and predictions. If it is right, weigh the classes.

Sources:
    Saito and Rehmsmeier 2015, "The precision-recall plot is more informative than the ROC plot".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.guessing import NOTHING, guess_of
from tb_diagnose.analysis.learning_state import FEW, GOOD, LearningState
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Comparison, Evidence, Severity
from tb_diagnose.core.format import number, percent, plural
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.code import Code

#: Words of tags of what is 1 where nothing is right.
_ERROR_RATES = frozenset(("wer", "cer"))


@diagnosis(family="progress", severity=Severity.WARNING, since="0.2")
class ScoreAtChance:
    zero = limit(0.005, alarm="<=", unit="of the score", source="nothing but chance hits")
    guess = limit(NOTHING, alarm="<=", unit="from guessing", source="see analysis/guessing.py")
    good = limit(GOOD, alarm="<", unit="of the score", source="analysis/learning_state.py")

    @method("every score and error rate")
    def by_scores(
        self,
        learning: LearningState,
        code: Code,
        scores: tuple[Curve, ...] = (),
        errors: tuple[Curve, ...] = (),
    ) -> Iterator[Evidence]:
        known = learning.curve if learning.stuck else None
        for curve in (*scores, *errors):
            if curve is known or curve.finite < FEW:
                continue
            said, comparison = self._stuck(curve, learning.chance)
            if comparison is not None:
                yield Evidence(
                    message=f"{curve.name} {said} in all {plural(curve.finite, 'value')}.",
                    suggestion="Compute it by hand on ten examples (threshold, averaging, order of "
                    f"labels and predictions); if it is right, {code('weigh the classes')}.",
                    tag=curve.name,
                    steps=curve.span(0),
                    comparison=comparison,
                    # One class among many may be too rare to be found.
                    severity=Severity.INFO if curve.info.part and len(scores) > 2 else None,
                )

    def _stuck(self, curve: Curve, chance: ChanceLevel | None) -> tuple[str, Comparison | None]:
        """What a curve never leaves, and the comparison; None where it moves."""
        if curve.lowest is None or curve.highest is None:
            return "", None
        low, high, words = curve.lowest.value, curve.highest.value, set(curve.info.words)
        if words & _ERROR_RATES:
            return "is about 1", self._holds(self.guess.compare(1 - low))
        guess = guess_of(curve, None)
        if guess is not None and curve.best_level is not None:
            said = f"is at most {number(high)}, where guessing gives {number(guess)},"
            return said, self._holds(self.guess.compare(curve.best_level.value - guess))
        if curve.better < 0 or low < 0:
            return "", None
        if self.zero.exceeded(high):
            return "is as good as 0", self.zero.compare(high)
        if curve.end is not None and curve.end.value == 0 and 2 * curve.held >= len(curve):
            zeros = f"is exactly 0 in its last {plural(curve.held, 'value')}"
            return f"{zeros} and at most {number(high)}", self.zero.compare(0.0)
        same = float(np.mean(curve.finite_values == high))
        still = same >= GOOD and curve.end is not None and high == curve.end.value
        # On few examples of validation, a score may well stand still.
        halfway = chance is not None and high > chance.on_the_way(0.5)
        good = halfway and curve.split == "validation"
        every = "" if same == 1 else f" in {percent(same)} of its values, and never higher,"
        return f"is {number(high)}{every}", self._holds(
            self.good.compare(high)
        ) if still and not good else None

    def _holds(self, comparison: Comparison) -> Comparison | None:
        return comparison if comparison.holds else None

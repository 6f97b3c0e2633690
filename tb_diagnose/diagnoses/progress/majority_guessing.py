"""The classifier gives one answer to every input.

Why it matters:
    It has learned how frequent the classes are and nothing of the inputs. Always saying no is
    right 9 times in 10 where one in 10 is a yes.

How it is judged:
    Accuracies do not move by one example while the loss does. One answer for all is right in a
    share p of the cases and costs H(p) = -p ln p - (1 - p) ln (1 - p) or more; who knows more pays
    less.

When it stays silent:
    Fewer than six values, equal classes (no-learning), an accuracy that moves, or one near 1.

What to try:
    Judge by recall per class. Weigh the classes or sample them evenly, lower the learning rate,
    standardize the inputs.

Sources:
    Jensen's inequality (entropy is concave); Karpathy 2019, "A recipe for training neural
    networks".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.guessing import NOTHING
from tb_diagnose.analysis.learning_state import ONE_CLASS, LearningState
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.patterns import is_accuracy


@diagnosis(family="progress", severity=Severity.CRITICAL, leads_to=("underfitting",), since="0.1")
class MajorityGuessing:
    least = limit(0.52, alarm=">=", unit="of all examples", source="below, classes are equal")
    cost = limit(1 - NOTHING, alarm=">=", unit="× H(p)", source="see analysis/guessing.py")

    @method("loss and accuracy", points={"train_loss": 6, "train_score": 6})
    def by_cost(
        self,
        train_loss: Curve,
        train_score: Curve,
        learning: LearningState,
        code: Code,
        val_score: Curve | None = None,
        model: ModelConfig | None = None,
    ) -> Iterator[Evidence]:
        if not self._constant(train_score) or train_loss.end_level is None:
            return
        p, level = float(train_score.finite_values[-1]), train_loss.end_level.value
        squared = _squared(model)
        cost = p * (1 - p) if squared else float(-p * np.log(p) - (1 - p) * np.log(1 - p))
        since = int(train_score.steps[len(train_score) - train_score.held])
        known = squared or (learning.chance is not None and learning.chance.cross_entropy)
        one = (
            f"{train_score.name} is {number(p)} since step {since} and does not move by one example"
        )
        advice = "Judge by recall per class, standardize the inputs, lower the learning rate, and "
        steps = since, int(train_score.steps[-1])
        # Of many classes a loss that stands still only says that the weights do not move.
        several = learning.chance is not None and learning.chance.classes > 2
        moves = not several or self._moves(train_loss, train_score)
        if known and moves and self.cost.exceeded(level / cost):
            yield Evidence(
                message=f"{one}, and {train_loss.name} ends around {number(level)}, where the same "
                f"answer to every input costs {number(cost)}.",
                suggestion=f"{advice}{code('weigh the classes')}.",
                tag=train_score.name,
                related=(train_loss.name,),
                steps=steps,
                comparison=self.cost.compare(level / cost),
            )
        elif val_score is not None and _held(train_score) and self._constant(val_score):
            if not (_held(val_score) and self._moves(train_loss, train_score)):
                return
            yield Evidence(
                message=f"{one}, nor does {val_score.name}, while {train_loss.name} changes.",
                suggestion=f"{advice}{code('weigh the classes')}.",
                tag=train_score.name,
                related=(val_score.name, train_loss.name),
                steps=steps,
                severity=Severity.WARNING,
            )

    def _constant(self, score: Curve) -> bool:
        """Whether an accuracy stands still since half of the run, at a larger class' share."""
        if not is_accuracy(score.series.tag) or 2 * score.held < len(score):
            return False
        level = float(score.finite_values[-1])
        return bool(self.least.exceeded(level)) and level <= 1 - NOTHING  # H(p) is tiny above

    def _moves(self, loss: Curve, score: Curve) -> bool:
        """Whether the loss moved while the accuracy stood, so that the answers did change."""
        behind = loss.finite_values[len(loss) - score.held * len(loss) // len(score) :]
        return bool(len(behind) > 1 and np.ptp(behind) > NOTHING / 2 * abs(float(behind[0])))


def _held(score: Curve) -> bool:
    """Whether a score has been the same since its first epochs."""
    return score.held > 3 and score.held >= ONE_CLASS * len(score)


def _squared(model: ModelConfig | None) -> bool:
    """Whether the loss is the squared error of a single probability."""
    if model is None or len(model.losses) != 1 or len(model.outputs) != 1:
        return False
    last = model.outputs[0]
    one = last.units == 1 and last.activation == "sigmoid"
    return model.losses[0].name == "mean_squared_error" and one

"""The model does not even fit its training data, and has stopped getting better at it.

Why it matters:
    More data will not help, and neither will regularization: capacity, features or the
    optimization is missing.

How it is judged:
    A classifier whose training score ends less than halfway from guessing to perfect, but above
    guessing, near its validation score, and rises no more. A regression whose loss stands since
    the first fifth of the run at three tenths of its start or more.

When it stays silent:
    Fewer than 8 values, a score that still rises, the level of guessing (no-learning), a gap to
    validation (overfitting).

What to try:
    Let it learn 100 examples by heart: if it cannot, the fault is in the code. Else a larger
    model, less dropout and weight decay, better features.

Sources:
    Goodfellow, Bengio and Courville 2016, "Deep learning", section 5.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.learning_state import LearningState
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.architecture import is_penalized
from tb_diagnose.roles.chance_level import ChanceLevel


def _unknown(learning: LearningState) -> str:
    return "" if learning.chance is not None else "the number of classes is unknown"


def _bounded(model: ModelConfig) -> str:
    """A regression gives numbers without bounds, and its loss is nothing but their error."""
    linear = bool(model.outputs) and all(layer.activation == "linear" for layer in model.outputs)
    return "" if linear and not is_penalized(model) else "this is no plain regression"


@diagnosis(
    family="generalization", severity=Severity.WARNING, leads_to=("loss-plateau",), since="0.1"
)
class Underfitting:
    poor = limit(0.5, alarm="<", unit="of the way from guessing", source="as loss-plateau")
    least = limit(0.1, alarm=">", unit="of the way from guessing", source="below: no-learning")
    gap = limit(0.1, alarm="<=", unit="of the way from guessing", source="more: overfitting")
    left = limit(0.3, alarm=">=", unit="of the first loss", source="healthy ones end lower")

    @method("scores", points={"train_score": 8, "val_score": 8}, unless=_unknown)
    def by_scores(
        self,
        train_score: Curve,
        val_score: Curve,
        learning: LearningState,
        chance: ChanceLevel | None = None,
    ) -> Iterator[Evidence]:
        known = chance
        chance, train, val = learning.chance, train_score.end_level, val_score.end_level
        if chance is None or train is None or val is None:
            return
        room = 1 - chance.accuracy
        way, apart = (train.value - chance.accuracy) / room, abs(train.value - val.value) / room
        outlook = train_score.outlook
        settled = outlook is not None and (outlook.gain or 0.0) < self.least
        settled = settled and not train_score.still_improving
        if not (settled and self.poor.exceeded(way) and self.least.exceeded(way)):
            return
        if self.gap.exceeded(apart):
            half = int(train_score.where[train_score.finite // 2])
            yield Evidence(
                message=f"{train_score.name} ends around {number(train.value)} and "
                f"{val_score.name} around {number(val.value)}, where guessing gives "
                f"{number(chance.accuracy)}: the training data themselves are not fitted.",
                suggestion="Let it learn 100 examples by heart; if it can, enlarge the model or "
                "weaken dropout and weight decay, if it cannot, look for the fault in inputs, loss "
                "and rate.",
                tag=train_score.name,
                related=(val_score.name,),
                steps=train_score.span(half),
                comparison=self.poor.compare(way),
                # Where the classes were guessed it may be all that the inputs tell.
                severity=None if known is not None or way < self.poor / 2 else Severity.INFO,
            )

    @method("the loss of a regression", points={"train_loss": 8}, unless=_bounded)
    def by_loss(
        self, train_loss: Curve, model: ModelConfig, learning: LearningState
    ) -> Iterator[Evidence]:
        start, end = train_loss.start, train_loss.end_level
        if learning.chance is not None or not (model.outputs and start and end):
            return
        if learning.stuck or start.value <= 0 or train_loss.still_improving:
            return
        begin = train_loss.within(end.value / 10 / 2)
        early = begin is not None and begin.index <= train_loss.finite // 3
        fell = (start.value - end.value) / start.value
        if begin is not None and early and self.least.exceeded(fell):
            left = end.value / start.value
            if self.left.exceeded(left):
                yield Evidence(
                    message=f"{train_loss.name} stands around {number(end.value)} since step "
                    f"{begin.step}, {percent(left)} of where it began, on the training data "
                    "themselves.",
                    suggestion="Let it learn 100 examples by heart. If it cannot, look for targets "
                    "in another order than the inputs, a loss that broadcasts [n] against [n, 1], "
                    "missing activations; if it can, the inputs hold no more.",
                    tag=train_loss.name,
                    steps=train_loss.span(begin.index),
                    comparison=self.left.compare(left),
                    severity=Severity.INFO,  # it may as well be all that the inputs tell
                )

"""The model does not even fit its training data, and has stopped getting better at it.

Why it matters:
    More data will not help, and neither will regularization: capacity, features or the
    optimization is missing.

How it is judged:
    All losses and accuracies of a classifier end less than halfway from guessing to perfect and
    hardly rise any more. Where the classes are unknown, accuracies count from 0, losses from their
    start, and a warning takes less than a third. A regression's loss stands at three tenths of its
    start or more.

When it stays silent:
    Fewer than 8 values, the level of guessing (no-learning), a gap to validation (overfitting).

What to try:
    Let it learn 100 examples by heart: if it cannot, the fault is in the code. Else a larger
    model, less dropout and weight decay, better features.

Sources:
    Goodfellow, Bengio and Courville 2016, "Deep learning", section 5.2.
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.guessing import guess_of, share_learned
from tb_diagnose.analysis.learning_state import ENOUGH, HALFWAY, LearningState
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.architecture import is_penalized
from tb_diagnose.roles.chance_level import ChanceLevel


def _accuracies(*curves: Curve | None) -> list[Curve]:
    """Those that are long enough to show that they stand."""
    found = [curve for curve in curves if curve is not None and curve.finite >= ENOUGH]
    return [curve for curve in found if share_learned(curve, None) is not None]


def _unscored(train_score: Curve | None = None, val_score: Curve | None = None) -> str:
    return "" if _accuracies(train_score, val_score) else f"no accuracy has {ENOUGH} values"


def _bounded(model: ModelConfig) -> str:
    """A regression gives numbers without bounds, and its loss is nothing but their error."""
    linear = bool(model.outputs) and all(layer.activation == "linear" for layer in model.outputs)
    return "" if linear and not is_penalized(model) else "this is no plain regression"


@diagnosis(
    family="generalization", severity=Severity.WARNING, leads_to=("loss-plateau",), since="0.1"
)
class Underfitting:
    poor = limit(HALFWAY, alarm="<", unit="of the way from guessing", source="as loss-plateau")
    least = limit(0.1, alarm=">", unit="of the way from guessing", source="below: no-learning")
    gap = limit(0.1, alarm="<=", unit="of the way from guessing", source="more: overfitting")
    left = limit(0.3, alarm=">=", unit="of the first loss", source="healthy ones end lower")

    @method("losses and accuracies", unless=_unscored)
    def by_scores(
        self,
        learning: LearningState,
        train_score: Curve | None = None,
        val_score: Curve | None = None,
        chance: ChanceLevel | None = None,
    ) -> Iterator[Evidence]:
        curves = _accuracies(train_score, val_score)
        if learning.failed or learning.share is None:
            return
        ends = [curve.end_level.value for curve in curves if curve.end_level is not None]
        room = 1 - (learning.chance.accuracy if learning.chance else 0.0)
        if not self.poor.exceeded(learning.share) or any(self._rises(curve) for curve in curves):
            return
        if self.least.exceeded(learning.share) and self.gap.exceeded((ends[0] - ends[-1]) / room):
            yield self._evidence(curves, ends, learning, sure=chance is not None)

    def _rises(self, curve: Curve) -> bool:
        """Whether a quarter more of the run would bring more."""
        gain = curve.outlook.gain if curve.outlook is not None else None
        return bool(self.least.exceeded(gain or 0.0))

    def _evidence(
        self, curves: list[Curve], ends: list[float], learning: LearningState, *, sure: bool
    ) -> Evidence:
        guessing = guess_of(curves[0], learning.chance)
        guess = f", where guessing gives {number(guessing)}" if guessing is not None else ""
        both = f" and {curves[-1].name} around {number(ends[-1])}" if len(curves) > 1 else ""
        share = learning.share or 0.0
        return Evidence(
            message=f"{curves[0].name} ends around {number(ends[0])}{both}"
            f"{guess}: the training data themselves are not fitted.",
            suggestion="Let it learn 100 examples by heart; if it can, enlarge the model or "
            "weaken dropout and weight decay, if it cannot, look for the fault in inputs, loss "
            "and rate.",
            tag=curves[0].name,
            related=tuple(curve.name for curve in curves[1:]),
            steps=curves[0].span(int(curves[0].where[curves[0].finite // 2])),
            comparison=self.poor.compare(share),
            # Where the classes are unknown it may be all that the inputs tell.
            severity=None if sure or share < self.poor * 2 / 3 else Severity.INFO,
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

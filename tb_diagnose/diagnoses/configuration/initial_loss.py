"""The first loss is far from that of a guess.

Why it matters:
    A classifier that knows nothing should start at ln K for K classes. One that starts far above
    is confidently wrong: weights or inputs are too large, and the first epochs undo that.

How it is judged:
    The loss of the first batch is above twice ln K. Where only epochs are logged, their first mean
    must be above three times ln K, since it covers steps that already learned. Where K is unknown
    but an accuracy is logged, it must be above that of a million classes.

When it stays silent:
    The loss is no cross-entropy or includes weight penalties; the log begins later than at the
    first step.

What to try:
    Scale the inputs, and use the default initializers.

Sources:
    Karpathy 2019, "A recipe for training neural networks"; Braiek and Khomh 2023,
    "TheDeepChecker".
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import Bound, diagnosis, limit, method
from tb_diagnose.roles.architecture import is_penalized
from tb_diagnose.roles.chance_level import CROSS_ENTROPIES, MANY_CLASSES, ChanceLevel
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.patterns import is_accuracy


def _no_cross_entropy(
    chance: ChanceLevel | None = None,
    model: ModelConfig | None = None,
    train_loss: Curve | None = None,
) -> str:
    other = model is not None and any(loss.name not in CROSS_ENTROPIES for loss in model.losses)
    if other or (chance is not None and not chance.cross_entropy):
        return "the loss is no cross-entropy, so a guess has no known loss"
    start = train_loss.start if train_loss is not None else None
    penalty = start is None or start.value <= MANY_CLASSES
    if penalty and model is not None and is_penalized(model):
        return "weight penalties are part of the logged loss"
    return ""


def _batches_begin_late(batch_loss: Curve) -> str:
    return batch_loss.late_start


def _losses_begin_late(train_loss: Curve) -> str:
    return train_loss.late_start


def _unscored(
    train_loss: Curve, train_score: Curve | None = None, val_score: Curve | None = None
) -> str:
    scores = [score for score in (train_score, val_score) if score is not None]
    if not any(is_accuracy(score.series.tag) for score in scores):
        return "no accuracy says that it is a classifier"
    return train_loss.late_start


@diagnosis(
    family="configuration",
    severity=Severity.WARNING,
    leads_to=("slow-convergence", "loss-spikes"),
    since="0.1",
    concerns=_no_cross_entropy,
)
class InitialLoss:
    batch = limit(2, alarm=">", unit="× ln K", source="TheDeepChecker: a deviation of ln K")
    epoch = limit(3, alarm=">", unit="× ln K", source="a first epoch that learned is below 1")
    any_classes = limit(MANY_CLASSES, alarm=">", unit="nats", source="ln K of a million classes")

    @method("the loss of the first batch", points={"batch_loss": 1}, unless=_batches_begin_late)
    def by_batch(self, chance: ChanceLevel, batch_loss: Curve, code: Code) -> Iterator[Evidence]:
        yield from self._judged(batch_loss, chance, self.batch, code)

    @method("the first training loss", points={"train_loss": 1}, unless=_losses_begin_late)
    def by_loss(self, chance: ChanceLevel, train_loss: Curve, code: Code) -> Iterator[Evidence]:
        epochs = "epoch" in train_loss.series.tag
        yield from self._judged(train_loss, chance, self.epoch if epochs else self.batch, code)

    @method(
        "the first training loss, beside an accuracy", points={"train_loss": 1}, unless=_unscored
    )
    def by_accuracy(self, train_loss: Curve, code: Code) -> Iterator[Evidence]:
        start = train_loss.start
        if start is None or not self.any_classes.exceeded(start.value):
            return
        yield Evidence(
            message=f"{train_loss.name} is {number(start.value)} at step {start.step}, where "
            "guessing gives the logarithm of the number of classes: 2.3 for 10, 6.9 for 1,000.",
            suggestion=f"If they are not scaled yet, {code('scale the inputs')}; use the default "
            "initializers, and the mean over the examples, not their sum. If the loss is a "
            "distance between numbers, standardize the targets.",
            tag=train_loss.name,
            steps=(start.step,),
            comparison=self.any_classes.compare(start.value),
        )

    def _judged(
        self, curve: Curve, chance: ChanceLevel, times: Bound, code: Code
    ) -> Iterator[Evidence]:
        if curve.start is None or not times.exceeded(curve.start.value / chance.loss):
            return
        mean = ", the mean of its first epoch," if times is self.epoch else ""
        yield Evidence(
            message=f"{curve.name} is {number(curve.start.value)} at step {curve.start.step}"
            f"{mean or ','} where guessing among {chance.classes} classes gives "
            f"{number(chance.loss)}.",
            suggestion=f"If they are not scaled yet, {code('scale the inputs')}; use the default "
            f"initializers. The first loss should then be about {number(chance.loss)}.",
            tag=curve.name,
            steps=(curve.start.step,),
            comparison=times.compare(curve.start.value / chance.loss),
        )

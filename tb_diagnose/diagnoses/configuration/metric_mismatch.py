"""The metric does not measure what the loss trains.

Why it matters:
    Accuracy counts exact hits. Predicting 3.14 for 3.15 is none, so the accuracy of a regression
    stays at 0 however good it is.

How it is judged:
    By the configuration: an accuracy beside a loss that is a distance, where the last layer gives
    numbers. It is a warning where the accuracy never exceeds a tenth or never moves. Otherwise, by
    an accuracy that is never above a hundredth while the loss halves: a note.

When it stays silent:
    The output is a probability, where accuracy has a meaning; the accuracy rises.

What to try:
    Measure the mean absolute error of numbers. For classes, use a cross-entropy. An accuracy of
    your own may divide whole numbers by one another.

Sources:
    Keras API reference, "Accuracy metrics".
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.learning_state import ENOUGH, does_well
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, plural, sentence
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.architecture import DISTANCES, PROBABILITIES
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.patterns import is_accuracy


def _unnamed(model: ModelConfig) -> str:
    named = len(model.outputs) == 1 and len(model.losses) == 1
    return "" if named else "the configuration does not name one output with its loss"


@diagnosis(family="configuration", severity=Severity.WARNING, since="0.1")
class MetricMismatch:
    accuracy = limit(0.1, alarm="<=", unit="of all examples", source="classes are hit more often")
    none = limit(0.01, alarm="<=", unit="of all examples", source="as good as no hit")

    @method("the configuration of metric and loss", unless=_unnamed)
    def by_configuration(
        self, model: ModelConfig, code: Code, train_score: Curve | None = None
    ) -> Iterator[Evidence]:
        last, loss = model.outputs[0], model.losses[0].name
        metric = next((name for name in model.metrics if "acc" in name), None)
        if metric is None or loss not in DISTANCES or last.activation in PROBABILITIES:
            return
        highest = train_score.highest if train_score is not None else None
        useless = highest is not None and self.accuracy.exceeded(highest.value)
        still = train_score is not None and train_score.constant
        never = f"; it is never above {number(highest.value)}" if highest and useless else ""
        yield Evidence(
            message=f"The metric is {metric} and the loss {loss}: {metric} counts exact hits, "
            f"numbers hardly ever are{never}.",
            suggestion=f"{sentence(code('measure an error'))} If the target is a class, "
            f"{code('classify two')}, or {code('classify many')}.",
            tag=train_score.name if train_score is not None else "keras",
            steps=(highest.step,) if highest is not None else (),
            comparison=self.accuracy.compare(highest.value) if highest and useless else None,
            severity=None if useless or still else Severity.INFO,
        )

    @method("accuracy and loss")
    def by_curves(
        self, scores: tuple[Curve, ...], losses: tuple[Curve, ...], code: Code
    ) -> Iterator[Evidence]:
        for score in scores:
            highest = score.highest
            loss = next((loss for loss in losses if loss.split == score.split), None)
            if (
                highest is None
                or loss is None
                or not is_accuracy(score.series.tag)
                or min(score.finite, loss.finite) < ENOUGH
                or not self.none.exceeded(abs(highest.value))
            ):
                continue
            start, end = loss.start, loss.end
            if start and end and end.value > 0 and does_well(loss, None, None):
                yield Evidence(
                    message=f"{score.name} is never above {number(highest.value)} in "
                    f"{plural(score.finite, 'value')}, while {loss.name} falls from "
                    f"{number(start.value)} to {number(end.value)}.",
                    suggestion=f"{sentence(code('measure an error'))} If the target is a "
                    "class, count the hits of one batch by hand: dividing whole numbers gives 0.",
                    tag=score.name,
                    related=(loss.name,),
                    steps=score.span(0),
                    comparison=self.none.compare(highest.value),
                    severity=Severity.INFO,
                )
                return

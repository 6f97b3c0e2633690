"""The model does not even fit its training data, and has stopped getting better at it.

Why it matters:
    More data will not help, and neither will regularisation: it is capacity, features or the
    optimisation that is missing. The opposite of overfitting, with the opposite cure.

How it is judged:
    A classifier of known number of classes whose training score ends less than halfway from 1/K
    to 1 but more than a tenth of that way, whose validation score ends within a tenth of that way
    of it, and whose training score no longer rises over its last half (Mann-Kendall, p >= 0.05).
    A regression whose training loss ends above three tenths of its first value, although it fell,
    and has stood still since the first fifth of the run, to 5 %: a network that answers with about
    0 begins at the targets' own mean square, so that most of their variance is left.

When it stays silent:
    Fewer than 8 values; neither a known number of classes nor a regression; a score that still
    rises or a loss that still falls; the level of guessing (no-learning); a validation score that
    is far off (overfitting); weight penalties of more than a tenth of the loss.

What to try:
    A larger model, less dropout and weight decay, better features, a higher learning rate. Let it
    learn 100 examples by heart first: if it cannot, the fault is in the code. A loss of one's own
    that broadcasts [n] against [n, 1] ends just there, at the mean.

Sources:
    Goodfellow, Bengio and Courville 2016, "Deep learning", section 5.2; Karpathy 2019, "A recipe
    for training neural networks" (overfit first).
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import condense, end_level, finite, rested
from tb_diagnose.measure.reductions import min_of
from tb_diagnose.measure.trend import trend
from tb_diagnose.roles.architecture import penalty
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.initializers import initial_std


class Limits(Thresholds):
    """How poor, how settled. All of the way from 1/K to 1."""

    points: int = limit(8, unit="values", source="four in the last half for the rank test")
    poor: float = limit(0.5, unit="of the way from 1/K to 1", source="chosen: as loss-plateau")
    least: float = limit(0.1, unit="of the way from 1/K to 1", source="below, it is no-learning")
    gap: float = limit(0.1, unit="of the way from 1/K to 1", source="chosen: no overfitting")
    chance: float = limit(0.05, unit="p-value", source="convention")
    left: float = limit(0.3, unit="of the first loss", source="calibrated: healthy ones end lower")
    still: float = limit(0.05, unit="of the loss", source="calibrated: healthy ones fall by 0.11")
    fell: float = limit(0.1, unit="of the first loss", source="below, it is no-learning")
    penalty: float = limit(0.1, unit="of the loss", source="chosen: more hides the error")


@diagnosis(
    family="generalisation", severity=Severity.WARNING, leads_to=("loss-plateau",), since="0.1"
)
def underfitting(
    train_loss: Series | None,
    train_score: Series | None,
    val_score: Series | None,
    chance: ChanceLevel | None,
    model: ModelConfig | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """A classifier by its scores on the way from guessing to perfect, a regression by its loss."""
    if chance is not None and train_score is not None and val_score is not None:
        yield from _classifier(train_score, val_score, chance, limits)
    elif chance is None and train_loss is not None and model is not None and _numbers(model):
        yield from _regression(train_loss, model, limits)
    else:
        raise NotApplicable("neither scores of a known number of classes nor a regression")


def _numbers(model: ModelConfig) -> bool:
    """Whether the model gives numbers without bounds, and its loss is nothing but their error."""
    return bool(model.outputs) and all(each.activation == "linear" for each in model.outputs)


def _penalty(model: ModelConfig) -> float:
    """What the weight penalties add to the loss as the weights begin; infinite for L1."""
    factors = [penalty(layer) for layer in model.layers]
    if any(absolute for absolute, _ in factors):
        return float("inf")
    sizes = [max(layer.parameters, 0) * initial_std(layer) ** 2 for layer in model.layers]
    return sum(size * square for size, (_, square) in zip(sizes, factors, strict=True) if square)


def _regression(train_loss: Series, model: ModelConfig, limits: Limits) -> Iterator[Evidence]:
    values = finite(train_loss.values)
    if len(values) < limits.points or len(values) < len(train_loss) or min_of(values) <= 0:
        raise NotApplicable(f"fewer than {limits.points} positive values of the training loss")
    first, end = float(values[0]), end_level(values)
    fifth = len(values) // 5
    if not limits.left * first < end < (1 - limits.fell) * first:
        return
    if _penalty(model) > limits.penalty * end:
        return
    if not rested(values, limits.still):
        return
    yield Evidence(
        message=f"{train_loss.name} stands at {number(end)} since the first fifth of the run, "
        f"{percent(end / first)} of where it began: most of what there is to explain is left, on "
        "the training data themselves.",
        suggestion="Let it learn 100 examples by heart. If it cannot, look for targets in another order "
        "than the inputs, a loss that broadcasts [n] against [n, 1], missing activations; if it "
        "can, the inputs hold no more, or the model is too small.",
        tag=train_loss.name,
        steps=(int(train_loss.steps[fifth]), int(train_loss.steps[-1])),
        measured=end / first,
        limit=limits.left,
        unit="of the first loss",
        # It may as well be all that the inputs tell.
        severity=Severity.INFO,
    )


def _classifier(
    train_score: Series, val_score: Series, chance: ChanceLevel, limits: Limits
) -> Iterator[Evidence]:
    train, val = finite(train_score.values), finite(val_score.values)
    if min(len(train), len(val)) < limits.points:
        raise NotApplicable(f"fewer than {limits.points} values of both scores")
    room = 1 - chance.accuracy
    way = (end_level(train) - chance.accuracy) / room
    gap = abs(end_level(train) - end_level(val)) / room
    if not limits.least < way < limits.poor or gap > limits.gap:
        return
    half = condense(train).values
    half = half[len(half) // 2 :]
    if trend(half).rising < limits.chance:
        return
    at = len(train_score) // 2
    yield Evidence(
        message=f"{train_score.name} ends at {number(end_level(train))} and {val_score.name} at "
        f"{number(end_level(val))}, where guessing among {chance.classes} classes gives "
        f"{number(chance.accuracy)}: the training data themselves are not fitted.",
        suggestion="Let it learn 100 examples by heart; if it can, enlarge the model or weaken dropout "
        "and weight decay, if it cannot, look for the fault in inputs, loss and rate.",
        tag=train_score.name,
        related=(val_score.name,),
        steps=(int(train_score.steps[at]), int(train_score.steps[-1])),
        measured=way,
        limit=limits.poor,
        unit="of the way from 1/K to 1",
    )

"""The weights of a layer shrink to almost nothing.

Why it matters:
    A layer whose weights are gone passes nothing on, so that the network computes a constant and
    the loss that is left is that of a guess plus the penalty.

How it is judged:
    The root mean square of a kernel at the end over that at its beginning, which is what its
    initialiser gives (or the first histogram, where the configuration does not say). Below a tenth
    the layer has collapsed. Next to it stands what the weight penalties of the model add up to,
    from the same histograms: sum of l1 |w| + l2 w^2. It is a warning where the penalty makes up
    a quarter of the loss or the loss shows no learning, else a note.

When it stays silent:
    Layers before a normalisation, which takes their scale out; a score above 0.95; biases,
    embeddings, normalisation scales; weights that end as they began.

What to try:
    Divide the weight penalty by 100 (1e-4 is usual for l2), or remove it and see whether the layer
    stays alive.

Sources:
    Krogh and Hertz 1991, "A simple weight decay can improve generalization"; Braiek and Khomh
    2023, "TheDeepChecker" (regularisation that outweighs the data term by 2).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.progress import stalled
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import listed, percent
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.distributions import rms, size
from tb_diagnose.measure.levels import end_level, finite
from tb_diagnose.measure.reductions import all_of
from tb_diagnose.roles.architecture import penalty
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.initializers import initial_std
from tb_diagnose.roles.weights import Kernel, is_normalized


class Limits(Thresholds):
    """How little is left, and of what the loss consists."""

    left: float = limit(0.1, unit="of the size at the beginning", source="calibrated on the corpus")
    share: float = limit(0.25, unit="of the loss", source="chosen: no longer a small correction")
    weights: int = limit(16, unit="weights", source="chosen: the spread of fewer is chance")
    good: float = limit(0.95, unit="score", source="chosen: what is gone is not needed")


@diagnosis(
    family="layers",
    severity=Severity.WARNING,
    leads_to=("no-learning", "loss-plateau", "slow-convergence", "constant-output"),
    since="0.1",
)
def vanishing_weights(
    kernels: tuple[Kernel, ...],
    model: ModelConfig | None,
    train_loss: Series | None,
    train_score: Series | None,
    chance: ChanceLevel | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """Each kernel by itself, all that collapsed in one piece of evidence."""
    left = {
        each.name: (each, _left(each, limits))
        for each in kernels
        if each.trainable and each.kind != "embeddings" and not is_normalized(model, each.layer)
    }
    gone = {name: pair for name, pair in left.items() if pair[1] < limits.left}
    if not gone or _good(train_score, limits):
        return
    share = _penalty(kernels) / _level(train_loss)
    why = stalled(train_loss, chance)
    first, least = min(gone.values(), key=lambda pair: pair[1])
    part = f"weight penalties are {percent(min(share, 1))} of the loss" if share > 0.01 else ""
    yield Evidence(
        message=f"The weights of {listed([each.called for each, _ in gone.values()])} "
        + "; ".join(filter(None, (_how_far(least, len(gone)), part, why)))
        + ".",
        suggestion=_fix(first),
        tag=first.name,
        related=tuple(name for name in gone if name != first.name),
        steps=_steps(first, limits),
        measured=least,
        limit=limits.left,
        unit="of the size at the beginning",
        severity=None if share >= limits.share or why else Severity.INFO,
    )


def _how_far(least: float, count: int) -> str:
    few = f"{percent(least)} of their size at the beginning"
    return f"shrank to {few}" if count == 1 else f"shrank, the smallest to {few}"


def _left(kernel: Kernel, limits: Limits) -> float:
    each = kernel.histograms
    sizes = rms(each.mean, each.std)
    known = each.count[0] >= limits.weights
    began = max(float(sizes[0]), initial_std(kernel.layer) if kernel.layer and known else 0.0)
    return float(sizes[-1]) / began if began > 0 and all_of(np.isfinite(sizes)) else 1.0


def _steps(kernel: Kernel, limits: Limits) -> tuple[int, ...]:
    """From where on the kernel was below the limit, to the end."""
    each = kernel.histograms
    sizes = rms(each.mean, each.std)
    below = sizes < limits.left * sizes[-1] / _left(kernel, limits)
    return (int(each.steps[int(np.argmax(below))]), int(each.steps[-1]))


def _good(score: Series | None, limits: Limits) -> bool:
    values = finite(score.values) if score is not None else np.empty(0)
    return len(values) > 0 and end_level(values) > limits.good


def _penalty(kernels: tuple[Kernel, ...]) -> float:
    """What the kernels' own penalties add to the loss at the end."""
    total = 0.0
    for each in kernels:
        absolute, square = penalty(each.layer) if each.layer else (0.0, 0.0)
        last = each.histograms.at(slice(-1, None))
        total += float(last.count[0] * absolute * size(last.quantiles)[0])
        total += float(last.count[0] * square * rms(last.mean, last.std)[0] ** 2)
    return total if np.isfinite(total) else 0.0


def _level(loss: Series | None) -> float:
    """The level a loss ends at; infinity where there is none, so that shares of it are 0."""
    values = finite(loss.values) if loss is not None else np.empty(0)
    level = end_level(values) if len(values) else 0.0
    return level if level > 0 else float("inf")


def _fix(kernel: Kernel) -> str:
    absolute, square = penalty(kernel.layer) if kernel.layer else (0.0, 0.0)
    if square:
        return f"kernel_regularizer=L2({square:g}) → L2({min(square / 100, 1e-4):g})"
    if absolute:
        return f"kernel_regularizer=L1({absolute:g}) → L1({absolute / 100:g})"
    return (
        "Divide the weight decay by 100; where there is none, divide the learning rate by 10 and "
        "see whether what lies behind the layer is alive."
    )

"""The weights of a layer shrink to almost nothing.

Why it matters:
    A layer whose weights are gone passes nothing on: the network computes a constant.

How it is judged:
    The root mean square of a kernel at the end over that at its beginning (what its initializer
    gives, or the first histogram): below a tenth it has collapsed. Beside it stands what the weight
    penalties add up to. It is a warning where they make up a quarter of the loss or nothing is
    learned, else a note.

When it stays silent:
    Layers before a normalization, which takes their scale out; a training that does well; biases
    and embeddings.

What to try:
    Divide the weight penalty by 100 (1e-4 is usual for L2), or remove it.

Sources:
    Krogh and Hertz 1991, "A simple weight decay can improve generalization"; Braiek and Khomh
    2023, "TheDeepChecker".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.layers import LayerSummary
from tb_diagnose.analysis.learning_state import WELL, LearningState, does_well
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import listed, percent, sentence
from tb_diagnose.core.model import Optimizer
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.distributions import size
from tb_diagnose.roles.architecture import USUAL_PENALTY, penalty
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.code import Code


@diagnosis(
    family="layers",
    severity=Severity.WARNING,
    leads_to=("constant-output", "no-learning", "loss-plateau", "slow-convergence"),
    since="0.1",
)
class VanishingWeights:
    left = limit(0.1, alarm="<", unit="of the size at the beginning", source="a digit is lost")
    share = limit(0.25, alarm=">=", unit="of the loss", source="no longer a small correction")

    @method("size of the weights")
    def by_size(
        self,
        layer_movements: tuple[LayerSummary, ...],
        code: Code,
        learning: LearningState | None = None,
        train_loss: Curve | None = None,
        train_score: Curve | None = None,
        chance: ChanceLevel | None = None,
        optimizer: Optimizer | None = None,
    ) -> Iterator[Evidence]:
        gone = [
            layer
            for layer in layer_movements
            if layer.trainable
            and layer.kind != "embeddings"
            and not layer.is_normalized
            and self.left.exceeded(layer.left)
        ]
        if not gone or (train_score and does_well(None, train_score, chance, WELL)):
            return
        share = _penalty(layer_movements) / _level(train_loss)
        harm = learning is not None and learning.poor
        worst = min(gone, key=lambda layer: layer.left)
        least = f"{percent(worst.left)} of their size at the beginning"
        parts = [f"shrank to {least}" if len(gone) == 1 else f"shrank, the smallest to {least}"]
        outweighs = self.share.exceeded(share)
        if outweighs:
            parts.append(f"weight penalties are {percent(min(share, 1))} of the loss")
        if learning is not None and harm:
            parts.append(learning.sentence)
        begin = int(np.argmax(worst.sizes < self.left * worst.initial_size))
        yield Evidence(
            message=f"The weights of {listed([layer.name for layer in gone])} {'; '.join(parts)}.",
            suggestion=_remedy(worst, code, optimizer),
            tag=worst.tag,
            steps=worst.span(begin),
            comparison=self.left.compare(worst.left),
            severity=None if outweighs or harm else Severity.INFO,
            related=tuple(layer.tag for layer in gone if layer is not worst),
        )


def _penalty(layers: tuple[LayerSummary, ...]) -> float:
    """What the kernels' own penalties add to the loss at the end: sum of l1 |w| + l2 w^2."""
    total = 0.0
    for layer in layers:
        if layer.layer is not None and layer.kernel is not None:
            absolute, square = penalty(layer.layer)
            last = layer.kernel.at(slice(-1, None))
            each = absolute * float(size(last.quantiles)[0]) + square * float(layer.sizes[-1]) ** 2
            total += float(last.count[0]) * each
    return total if np.isfinite(total) else 0.0


def _level(loss: Curve | None) -> float:
    """The level a loss ends at; infinity where there is none, so that shares of it are 0."""
    level = loss.end_level.value if loss is not None and loss.end_level is not None else 0.0
    return level if level > 0 else float("inf")


def _remedy(worst: LayerSummary, code: Code, optimizer: Optimizer | None) -> str:
    absolute, square = penalty(worst.layer) if worst.layer else (0.0, 0.0)
    if square > USUAL_PENALTY:
        return f"kernel_regularizer=L2({square:g}) → L2({square / 100:g})."
    if absolute > USUAL_PENALTY:
        return f"kernel_regularizer=L1({absolute:g}) → L1({absolute / 100:g})."
    return sentence(
        "see whether what lies behind the layer is alive: where no gradient arrives, weight decay "
        f"is all that acts on it; else {code.lower_rate(optimizer)}"
    )

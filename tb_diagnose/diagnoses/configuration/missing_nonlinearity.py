"""Layers follow each other without an activation between them: together they are one layer.

Why it matters:
    The product of two matrices is a matrix. Dense layers or convolutions with only linear layers
    between them can represent no more than a single one, whatever their number and size.

How it is judged:
    In a model whose layers form a chain, a dense layer or convolution without activation is
    followed by another, with at most dropout, normalization, reshaping or averaging between. It is
    a note where the first is a bottleneck, which may be meant, and where the training ends more
    than halfway to a fit.

When it stays silent:
    Models with branches; a single layer; the last layer.

What to try:
    Put a ReLU behind every hidden layer, or remove the layer.

Sources:
    Nikanjam et al. 2021, "NeuraLint"; Goodfellow, Bengio and Courville 2016, "Deep learning",
    section 6.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tb_diagnose.analysis.learning_state import does_well
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import listed
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, method
from tb_diagnose.roles.architecture import Step, affine_runs, branches, written
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.code import Code


@diagnosis(
    family="configuration",
    severity=Severity.WARNING,
    leads_to=("underfitting", "loss-plateau"),
    since="0.1",
)
class MissingNonlinearity:
    @method("the configuration of the layers", unless=branches)
    def by_configuration(
        self,
        model: ModelConfig,
        code: Code,
        train_loss: Curve | None = None,
        train_score: Curve | None = None,
        chance: ChanceLevel | None = None,
    ) -> Iterator[Evidence]:
        wasted = [
            (first, second)
            for steps in affine_runs(model)
            for first, second in pairwise(steps)
            if first.activation == "linear"
        ]
        if not wasted:
            return
        first, second = wasted[0]
        fits = does_well(train_loss, train_score, chance)
        mild = fits or all(_bottleneck(*pair) for pair in wasted)
        yield Evidence(
            message=f"{written(first.layer, first.activation)} is followed by "
            f"{written(second.layer, second.activation)} with nothing nonlinear between them: "
            "together they are one linear layer.",
            suggestion=f"Behind {listed([step.layer.name for step, _ in wasted])}, "
            f"{code('use ReLU')}, or remove {'it' if len(wasted) == 1 else 'them'}.",
            tag="keras",
            severity=Severity.INFO if mild else None,
        )


def _bottleneck(first: Step, second: Step) -> bool:
    """Whether the first layer has fewer units than go in and than come out of the second."""
    shape = first.layer.input_shape
    before = shape[-1] if shape else None
    return before is not None and 0 < first.layer.units < min(before, second.layer.units)

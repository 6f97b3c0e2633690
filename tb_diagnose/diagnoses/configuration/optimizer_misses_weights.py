"""The optimizer does not hold the weights that are to be trained.

Why it matters:
    Gradients are computed for these weights and nobody takes a step: parts of the model stay as
    they were born, or all of it, where the optimizer was built for another model.

How it is judged:
    By the setup of an attached training: weights that require gradients and that no optimizer
    holds, and weights in an optimizer that are no part of the model. All weights missed is
    critical.

When it stays silent:
    Weights frozen on purpose (requires_grad=False, trainable=False).

What to try:
    Build the optimizer after the model, from its parameters, and again whenever layers are replaced
    or moved to another object; freeze what is not to be trained.

Sources:
    PyTorch, torch.optim, "Constructing it" (parameters must be those of the model that is trained).
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import listed, plural, sentence
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, method
from tb_diagnose.roles.code import Code


def _unnamed(model: ModelConfig) -> str:
    return "" if model.optimizers else "the setup does not say what the optimizers hold"


@diagnosis(
    family="configuration",
    severity=Severity.WARNING,
    leads_to=("frozen-weights", "disconnected-layers", "no-learning"),
    since="0.2",
)
class OptimizerMissesWeights:
    @method("setup of the training", unless=_unnamed)
    def by_setup(self, model: ModelConfig, code: Code) -> Iterator[Evidence]:
        held = sum(len(optimizer.parameters) for optimizer in model.optimizers)
        missed, foreign = len(model.unoptimized), sum(each.foreign for each in model.optimizers)
        if not missed:
            return
        other = (
            f", while {plural(foreign, 'weight')} of another model are in one" if foreign else ""
        )
        yield Evidence(
            message=f"{plural(missed, 'weight')} that require gradients are in no optimizer: "
            f"{listed(list(model.unoptimized))}{other}.",
            suggestion=sentence(code("pass all parameters")),
            tag="diagnose/setup",
            severity=Severity.CRITICAL if foreign or not held else None,
        )

"""A hidden layer has an activation that belongs to the output.

Why it matters:
    A softmax makes the units of a layer compete for a sum of one: hardly anything passes. A sigmoid
    passes at most a quarter of the gradient, so that the first of several such layers learn last.

How it is judged:
    In a model whose layers form a chain, a softmax in a hidden layer is a warning. Sigmoids count
    in three or more hidden layers, or in a convolution: a warning where the training loss ends
    above half of its start, else a note.

When it stays silent:
    Models with branches, whose gates and attention are made of both; sigmoids in one or two hidden
    layers; recurrent layers.

What to try:
    Use ReLUs in hidden layers, and softmax or sigmoid in the last one only.

Sources:
    Schoop et al. 2021, "UMLAUT".
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.learning_state import does_well
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import listed
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.architecture import Step, branches, hidden, written
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.code import Code


@diagnosis(
    family="configuration",
    severity=Severity.WARNING,
    leads_to=(
        "slow-convergence",
        "no-learning",
        "loss-plateau",
        "vanishing-gradients",
        "majority-guessing",
    ),
    since="0.1",
)
class MisplacedActivation:
    sigmoid = limit(3, alarm=">=", unit="hidden layers", source="gradients of 1/64 at most")

    @method("the hidden layers", unless=branches)
    def by_configuration(
        self,
        model: ModelConfig,
        code: Code,
        train_loss: Curve | None = None,
        train_score: Curve | None = None,
        chance: ChanceLevel | None = None,
    ) -> Iterator[Evidence]:
        steps = hidden(model)
        soft = [step for step in steps if step.activation == "softmax"]
        squashed = [step for step in steps if step.activation in ("sigmoid", "hard_sigmoid")]
        if soft:
            yield self._evidence(soft, "makes its units compete for a sum of one", code, None)
        convolved = any(step.layer.kind.startswith("Conv") for step in squashed)
        if self.sigmoid.exceeded(len(squashed)) or convolved:
            harm = train_loss is not None and not does_well(train_loss, train_score, chance)
            severity = None if harm else Severity.INFO
            what = "passes at most a quarter of the gradient"
            yield self._evidence(squashed, what, code, severity)

    def _evidence(
        self, steps: list[Step], what: str, code: Code, severity: Severity | None
    ) -> Evidence:
        first, more = steps[0], len(steps) - 1
        many = first.activation != "softmax" and self.sigmoid.exceeded(len(steps))
        others = f", and so do {more} more" if more else ""
        return Evidence(
            message=f"The hidden {written(first.layer, first.activation)} {what}{others}.",
            suggestion=f"In {listed([step.layer.name for step in steps])}, {code('use ReLU')}; "
            f"{first.activation} belongs to the last layer.",
            tag="keras",
            comparison=self.sigmoid.compare(len(steps)) if many else None,
            severity=severity,
        )

"""The model is too narrow or too shallow for its task.

Why it matters:
    A hidden layer of one unit passes a single number on, whatever comes in. Everything the network
    computes behind it is a function of that number.

How it is judged:
    A hidden dense layer of at most three units with more inputs, or a classifier without a hidden
    layer. It speaks where training shows it: the run ends less than halfway to a fit of its
    training data and has stopped improving.

When it stays silent:
    The training data are fitted, or the loss is still falling; regressions without a hidden layer,
    where a straight line may be what is wanted.

What to try:
    Use 16 to 128 units in each hidden layer, and one or two of them.

Sources:
    Humbatova et al. 2020, "Taxonomy of real faults in deep learning systems".
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.learning_state import WELL, does_well
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import Layer, ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.architecture import SQUASHING, is_chain, written
from tb_diagnose.roles.chance_level import ChanceLevel


@diagnosis(
    family="configuration",
    severity=Severity.WARNING,
    leads_to=("underfitting", "loss-plateau", "constant-output", "no-learning"),
    since="0.1",
)
class ShallowModel:
    units = limit(3, alarm="<=", unit="units", source="three numbers at most, whatever the data")

    @method("the hidden layers and the training loss", points={"train_loss": 4})
    def by_configuration(
        self,
        model: ModelConfig,
        train_loss: Curve,
        train_score: Curve | None = None,
        chance: ChanceLevel | None = None,
    ) -> Iterator[Evidence]:
        narrow = next((layer for layer in _hidden(model) if self._narrow(layer, model)), None)
        alone = chance is not None and sum(layer.parameters != 0 for layer in model.layers) == 1
        fitted = (
            train_loss.still_improving or does_well(train_loss, None, None, WELL)
            if train_score is None
            else does_well(None, train_score, chance)
        )
        if not (narrow or alone) or fitted or train_loss.end is None:
            return
        curve = train_score if train_score is not None and train_score.end else train_loss
        what = (
            f"{written(narrow)} passes {narrow.units} number{'s' * (narrow.units > 1)} on"
            if narrow
            else f"{written(model.outputs[0])} is the only layer, which parts classes by straight "
            "cuts only"
        )
        last = curve.end or train_loss.end
        yield Evidence(
            message=f"{what}, and {curve.name} ends at {number(last.value)}.",
            suggestion="Use 16 to 128 units in each hidden layer, and one or two of them.",
            tag=curve.name,
            steps=curve.span(0),
            comparison=self.units.compare(narrow.units if narrow else 0),
        )

    def _narrow(self, layer: Layer, model: ModelConfig) -> bool:
        if layer.activation in SQUASHING and not is_chain(model):
            return False  # a gate
        inputs = layer.input_shape[-1] if layer.input_shape else None
        return (
            layer.kind == "Dense"
            and layer.units > 0
            and (self.units.exceeded(layer.units) and (inputs or 0) > layer.units)
        )


def _hidden(model: ModelConfig) -> list[Layer]:
    """Layers in front of the outputs, branched or not."""
    return [layer for layer in model.layers if layer not in model.outputs]

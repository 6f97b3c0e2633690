"""The optimizer is busy shrinking weights instead of fitting the data.

Why it matters:
    Where penalties outweigh the data, the loss falls because the weights shrink, and the network
    learns little else.

How it is judged:
    By the share of the loss that is weight penalty: of its fall where the weights are logged, else
    of its start, from the initializers. Half is a warning. Dropping three quarters of a layer's
    inputs is a note, nine in ten a warning.

When it stays silent:
    The training score ends nine tenths of the way to perfect; there is no penalty.

What to try:
    Divide the penalty by ten, and log the loss without penalties beside it. A dropout rate is the
    share that is dropped, not the one that is kept.

Sources:
    Goodfellow et al. 2016, "Deep learning", section 7.1; Srivastava et al. 2014, "Dropout".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tb_diagnose.analysis.learning_state import WELL, does_well
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import Layer, ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.architecture import penalty
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.initializers import fan_in, initial_std
from tb_diagnose.roles.weights import Kernel


@diagnosis(
    family="configuration",
    severity=Severity.WARNING,
    leads_to=("metric-loss-disagreement", "initial-loss", "underfitting", "vanishing-weights"),
    since="0.1",
)
class ExcessiveRegularisation:
    share = limit(0.5, alarm=">=", unit="of the loss", source="more than the data itself")
    dropped = limit(0.75, alarm=">=", unit="of the inputs", source="half as much again as usual")
    most = limit(0.9, alarm=">=", unit="of the inputs", source="nine in ten")

    @method("penalties, dropout and the training loss", points={"train_loss": 2})
    def by_loss(
        self,
        model: ModelConfig,
        train_loss: Curve,
        train_score: Curve | None = None,
        chance: ChanceLevel | None = None,
        kernels: tuple[Kernel, ...] = (),
    ) -> Iterator[Evidence]:
        if train_score is not None and does_well(None, train_score, chance, WELL):
            return
        yield from self._dropout(model)
        layers = [layer for layer in model.layers if any(penalty(layer))]
        start, end = train_loss.start, train_loss.end
        if not layers or start is None or end is None or start.value <= 0:
            return
        first = sum(map(_initial, layers))
        fell, last = start.value - end.value, _logged(layers, kernels)
        if last is not None and fell > 0:
            shrunk = min(max(min(first, start.value) - last, 0.0), fell)
            share = shrunk / fell
            message = (
                f"Of the {number(fell)} by which {train_loss.name} fell, {number(shrunk)} "
                f"({percent(share)}) is the weight penalty."
            )
        else:
            share = min(first / start.value, 1.0)
            message = (
                f"The weight penalties begin at {number(first)} by the initializers alone, where "
                f"{train_loss.name} begins at {number(start.value)}."
            )
        if self.share.exceeded(share):
            factor = max(max(penalty(layer)) for layer in layers)
            yield Evidence(
                message=message,
                suggestion=f"Lower the penalty factor from {factor:g} to {factor / 10:g}, and log "
                "the loss without penalties beside it.",
                tag=train_loss.name,
                steps=train_loss.span(0),
                comparison=self.share.compare(share),
                severity=Severity.INFO if does_well(None, train_score, chance) else None,
            )

    def _dropout(self, model: ModelConfig) -> Iterator[Evidence]:
        """The layer that drops most, if it drops too much."""
        rates = {
            layer.name: float(layer.config["rate"])
            for layer in model.layers
            if layer.kind.endswith("Dropout") and isinstance(layer.config.get("rate"), int | float)
        }
        name = max(rates, key=lambda layer: rates[layer], default="")
        rate = rates.get(name, 0.0)
        if self.dropped.exceeded(rate):
            yield Evidence(
                message=f"{name} drops {percent(rate)} of its inputs in each training step.",
                suggestion=f"Lower its rate from {rate:g} to {min(0.5, 1 - rate):.2g}.",
                tag="keras",
                comparison=self.dropped.compare(rate),
                severity=None if self.most.exceeded(rate) else Severity.INFO,
            )


def _initial(layer: Layer) -> float:
    """The L2 penalty at the start by the initializer's variance, 0 where it is unknown."""
    return penalty(layer)[1] * initial_std(layer) ** 2 * fan_in(layer) * layer.units


def _logged(layers: Sequence[Layer], kernels: Sequence[Kernel]) -> float | None:
    """The penalty of the last logged kernels; None where one layer's is not logged.

    L1 by its bound from below, c n |mean|.
    """
    by_layer = {kernel.layer.name: kernel.histograms for kernel in kernels if kernel.layer}
    if any(layer.name not in by_layer for layer in layers):
        return None
    total = 0.0
    for layer in layers:
        (l1, l2), logged = penalty(layer), by_layer[layer.name]
        mean, std = float(logged.mean[-1]), float(logged.std[-1])
        total += float(logged.count[-1]) * (l2 * (mean**2 + std**2) + l1 * abs(mean))
    return total

"""Hidden units sit at the ends of their range.

Why it matters:
    At the ends of a sigmoid or tanh the derivative is next to 0: such a unit passes on no gradient
    and hardly changes any more, whatever the data say.

How it is judged:
    The share of each hidden layer's units whose outputs lie in the outer 1 % of the activation's
    range for more than 95 % of the examples, as the median of the later half of the run. Where
    only histograms of activations are logged, the share of outputs in that range. Above half it is
    a warning where the loss shows no learning, else a note.

When it stays silent:
    The output layer: a classifier that is sure of itself saturates there, and should. ReLU and
    its kin, which have no upper end. Layers whose activation is not known.

What to try:
    Inputs of mean 0 and standard deviation 1; Glorot initialisation; batch or layer normalisation
    before the activation; ReLU or GELU in hidden layers.

Sources:
    Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural
    networks", section 3; Rakitianskaia and Engelbrecht 2015, "Measuring saturation in neural
    networks"; Amazon SageMaker Debugger, rule SaturatedActivation (50 %).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.progress import stalled
from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import listed, percent
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Histograms, Series, Vitals
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.distributions import outside
from tb_diagnose.measure.levels import typical
from tb_diagnose.measure.medians import median
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.weights import activation, layer_of

ENABLE = 'model.fit(..., callbacks=[tb_diagnose.attach.keras("logs")])'
#: Activation → where the outer 1 % of its range begins, below and above.
ENDS = {"sigmoid": (0.01, 0.99), "hard_sigmoid": (0.01, 0.99), "tanh": (-0.98, 0.98)}


class Limits(Thresholds):
    """How much may be saturated."""

    share: float = limit(0.5, unit="of the units", source="SageMaker Debugger: 50 %")
    points: int = limit(3, unit="steps", source="chosen: once may be chance")


@diagnosis(
    family="layers",
    severity=Severity.WARNING,
    leads_to=("vanishing-gradients", "no-learning", "loss-plateau", "slow-convergence"),
    since="0.1",
)
def saturated_activations(
    layer_vitals: Vitals | None,
    activations: tuple[Histograms, ...] | None,
    model: ModelConfig | None,
    train_loss: Series | None,
    chance: ChanceLevel | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """Unit by unit where a training was attached, else by the histograms."""
    why = stalled(train_loss, chance)
    if layer_vitals is not None and len(layer_vitals) >= limits.points:
        yield from _by_unit(layer_vitals, model, why, limits)
    elif activations and model is not None:
        yield from _by_output(activations, model, why, limits)
    else:
        raise NotApplicable("neither saturated units nor activations were logged", ENABLE)


def _by_unit(
    vitals: Vitals, model: ModelConfig | None, why: str, limits: Limits
) -> Iterator[Evidence]:
    saturated = vitals.column("saturated")
    late = np.nan_to_num(typical(saturated[len(saturated) // 2 :]))
    kinds = vitals.layout.get("activations", {})
    outputs = {each.name for each in model.outputs} if model else {vitals.rows[-1]}
    bad = [
        at
        for at, row in enumerate(vitals.rows)
        if late[at] > limits.share and row not in outputs and kinds.get(row) in ENDS
    ]
    if bad:
        worst = max(bad, key=lambda at: late[at])
        from_on = int(np.argmax(saturated[:, worst] > limits.share))
        yield _evidence(
            [vitals.rows[at] for at in bad],
            f"{percent(float(late[worst]))} of the units of {vitals.rows[worst]}",
            vitals.name,
            (int(vitals.steps[from_on]), int(vitals.steps[-1])),
            float(late[worst]),
            why,
            limits,
        )


def _by_output(
    activations: tuple[Histograms, ...], model: ModelConfig, why: str, limits: Limits
) -> Iterator[Evidence]:
    shares: dict[str, tuple[float, Histograms]] = {}
    for each in activations:
        layer = layer_of(each.tag, model)
        kind = activation(model, layer) if layer is not None else ""
        if layer is None or layer in model.outputs or kind not in ENDS:
            continue
        late = outside(each.quantiles[len(each) // 2 :], *ENDS[kind])
        if len(each) >= limits.points and median(late) > limits.share:
            shares[layer.name] = float(median(late)), each
    if shares:
        worst = max(shares, key=lambda name: shares[name][0])
        share, curve = shares[worst]
        yield _evidence(
            list(shares),
            f"{percent(share)} of the outputs of {worst}",
            curve.name,
            (int(curve.steps[len(curve) // 2]), int(curve.steps[-1])),
            share,
            why,
            limits,
        )


def _evidence(
    names: list[str],
    what: str,
    tag: str,
    steps: tuple[int, ...],
    share: float,
    why: str,
    limits: Limits,
) -> Evidence:
    more = f" ({len(names)} such layers: {listed(names)})" if len(names) > 1 else ""
    return Evidence(
        message=f"{what} sit at the ends of their range{more}" + (f"; {why}." if why else "."),
        suggestion='BatchNormalization before the activation, or activation="relu", in '
        f"{listed(names)}; inputs of mean 0 and standard deviation 1.",
        tag=tag,
        steps=steps,
        measured=share,
        limit=limits.share,
        unit="of the units",
        severity=None if why else Severity.INFO,
    )

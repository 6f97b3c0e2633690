"""Units that are never active any more.

Why it matters:
    A ReLU whose input is negative for every example gives 0 and gets no gradient: it will not come
    back. A layer of such units cuts the network in two.

How it is judged:
    The share of each layer's units that were not active for a single example of the window over
    which they were watched, as the median of the later half of the run. From 90 % on it is a
    warning, from 50 % on where the loss shows no learning and else a note. Where only histograms
    of activations are logged (or TensorFlow Estimators' fraction_of_zero_values), units cannot be
    told apart: then only a layer that gives nothing but 0 is dead. So is one, where weights alone
    are logged, behind which a kernel stands still (within a millionth) while the biases beside it
    move by a thousandth of its weights at least: the gradient of a kernel is that of its biases
    times its inputs, so that these are 0. That is told where the configuration says that a ReLU
    gives them, or where nothing is learned.

When it stays silent:
    Zeros alone: that half of a ReLU layer's outputs are 0 for one example is how it works
    (sparsity). Layers that are no ReLU; layers that are dead for a while and come back.

What to try:
    Divide the learning rate by 10: one large step is what mostly kills them. LeakyReLU or GELU,
    He initialisation, biases that begin at 0, inputs of mean 0 and standard deviation 1.

Sources:
    Lu et al. 2019, "Dying ReLU and initialization"; Braiek and Khomh 2023, "TheDeepChecker"
    (more than 50 % of the units); Amazon SageMaker Debugger, rule DeadRelu (50 %). The gradients:
    Goodfellow et al. 2016, "Deep learning", algorithm 6.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from tb_diagnose.analysis.progress import stalled
from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import listed, percent, plural
from tb_diagnose.core.model import Layer, ModelConfig, Optimizer
from tb_diagnose.core.run import Histograms, Series, Vitals
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.distributions import moved, reach, size
from tb_diagnose.measure.levels import typical
from tb_diagnose.measure.reductions import all_of
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.weights import Kernel, activation, bias_of

ENABLE = 'model.fit(..., callbacks=[tb_diagnose.attach.keras("logs")])'
#: Last word of the scalar that TensorFlow's canned Estimators log for each hidden layer.
ZEROS = "fraction_of_zero_values"


class Limits(Thresholds):
    """How many units may be dead."""

    share: float = limit(
        0.5, unit="of the units", source="TheDeepChecker, SageMaker Debugger: 50 %"
    )
    most: float = limit(0.9, unit="of the units", source="chosen: hardly anything gets through")
    points: int = limit(3, unit="steps", source="chosen: once may be chance")
    still: float = limit(1e-6, unit="of mean |w|", source="chosen: 16 times the grain of float32")
    moving: float = limit(1e-3, unit="of mean |w|", source="chosen: a thousand times as far")


@diagnosis(
    family="layers",
    severity=Severity.WARNING,
    leads_to=(
        "no-learning",
        "loss-plateau",
        "frozen-weights",
        "disconnected-layers",
        "vanishing-gradients",
        "update-ratio",
    ),
    since="0.1",
)
def dead_relu(
    layer_vitals: Vitals | None,
    activations: tuple[Histograms, ...] | None,
    kernels: tuple[Kernel, ...] | None,
    weights: tuple[Histograms, ...] | None,
    model: ModelConfig | None,
    scalars: tuple[Series, ...] | None,
    train_loss: Series | None,
    chance: ChanceLevel | None,
    optimizer: Optimizer | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """Unit by unit where a training was attached, else layer by layer."""
    fix = _fix(optimizer)
    zeros = [each for each in scalars or () if each.tag.endswith(ZEROS)]
    if layer_vitals is not None and len(layer_vitals) >= limits.points:
        yield from _by_unit(layer_vitals, stalled(train_loss, chance), fix, limits)
    elif activations or zeros:
        yield from _by_layer(activations or (), zeros, fix, limits)
    else:
        why = stalled(train_loss, chance)
        starved = _starved(kernels or (), weights or (), model, why, limits)
        if starved is None:
            raise NotApplicable("neither dead units nor activations were logged", ENABLE)
        yield _by_weights(*starved, why, fix, limits)


def _by_unit(vitals: Vitals, why: str, fix: str, limits: Limits) -> Iterator[Evidence]:
    dead = vitals.column("dead")
    late = typical(dead[len(dead) // 2 :])
    bad = np.flatnonzero(np.nan_to_num(late) >= limits.share)
    if not len(bad):
        return
    worst = int(bad[np.argmax(late[bad])])
    from_on = int(np.argmax(dead[:, worst] >= limits.share))
    grave = why or late[worst] >= limits.most
    others = [vitals.rows[at] for at in bad if at != worst]
    yield Evidence(
        message=f"{percent(float(late[worst]))} of the units of {vitals.rows[worst]} are not active "
        f"for any of {_examples(vitals)}"
        + (f"; {listed(others)} are much the same" if others else "")
        + (f"; {why}." if why else "."),
        suggestion=fix,
        tag=vitals.name,
        steps=(int(vitals.steps[from_on]), int(vitals.steps[-1])),
        measured=float(late[worst]),
        limit=limits.share,
        unit="of the units",
        severity=None if grave else Severity.INFO,
    )


def _by_layer(
    activations: tuple[Histograms, ...], zeros: list[Series], fix: str, limits: Limits
) -> Iterator[Evidence]:
    silent: list[Histograms | Series] = []
    for each in activations:
        last = each.at(slice(-limits.points, None))
        if len(each) >= limits.points and all_of(last.low == 0) and all_of(last.high == 0):
            silent.append(each)
    silent += [
        each
        for each in zeros
        if len(each) >= limits.points and all_of(each.values[-limits.points :] == 1)
    ]
    if silent:
        first = silent[0]
        yield Evidence(
            message=f"{plural(len(silent), 'layer')} ({listed([each.name for each in silent])}) gave "
            f"nothing but 0 at the last {limits.points} steps that were logged.",
            suggestion=fix,
            tag=first.name,
            related=tuple(each.name for each in silent[1:]),
            steps=(int(first.steps[-limits.points]), int(first.steps[-1])),
            measured=1.0,
            limit=limits.most,
            unit="of the outputs",
            severity=Severity.CRITICAL,
        )


def _starved(
    kernels: tuple[Kernel, ...],
    weights: tuple[Histograms, ...],
    model: ModelConfig | None,
    why: str,
    limits: Limits,
) -> tuple[Kernel, Kernel, Histograms] | None:
    """The first kernel that is given nothing but 0, the one before it, and the biases beside it."""
    for before, kernel in pairwise(kernels):
        own = kernel.histograms.quantiles
        if kernel.kind != "kernel" or not kernel.trainable or len(own) < limits.points:
            continue
        if not all_of(np.isfinite(own)) or moved(own) >= limits.still:
            continue
        if not (why if model is None else before.layer and _is_relu(model, before.layer)):
            continue
        biases = bias_of(kernel, weights)
        if biases is None:
            continue
        far = reach(biases.quantiles)
        if far > 0 and far >= limits.moving * float(size(own[0])):
            return before, kernel, biases
    return None


def _is_relu(model: ModelConfig, layer: Layer) -> bool:
    return activation(model, layer) in ("relu", "relu6")


def _by_weights(
    before: Kernel, kernel: Kernel, biases: Histograms, why: str, fix: str, limits: Limits
) -> Evidence:
    still = kernel.histograms
    return Evidence(
        message=f"The kernel of {kernel.called} did not move in {plural(len(still), 'histogram')}, "
        f"while its biases did: {before.called} gives it nothing but 0"
        + (f"; {why}." if why else "."),
        suggestion=fix,
        tag=still.name,
        related=(biases.name,),
        steps=(int(still.steps[0]), int(still.steps[-1])),
        measured=moved(still.quantiles),
        limit=limits.still,
        unit="of mean |w|",
        confidence="by the gradients: that of a kernel is that of its biases times its inputs",
        severity=Severity.CRITICAL if why else None,
    )


def _examples(vitals: Vitals) -> str:
    window = vitals.layout.get("window")
    return f"{window} batches" if isinstance(window, int) else "the examples watched"


def _fix(optimizer: Optimizer | None) -> str:
    rate = optimizer.learning_rate if optimizer else None
    lower = f"learning_rate={rate:g} → {rate / 10:g}" if rate else "Divide the learning rate by 10"
    return f'{lower}; kernel_initializer="he_normal"; LeakyReLU where units still die.'

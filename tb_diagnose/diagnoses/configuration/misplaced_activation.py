"""A hidden layer has an activation that belongs to the output.

Why it matters:
    A softmax makes the units of a layer compete for a sum of one: hardly anything passes. Sigmoids
    in several layers shrink the gradient by at least 4 at each, so that the first layers learn
    last.

How it is judged:
    In a model whose layers form a chain. *Softmax* in a hidden layer is a warning. *Sigmoids* are
    meant in three or more hidden layers, or in a convolution, where the training loss shows it: no
    progress of more than 5 % in the first tenth of the run, or less than halfway to 0 at the end;
    otherwise a note.

When it stays silent:
    Models with branches (gates and attention are made of both); sigmoids in one or two
    hidden dense layers, as in textbooks; recurrent layers, whose gates are sigmoids.

What to try:
    activation="relu" in hidden layers; softmax or sigmoid in the last one only.

Sources:
    Glorot and Bengio 2010, "Understanding the difficulty of training deep feedforward neural
    networks"; Schoop et al. 2021, "UMLAUT" (softmax in hidden layers).
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import listed
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.course import course
from tb_diagnose.measure.reductions import min_of
from tb_diagnose.roles.architecture import Step, hidden, is_chain, written


class Limits(Thresholds):
    """What shows that it does harm."""

    layers: int = limit(3, unit="hidden layers", source="gradients of 1/64 at most; two are usual")
    start: float = limit(0.05, unit="of the first loss", source="chosen: hardly any progress")
    early: float = limit(0.1, unit="of the run", source="chosen: long enough to begin")
    end: float = limit(0.5, unit="of the first loss", source="chosen: far from a fit")


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
def misplaced_activation(
    model: ModelConfig, train_loss: Series | None, limits: Limits
) -> Iterator[Evidence]:
    """Softmax first, then sigmoids."""
    if not is_chain(model):
        raise NotApplicable("the model has branches, so that which layer follows which is unknown")
    steps = hidden(model)
    soft = [step for step in steps if step.activation == "softmax"]
    if soft:
        yield _evidence(soft, "makes its units compete for a sum of one", "softmax", None)
    squashed = [step for step in steps if step.activation in ("sigmoid", "hard_sigmoid")]
    convolved = any(step.layer.kind.startswith("Conv") for step in squashed)
    if len(squashed) >= limits.layers or convolved:
        harm = train_loss is not None and _shows(train_loss, limits)
        severity = None if harm else Severity.INFO
        what = "passes at most a quarter of the gradient on"
        yield _evidence(squashed, what, "sigmoid", severity)


def _shows(loss: Series, limits: Limits) -> bool:
    """A late start or a poor end."""
    run = course(loss.values)
    if run is None or run.points < 10 or run.start <= 0:
        return False
    early = run.condensed.values[: max(2, int(limits.early * len(run.condensed)))]
    late = run.start - min_of(early) < limits.start * run.start
    return late or run.end > limits.end * run.start


def _evidence(steps: list[Step], what: str, activation: str, severity: Severity | None) -> Evidence:
    first = steps[0]
    names = listed([step.layer.name for step in steps])
    return Evidence(
        message=f"The hidden {written(first.layer, first.activation)} {what}"
        + (f", and so do {len(steps) - 1} more." if len(steps) > 1 else "."),
        suggestion=f'Give {names} activation="relu"; {activation} belongs to the last layer.',
        tag="keras",
        measured=float(len(steps)),
        limit=0.0,
        unit="hidden layers",
        severity=severity,
    )

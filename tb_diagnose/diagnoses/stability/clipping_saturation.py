"""Nearly every gradient is clipped.

Why it matters:
    Clipping is there for bursts. Where it works on most steps it sets the step size in place of
    the learning rate, and the gradient's own size, which shrinks as a network converges, no longer
    counts.

How it is judged:
    The share of gradient norms that were clipped: those at or above the value given as clipnorm or
    max_grad_norm, where the norm before clipping is logged; or those that lie within 0.5 % of the
    largest one, where the norm after it is. From 80 % of at least 20 norms on. It is a note: with
    adaptive optimizers a run can do well in this state. With the loss showing no learning it is a
    warning.

When it stays silent:
    Fewer than 20 norms; no clip value is known and no ceiling shows; up to 80 % clipped.

What to try:
    A clip value near the 90th percentile of the norms, or divide the learning rate by 3: steps
    that large are what makes the gradients large.

Sources:
    Godbole et al. 2023, "Deep learning tuning playbook" (above half of the updates: clipping is
    extremely aggressive; the 90th percentile); trainspotter (within 0.5 % of the largest in 80 %).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from tb_diagnose.analysis.progress import stalled
from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import number, percent, steps_of
from tb_diagnose.core.model import Optimizer
from tb_diagnose.core.run import Series, Vitals
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.reductions import any_of, max_of
from tb_diagnose.roles.chance_level import ChanceLevel

ENABLE = 'tf.summary.scalar("grad_norm", tf.linalg.global_norm(gradients), step)'
#: Where the clip value of the global norm stands in an optimizer's configuration.
KEYS = ("global_clipnorm", "max_grad_norm", "gradient_clip_val")


class Limits(Thresholds):
    """How many norms may be clipped."""

    points: int = limit(20, unit="values", source="chosen: a share needs a count")
    share: float = limit(0.8, unit="of the steps", source="trainspotter: 80 %; playbook: 50 %")
    ceiling: float = limit(0.005, unit="of the largest norm", source="trainspotter: 0.5 %")


@diagnosis(
    family="stability",
    severity=Severity.INFO,
    leads_to=("slow-convergence", "update-ratio"),
    since="0.1",
)
def clipping_saturation(
    gradient_norm: Series | None,
    step_vitals: Vitals | None,
    optimizer: Optimizer | None,
    train_loss: Series | None,
    chance: ChanceLevel | None,
    limits: Limits,
) -> Iterator[Evidence]:
    """Before clipping where the clip value is known, else by the ceiling after it."""
    norm = gradient_norm if gradient_norm is not None else _measured(step_vitals)
    if norm is None or np.isfinite(norm.values).sum() < limits.points:
        raise NotApplicable(f"fewer than {limits.points} norms of the gradient", ENABLE)
    norm = norm.at(np.isfinite(norm.values))
    clip = _clip(optimizer.config if optimizer else {})
    ceiling = clip or max_of(norm.values)
    clipped = norm.values >= (1 - limits.ceiling) * ceiling
    share = float(np.mean(clipped))
    # Without a clip value a curve that never leaves its ceiling is a constant, no clipped norm.
    if share < limits.share or ceiling <= 0 or not (clip or any_of(~clipped)):
        return
    why = stalled(train_loss, chance)
    yield Evidence(
        message=f"{percent(share)} of the gradients are clipped to a norm of {number(ceiling)}"
        + (f"; {why}." if why else "."),
        suggestion=f"clipnorm={number(float(np.quantile(norm.values, 0.9)))} (the 90th percentile), or a "
        "learning rate divided by 3."
        if clip
        else f"A clip value above {number(ceiling)}, or a learning rate divided by 3.",
        tag=norm.name,
        steps=steps_of(norm, clipped)[:1],
        measured=share,
        limit=limits.share,
        unit="of the steps",
        severity=Severity.WARNING if why else None,
    )


def _clip(config: Mapping[str, Any]) -> float:
    values = [config.get(key) for key in KEYS]
    return next((float(v) for v in values if isinstance(v, int | float) and v > 0), 0.0)


def _measured(vitals: Vitals | None) -> Series | None:
    """The norm after clipping, which shows the ceiling whatever the clip value is."""
    if vitals is None:
        return None
    values = vitals.column("gradient_norm_clipped")[:, 0]
    return Series(vitals.tag, vitals.folder, vitals.steps, values, vitals.wall)

"""Nearly every gradient is clipped.

Why it matters:
    Clipping is there for bursts. Where it works on most steps it sets the step size in place of
    the learning rate, and the gradient's own size no longer counts.

How it is judged:
    The share of gradient norms at or above the clip value, where norms are logged before
    clipping; else of those within 0.5 % of the largest. It is a note, as adaptive optimizers can
    do well in this state, and a warning where nothing was learned.

When it stays silent:
    Fewer than 20 norms, no clip value and no ceiling, up to 80 % clipped.

What to try:
    A clip value near the 90th percentile of the norms, or a learning rate divided by 3.

Sources:
    Godbole et al. 2023, "Deep learning tuning playbook"; trainspotter (within 0.5 % of the
    largest in 80 %).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from tb_diagnose.analysis.learning_state import LearningState
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import Optimizer
from tb_diagnose.core.run import Series, Vitals
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.peaks import ENOUGH

#: Where the clip value of the global norm stands in an optimizer's configuration.
_KEYS = ("global_clipnorm", "max_grad_norm", "gradient_clip_val")

#: Quantile of the norms that a clip value should let pass: the playbook's 90th percentile.
_USUAL = limit(0.9, unit="quantile", source="Godbole et al. 2023").default


@diagnosis(
    family="stability",
    severity=Severity.INFO,
    leads_to=("slow-convergence", "update-ratio"),
    since="0.1",
)
class ClippingSaturation:
    share = limit(0.8, alarm=">=", unit="of the steps", source="trainspotter: 80 %; playbook: 50 %")
    ceiling = limit(0.995, alarm=">=", unit="of the largest norm", source="trainspotter: 0.5 %")

    @method("the gradient norm", points={"gradient_norm": ENOUGH})
    def by_norm(
        self, gradient_norm: Curve, learning: LearningState, optimizer: Optimizer | None = None
    ) -> Iterator[Evidence]:
        yield from self._judge(gradient_norm, learning, optimizer)

    @method("statistics of the steps")
    def by_steps(
        self, step_vitals: Vitals, learning: LearningState, optimizer: Optimizer | None = None
    ) -> Iterator[Evidence]:
        """The norm after clipping, which shows the ceiling whatever the clip value is."""
        norms = step_vitals.column("gradient_norm_clipped")[:, 0]
        folder, steps = step_vitals.folder, step_vitals.steps
        norm = Curve(Series(step_vitals.tag, folder, steps, norms, step_vitals.wall))
        if norm.finite >= ENOUGH:
            yield from self._judge(norm, learning, optimizer)

    def _judge(
        self, norm: Curve, learning: LearningState, optimizer: Optimizer | None
    ) -> Iterator[Evidence]:
        values = norm.finite_values
        clip = _clip(optimizer.config if optimizer else {})
        ceiling = clip or float(values.max())
        clipped = values >= self.ceiling * ceiling
        share = float(np.mean(clipped))
        # Without a clip value a curve that never leaves its ceiling is a constant, no clipped norm.
        if not self.share.exceeded(share) or ceiling <= 0 or not (clip or not clipped.all()):
            return
        why = learning.sentence if learning.failed else ""
        usual = number(float(np.quantile(values, _USUAL)))
        first = int(norm.steps[norm.where[int(np.argmax(clipped))]])
        yield Evidence(
            message=f"{percent(share)} of the gradients are clipped to a norm of {number(ceiling)}"
            + (f"; {why}." if why else "."),
            suggestion=f"Raise the clip value to {usual}, the 90th percentile of the norms, "
            "or divide "
            "the learning rate by 3."
            if clip
            else f"Raise the clip value above {number(ceiling)}, or divide the learning rate by 3.",
            tag=norm.name,
            steps=(first,),
            comparison=self.share.compare(share),
            severity=Severity.WARNING if why else None,
        )


def _clip(config: Mapping[str, Any]) -> float:
    values = [config.get(key) for key in _KEYS]
    return next((float(v) for v in values if isinstance(v, int | float) and v > 0), 0.0)

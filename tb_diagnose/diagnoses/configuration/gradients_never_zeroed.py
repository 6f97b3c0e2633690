"""The gradients of a step are added to those of all steps before.

Why it matters:
    PyTorch adds gradients up until they are reset. Without zero_grad the optimizer follows the sum
    of all gradients so far: steps grow, point the wrong way, and the loss swings or diverges.

How it is judged:
    By an attached training: the norm of the gradients that are there already when a step's first
    backward pass begins. If they are above 0 in nine of ten measured steps, they are never reset.

When it stays silent:
    Gradients accumulated on purpose over a few batches, which are reset after each step.

What to try:
    Call ``optimizer.zero_grad()`` in every step, before ``loss.backward()``.

Sources:
    PyTorch tutorials, "Zeroing out gradients in PyTorch".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent, sentence
from tb_diagnose.core.run import Vitals
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.robust import finite_median
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.frameworks import Framework


def _resets(code: Code) -> str:
    keras = code.framework in (Framework.KERAS, Framework.TENSORFLOW)
    return "gradients are computed from zero in every step here" if keras else ""


def _unmeasured(step_vitals: Vitals) -> str:
    known = np.isfinite(step_vitals.column("carried_gradient_norm")).sum()
    return "" if known >= 3 else "gradients left over from the step before were not measured"


@diagnosis(
    family="configuration",
    severity=Severity.CRITICAL,
    leads_to=("exploding-gradients", "loss-divergence", "loss-oscillation", "no-learning"),
    since="0.2",
    concerns=_resets,
)
class GradientsNeverZeroed:
    share = limit(0.9, alarm=">=", unit="of the steps", source="all but those right after a reset")

    @method("gradients left over from the step before", unless=_unmeasured)
    def by_norm(self, step_vitals: Vitals, code: Code) -> Iterator[Evidence]:
        carried = step_vitals.column("carried_gradient_norm")[:, 0]
        known = np.flatnonzero(np.isfinite(carried))
        known = known[step_vitals.steps[known] > 0]  # the first step has nothing to carry
        share = float(np.mean(carried[known] > 0)) if len(known) else 0.0
        if not self.share.exceeded(share):
            return
        begin = int(known[np.argmax(carried[known] > 0)])
        yield Evidence(
            message=f"Gradients of earlier steps (norm {number(finite_median(carried[known]))}) "
            f"are still there when a backward pass begins, in {percent(share)} of "
            f"{len(known)} measured steps.",
            suggestion=sentence(code("reset the gradients")),
            tag=step_vitals.name,
            steps=(int(step_vitals.steps[begin]), int(step_vitals.steps[-1])),
            comparison=self.share.compare(share),
        )

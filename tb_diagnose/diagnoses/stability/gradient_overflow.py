"""Gradients overflow in mixed precision, and steps are skipped.

Why it matters:
    A loss scaler skips every step whose gradients are infinite and halves its scale. Now and then
    that is its work; where it goes on, hardly any step is taken, and a scale that came to 0 never
    grows again.

How it is judged:
    The share of steps that the scaler skipped, where a training was attached; else the share of
    gradient norms that are infinite or NaN while the loss is finite. From 5 % on it is a warning,
    from a third (0.34) on critical.

When it stays silent:
    Single overflows: a scaler tries a larger scale every 2,000 steps. A loss that is not finite
    itself (non-finite-values).

What to try:
    bfloat16 instead of float16, unscaling before clipping, a lower learning rate.

Sources:
    Micikevicius et al. 2018, "Mixed precision training"; PyTorch, torch.amp.GradScaler.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import percent, sentence, steps_of
from tb_diagnose.core.run import Vitals
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code


def _unscaled(step_vitals: Vitals) -> str:
    known = np.isfinite(step_vitals.column("skipped_steps")).any()
    return "" if known else "no loss scaler was watched"


def _broken(train_loss: Curve | None = None) -> str:
    return "the loss is not finite itself" if train_loss and train_loss.non_finite else ""


@diagnosis(
    family="stability",
    severity=Severity.WARNING,
    leads_to=("no-learning", "slow-convergence"),
    since="0.2",
)
class GradientOverflow:
    share = limit(0.05, alarm=">=", unit="of the steps", source="a hundred times a scaler's trials")

    @method("steps that the loss scaler skipped", unless=_unscaled)
    def by_steps(self, step_vitals: Vitals, code: Code) -> Iterator[Evidence]:
        skipped = step_vitals.column("skipped_steps")[:, 0]
        known = np.flatnonzero(np.isfinite(skipped))
        count, last = float(skipped[known[-1]]), int(step_vitals.steps[known[-1]])
        share = count / (last + 1)
        if self.share.exceeded(share):
            begin = int(np.argmax(skipped > 0))
            yield Evidence(
                message=f"The loss scaler skipped at least {count:.0f} of {last + 1} steps "
                f"({percent(share)}), because gradients were infinite.",
                suggestion=sentence(code("keep the range")),
                tag=step_vitals.name,
                steps=(int(step_vitals.steps[begin]), last),
                comparison=self.share.compare(share),
                severity=Severity.CRITICAL if self.share.far_exceeded(share) else None,
            )

    @method("gradient norms that are not finite", points={"gradient_norm": 1}, unless=_broken)
    def by_norms(self, gradient_norm: Curve, code: Code) -> Iterator[Evidence]:
        share = gradient_norm.non_finite_share
        where = np.flatnonzero(~np.isfinite(gradient_norm.values))
        if len(where) < 3 or not self.share.exceeded(share):
            return
        yield Evidence(
            message=f"{gradient_norm.name} is not finite in {len(where)} of {len(gradient_norm)} "
            f"values ({percent(share)}), while the loss is: those steps are skipped or spoil "
            "the weights.",
            suggestion=sentence(code("keep the range")),
            tag=gradient_norm.name,
            steps=steps_of(gradient_norm.series, where),
            comparison=self.share.compare(share),
            severity=Severity.CRITICAL if self.share.far_exceeded(share) else None,
        )

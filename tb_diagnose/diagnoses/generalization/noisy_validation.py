"""Validation jumps so much that it cannot tell one checkpoint from the next.

Why it matters:
    The best checkpoint, early stopping and the choice between two settings all rest on that
    curve. Where it jumps by as much as is to be gained, they pick luck.

How it is judged:
    The point-to-point noise of the validation loss, at the level where it ends, against how far
    it fell from its start to its best.

When it stays silent:
    Fewer than 10 validations, a validation loss that never fell, slow swings (loss-oscillation).

What to try:
    Validate on more examples, average the weights (EMA, SWA), let the learning rate decay, and
    judge checkpoints by the mean of three validations.

Sources:
    Google, "Deep learning tuning playbook"; Izmailov et al. 2018, "Averaging weights leads to
    wider optima and better generalization".
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code


@diagnosis(family="generalization", severity=Severity.INFO, since="0.1")
class NoisyValidation:
    share = limit(0.2, alarm=">=", unit="of the gain", source="trainspotter has 0.15, as a step")

    @method("the validation loss", points={"val_loss": 10})
    def by_loss(self, val_loss: Curve, code: Code) -> Iterator[Evidence]:
        noise, start, best = val_loss.noise, val_loss.start, val_loss.best_level
        if noise is None or start is None or best is None:
            return
        gained = start.value - best.value
        # A jump of more than all it ever gained says nothing of one that gained nothing.
        if gained > noise and self.share.exceeded(noise / gained):
            yield Evidence(
                message=f"{val_loss.name} jumps by {number(noise)} from one validation to the "
                "next, "
                f"{percent(noise / gained)} of all it fell by ({number(gained)}).",
                suggestion=f"Validate on more examples, {code('decay the rate')}, and judge "
                "checkpoints by the mean of three validations.",
                tag=val_loss.name,
                steps=val_loss.span(0),
                comparison=self.share.compare(noise / gained),
            )

"""Nothing was validated: loss and scores of validation are exactly 0.

Why it matters:
    Zeros look like a perfect loss. They are the sum over no examples, and whatever is chosen by
    them is chosen blindly.

How it is judged:
    Every validation loss is exactly 0 in every value, while the training loss is not.

When it stays silent:
    A validation loss that is not 0 throughout, or a training loss that is 0 as well.

What to try:
    Count the validation examples. A generator that is exhausted, drop_last with fewer examples
    than a batch, or a filter that matches nothing leaves none.

Sources:
    The mean over no examples, which frameworks write as 0.
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, plural
from tb_diagnose.engine.contract import diagnosis, method


@diagnosis(
    family="logging",
    severity=Severity.WARNING,
    leads_to=("validation-below-training", "score-at-chance"),
    since="0.2",
)
class EmptyValidation:
    # One value may be written before the first epoch.
    @method("the validation loss", points={"val_loss": 2})
    def by_loss(
        self, val_loss: Curve, train_loss: Curve | None = None, val_score: Curve | None = None
    ) -> Iterator[Evidence]:
        learned = train_loss is None or train_loss.lowest is None or train_loss.lowest.value > 0
        scored = (
            val_score is not None and val_score.highest is not None and val_score.highest.value > 0
        )
        if not val_loss.all_zero or not learned or scored:
            return
        beside = ""
        if train_loss is not None and train_loss.end is not None:
            beside = f", while {train_loss.name} ends at {number(train_loss.end.value)}"
        yield Evidence(
            message=f"{val_loss.name} is exactly 0 in all "
            f"{plural(val_loss.finite, 'value')}{beside}: "
            "nothing was validated.",
            suggestion="Count the validation examples: an exhausted generator, a dropped last "
            "batch "
            "or a filter leaves none.",
            tag=val_loss.name,
            related=(val_score.name,) if val_score is not None else (),
            steps=val_loss.span(0),
        )

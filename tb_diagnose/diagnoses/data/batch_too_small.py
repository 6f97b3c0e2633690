"""Batches are so small that the gradient is mostly noise.

Why it matters:
    Steps point in a new direction each time and cancel out: the loss jumps about instead of
    falling, and batch normalization has nothing to average.

How it is judged:
    By how far the gradients of single steps lie from their mean over a window of steps, divided by
    the length of that mean, as the median over the run. At 3, training takes ten times as many
    steps as with large batches. Only where nothing is learned and a batch holds fewer than 32
    examples.

When it stays silent:
    The loss falls: with a low rate a noisy gradient gets there, too.

What to try:
    Use four times as many examples per batch, or accumulate gradients.

Sources:
    McCandlish et al. 2018, "An empirical model of large-batch training".
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.learning_state import LearningState
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.run import Vitals
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.robust import finite_median


def _not_measured(step_vitals: Vitals) -> str:
    level = finite_median(step_vitals.column("gradient_noise")[:, 0])
    return "" if level == level else "the noise of the gradient was not measured"  # noqa: PLR0124


@diagnosis(
    family="data",
    severity=Severity.WARNING,
    leads_to=("loss-oscillation", "slow-convergence", "loss-plateau", "no-learning"),
    since="0.1",
)
class BatchTooSmall:
    noise = limit(3, alarm=">", unit="× the mean gradient", source="McCandlish et al.: 10 × steps")
    large = limit(32, unit="examples a batch", source="Bengio 2012: a good default")

    @method("the noise of the gradient", unless=_not_measured)
    def by_noise(
        self, step_vitals: Vitals, learning: LearningState, train_loss: Curve | None = None
    ) -> Iterator[Evidence]:
        level = finite_median(step_vitals.column("gradient_noise")[:, 0])
        size = finite_median(step_vitals.column("batch_size")[:, 0])
        why = learning.sentence if learning.failed else _risen(train_loss)
        if not self.noise.exceeded(level) or size >= self.large or not why:
            return
        examples = f" of {number(size)} examples" if size > 0 else ""
        larger = (
            f"batches of {2 * 2 * round(size)} examples" if size > 0 else "batches 4 times as large"
        )
        yield Evidence(
            message=f"With batches{examples} the gradients of single steps lie {number(level)} "
            f"times as far from their mean as that is long; {why}.",
            suggestion=f"Use {larger}.",
            tag=step_vitals.name,
            steps=(int(step_vitals.steps[0]), int(step_vitals.steps[-1])),
            comparison=self.noise.compare(level),
        )


def _risen(loss: Curve | None) -> str:
    """That a loss ends no lower than it began, however few its values; else empty."""
    if loss is None or loss.finite < 2 or not (loss.start and loss.end):
        return ""
    start, end = loss.start.value, loss.end.value
    return f"{loss.name} went from {number(start)} to {number(end)}" if end >= start else ""

"""The learning rate is far above what is usual for the optimizer.

Why it matters:
    It is the most common cause of a run that blows up, swings, or falls back to guessing.

How it is judged:
    Against the highest usual rate for the optimizer, its momentum and epsilon. Above that, a loss
    that is not finite, reached ten times its start or never improved is critical. Without such a
    mark, a hundred times the usual rate is a warning, ten times a note. At a usual rate, a loss
    that fell to a third at once and never changes again was thrown to where no gradient is.

When it stays silent:
    The rate is unknown, or usual and the loss moves.

What to try:
    Use the optimizer's default rate, then raise it threefold while the loss falls smoothly.

Sources:
    Bengio 2012, "Practical recommendations for gradient-based training", section 3.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.curve import BLOWN_UP
from tb_diagnose.analysis.learning_state import FEW, LearningState
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.analysis.run_state import RunState
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.model import Optimizer
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.optimizer import highest_rate, runs_at, usual_rates


@diagnosis(
    family="configuration",
    severity=Severity.CRITICAL,
    leads_to=(
        "loss-divergence",
        "loss-oscillation",
        "loss-spikes",
        "non-finite-values",
        "exploding-weights",
        "exploding-gradients",
        "dead-relu",
        "frozen-weights",
        "initial-loss",
        "no-learning",
        "loss-plateau",
    ),
    since="0.1",
)
class LearningRateTooHigh:
    above = limit(1, alarm=">", unit="× the highest usual rate", source="see roles/optimizer.py")
    blow_up = limit(10, alarm=">", unit="× the start", source="beyond the noise of any mean")

    @method("the rate and the loss")
    def by_rate(
        self,
        optimizer: Optimizer,
        code: Code,
        learning_rate: Curve | None = None,
        train_loss: Curve | None = None,
        learning: LearningState | None = None,
        chance: ChanceLevel | None = None,
        state: RunState | None = None,
    ) -> Iterator[Evidence]:
        rate = highest_rate(optimizer, learning_rate.series if learning_rate else None)
        begins = state is not None and state.growing and not (train_loss and train_loss.finite)
        if rate is None or begins:
            return
        usual = usual_rates(optimizer, code.framework)
        times = rate / usual.highest
        mark, steps = self._mark(train_loss, learning, chance)
        change = code.rate(optimizer._replace(learning_rate=rate), usual.default)
        if self.above.exceeded(times) and (mark or self.above.far_exceeded(times)):
            absurd = self.above.far_exceeded(times / self.above.far)
            yield Evidence(
                message=f"{runs_at(optimizer, rate)}, "
                f"{number(times)} times the highest usual one"
                + (f"; {mark}." if mark else "; the curves do not show harm."),
                suggestion=f"{change}.",
                tag=train_loss.name if train_loss else "",
                steps=steps,
                comparison=self.above.compare(times),
                severity=None if mark else Severity.WARNING if absurd else Severity.INFO,
            )
        elif train_loss is not None and rate >= usual.highest / 10:
            yield from self._frozen(train_loss, rate, change)

    def _mark(
        self, loss: Curve | None, learning: LearningState | None, chance: ChanceLevel | None
    ) -> tuple[str, tuple[int, ...]]:
        """What in the curves says that steps were too large, and where; empty if nothing does."""
        if loss is None or loss.start is None or loss.highest is None:
            return "", ()
        if loss.non_finite:
            step = int(loss.steps[loss.non_finite[0].first])
            return f"{loss.name} is not finite at step {step}", _until(loss, step)
        start = loss.start.value
        guess = chance.loss if chance is not None and chance.cross_entropy else start
        peak = loss.highest
        if min(start, guess) > 0 and self.blow_up.exceeded(peak.value / min(start, guess)):
            said = f"guessing gives {number(guess)}" if guess < start else "it started at "
            said += "" if guess < start else number(start)
            return f"{loss.name} reached {number(peak.value)} where {said}", _until(loss, peak.step)
        if learning is not None and learning.failed:
            return learning.sentence, loss.span(0)
        return "", ()

    def _frozen(self, loss: Curve, rate: float, change: str) -> Iterator[Evidence]:
        """A usual rate at which the first steps threw the weights where nothing moves them."""
        repeat = loss.longest_repeat
        if repeat is None or loss.start is None or repeat.last < len(loss) - 2:
            return
        level = loss.point(repeat.last).value
        long = repeat.last - repeat.first >= len(loss) / 2 and len(loss) > FEW
        if long and 0 < BLOWN_UP * level < loss.start.value:
            yield Evidence(
                message=f"The first steps at a learning rate of {rate:g} threw {loss.name} from "
                f"{number(loss.start.value)} to {number(level)}, and not one digit changes from "
                f"step {loss.steps[repeat.first]} on.",
                suggestion=f"{change}, and scale inputs and targets to mean 0 and standard "
                "deviation 1.",
                tag=loss.name,
                steps=(int(loss.steps[0]), int(loss.steps[repeat.first])),
            )


def _until(loss: Curve, step: int) -> tuple[int, ...]:
    """From the first step, since when the rate was too high, to the one that shows it."""
    return tuple(sorted({int(loss.steps[0]), step}))

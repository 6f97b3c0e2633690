"""The run never left the level of guessing.

Why it matters:
    Nothing was learned: the weights at the end are worth no more than those at the start, and
    more epochs will not change that.

How it is judged:
    By all losses and scores, or the reward. None of them got better by 3 % and beyond its noise,
    or they stand at ln K and 1/K, K being the number of classes as configured or as the first
    loss and score give it away.

When it stays silent:
    Any of them learned something, or too few values show no movement.

What to try:
    Overfit 10 examples first: a correct model can. If it cannot, look at the rate, frozen layers,
    the last layer against the loss, dead units, and inputs and labels.

Sources:
    Karpathy 2019, "A recipe for training neural networks"; Zhang et al. 2021, "AUTOTRAINER".
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.guessing import NOTHING, guess_of
from tb_diagnose.analysis.learning_state import LearningState
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Comparison, Evidence, Severity
from tb_diagnose.core.format import number, plural
from tb_diagnose.core.model import Optimizer
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.optimizer import rates_to_try


@diagnosis(family="progress", severity=Severity.CRITICAL, since="0.1")
class NoLearning:
    gain = limit(NOTHING, alarm="<=", unit="of the start", source="see analysis/guessing.py")
    guess = limit(1 - NOTHING, alarm=">=", unit="× ln K", source="see analysis/guessing.py")

    @method("the reward, or all losses and scores")
    def by_all(
        self,
        learning: LearningState,
        code: Code,
        train_loss: Curve | None = None,
        val_loss: Curve | None = None,
        train_score: Curve | None = None,
        reward: Curve | None = None,
        optimizer: Optimizer | None = None,
    ) -> Iterator[Evidence]:
        curve = learning.curve
        if not learning.stuck or curve is None:
            return
        if curve.resumed and not learning.at_chance:
            return  # what was learned may have been learned before
        if reward is not None:
            # A reward that falls is more than nothing learned: see reward-instability.
            if curve.rise is None or not curve.rise.persistent:
                yield self._unrewarded(curve)
            return
        loss = train_loss or val_loss
        others = any(other not in (None, curve) for other in (val_loss, train_loss, train_score))
        said, compared = self._guessing(loss or curve, learning)
        guess = guess_of(curve, None)
        said = said if guess is None else f"; guessing gives {number(guess)}"
        yield Evidence(
            message=f"{_stands(curve)}{said}: nothing was learned.",
            suggestion=_try(code, optimizer),
            tag=curve.name,
            related=(loss.name,) if loss is not None and loss is not curve else (),
            steps=curve.span(0),
            comparison=compared or self._compared(curve),
            confidence=learning.chance.reason if learning.chance and compared else "",
            severity=None if learning.at_chance or curve.constant else _mild(curve, others),
        )

    def _guessing(self, loss: Curve, learning: LearningState) -> tuple[str, Comparison | None]:
        """That the loss is at the level of guessing, where that is known, and the comparison."""
        chance, level = learning.chance, loss.end_level
        if chance is None or not chance.cross_entropy or level is None or loss.better > 0:
            return "", None
        times = level.value / chance.loss
        if not self.guess.exceeded(times):
            return "", None
        said = f"; guessing gives {loss.name} {number(chance.loss)}, and it ends around "
        return said + number(level.value), self.guess.compare(times)

    def _compared(self, curve: Curve) -> Comparison | None:
        """What was gained against nothing; None where it is doubt that counts."""
        start = curve.start_level
        level = 1.0 if curve.info.kind == "score" or start is None else abs(start.value)
        gained = (curve.gained or 0.0) / level if level else 0.0
        comparison: Comparison = self.gain.compare(gained)
        return comparison if comparison.holds else None

    def _unrewarded(self, curve: Curve) -> Evidence:
        return Evidence(
            message=f"{_stands(curve)}: the policy never earned more than at the start.",
            suggestion="Check that exploring can reach the reward at all (more exploration, a "
            "shaped "
            "reward), and that the policy is updated.",
            tag=curve.name,
            steps=curve.span(0),
            comparison=self._compared(curve),
            severity=None if curve.constant else Severity.WARNING,
        )


def _mild(curve: Curve, others: bool) -> Severity:  # noqa: FBT001 (whether more than it is known)
    """A loss alone that goes on falling by little may be of a model that is good already."""
    falls = curve.improved and curve.still_improving and (curve.late_share or 0.0) > 0.5 / 2
    return Severity.INFO if falls and not others else Severity.WARNING


def _stands(curve: Curve) -> str:
    start, end = curve.start, curve.end
    if start is None or end is None:
        return curve.name
    if curve.constant:
        return f"{curve.name} is {number(end.value)} in all {plural(len(curve), 'value')}"
    low, high = curve.finite_values.min(), curve.finite_values.max()
    went = f"went from {number(start.value)} to {number(end.value)}"
    if high - low > 2 * abs(end.value - start.value) or _seems_better(curve):
        went = f"moves between {number(low)} and {number(high)} and ends at {number(end.value)}"
    return f"{curve.name} {went} in {plural(len(curve), 'value')}"


def _seems_better(curve: Curve) -> bool:
    """Whether the last value is better than the first by chance alone."""
    start, end = curve.start, curve.end
    gain = curve.better * (end.value - start.value) if start and end else 0.0
    return gain > 2 * max(curve.gained or 0.0, 0.0)


def _try(code: Code, optimizer: Optimizer | None) -> str:
    rates = "ten times higher and lower"
    if optimizer is not None and optimizer.learning_rate:
        others = " and ".join(f"{rate:g}" for rate in rates_to_try(optimizer, code.framework))
        rates = f"{others} instead of {optimizer.learning_rate:g}"
    return (
        "Train on 10 examples until they are learned by heart. If that fails, try learning rates "
        f"{rates}, and check labels, inputs and the last layer."
    )

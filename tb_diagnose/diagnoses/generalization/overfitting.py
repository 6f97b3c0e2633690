"""Validation gets worse while training still gets better.

Why it matters:
    From its best step on the model learns what is peculiar to the training data.

How it is judged:
    At equal steps: validation ends 2.5 % above its best, the surer the less it is, while the
    training loss fell by as much. Or the gap between both scores widens by a quarter of all
    examples. Or validation ends at ten times the training loss, and far from perfect.

When it stays silent:
    A gap that is there from the start, a rise of both (loss-divergence), and validation that rises
    by less than 3 % of its gain.

What to try:
    Keep the weights of the best step. Then more data, weight decay, dropout, a smaller model.

Sources:
    Prechelt 1998, "Early stopping - but when?"; Goodfellow et al. 2016, section 7.8.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from tb_diagnose.analysis.guessing import NOTHING
from tb_diagnose.analysis.learning_state import LOST, WELL, LearningState, does_well, moved
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.analysis.split_curves import APART, SplitCurves
from tb_diagnose.core.finding import Comparison, Evidence, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.noise import FEW
from tb_diagnose.roles.code import Code


class _Setup(NamedTuple):
    """What a suggestion depends on: the framework, the model and the score of validation."""

    code: Code
    model: ModelConfig | None
    score: Curve | None


@diagnosis(
    family="generalization",
    severity=Severity.WARNING,
    leads_to=("oversized-model", "missing-regularisation"),
    since="0.1",
)
class Overfitting:
    rise = limit(0.025, alarm=">=", unit="of the best", source="half of runmedic's 5 %")
    gap = limit(APART, alarm=">=", unit="of all examples", source="a quarter learned by heart")
    times = limit(10, alarm=">=", unit="× the training loss", source="healthy ones stay below")
    alone = limit(0.2, alarm=">=", unit="of the best", source="four times the usual")

    @method("losses of both splits")
    def by_splits(
        self,
        splits: tuple[SplitCurves, ...],
        code: Code,
        learning: LearningState,
        val_score: Curve | None = None,
        model: ModelConfig | None = None,
    ) -> Iterator[Evidence]:
        setup = _Setup(code, model, val_score)
        losses = [pair for pair in splits if pair.better < 0]
        losses = [pair for pair in losses if pair.training.finite >= FEW] or losses
        found = chain(
            (self._turned(pair, setup) for pair in losses[:1]),
            (self._parted(pair, setup) for pair in splits if pair.better > 0),
            (self._by_heart(pair, setup, learning) for pair in losses[:1]),
        )
        yield from islice(filter(None, found), 1)

    @method("the validation loss alone", points={"val_loss": 5})
    def by_validation(self, val_loss: Curve, code: Code) -> Iterator[Evidence]:
        rise, best, end = val_loss.rise, val_loss.best, val_loss.end
        if not (rise and best and end) or best.value <= 0 or not rise.persistent:
            return
        share = rise.value / best.value
        if self.alone.exceeded(share):
            yield Evidence(
                message=f"{val_loss.name} was best at step {best.step} ({number(best.value)}) and "
                f"ends at {number(end.value)}; no training loss is logged to compare it with.",
                suggestion=f"Keep the weights of step {best.step}: {code('stop early')}.",
                tag=val_loss.name,
                steps=(best.step, end.step),
                comparison=self.alone.compare(share),
            )

    def _turned(self, pair: SplitCurves, setup: _Setup) -> Evidence | None:
        """Validation that turned while training went on."""
        val, apart = pair.validation, pair.divergence
        if val.rise is None or not (val.best and val.end):
            return None
        if apart is None:
            return self._from_the_start(pair, setup)
        if val.best.value <= 0:
            return None
        rose = apart.validation_rise > NOTHING * (val.gained or 0.0)
        share, fell = apart.validation_share, apart.training_share
        if apart.training_peak >= self.times / 2:
            return None  # a blow-up that neither of both came back from
        # The smaller a rise the surer it has to be; two values behind the best can not be sure.
        few = (
            val.finite <= FEW
            and val.end.index - val.best.index > 1
            and self.alone.exceeded(2 * share)
        )
        risen = (val.end.value - val.best.value) / val.best.value
        sure = apart.persistent or val.rise.p_value < min(risen, self.alone)
        if not (rose and (sure or few) and self.rise.exceeded(fell)):
            return None
        # Where much of the loss cannot be learned, a small part of it is much of the gain.
        lost = apart.persistent and (val.rise.share or 0.0) >= LOST
        comparison = self.rise.compare(share)
        if not (comparison.holds or lost):
            return None
        return self._evidence(
            pair,
            f"{val.name} was best at step {val.best.step} ({number(val.best.value)}) and ends at "
            f"{number(val.end.value)}, {percent(risen)} worse, while {pair.training.name} improved "
            f"by another {percent(fell)}.",
            (val.best.step, val.end.step),
            comparison if comparison.holds else None,
            setup,
        )

    def _from_the_start(self, pair: SplitCurves, setup: _Setup) -> Evidence | None:
        """Validation that was best before training was logged, and both go on together."""
        val, train = pair.validation, pair.training
        if not (val.best and val.best_level and val.end and val.rise and pair.common):
            return None
        before = val.best.step < pair.common[0] and pair.validation_covered > self.alone
        share = val.rise.value / val.best_level.value if val.best_level.value > 0 else 0.0
        if not (before and val.rise.persistent and moved(train) and self.alone.exceeded(share)):
            return None
        return self._evidence(
            pair,
            f"{val.name} was best at step {val.best.step} ({number(val.best.value)}) and ends at "
            f"{number(val.end.value)}, while {train.name} falls.",
            (val.best.step, val.end.step),
            self.alone.compare(share),
            setup,
        )

    def _parted(self, pair: SplitCurves, setup: _Setup) -> Evidence | None:
        """Scores that part."""
        val, train, gap = pair.validation, pair.training, pair.gap
        if gap.highest is None or not self.gap.exceeded(gap.highest.value):
            return None  # then its level is not either
        if not (gap.end_level and gap.start_level and val.end and train.end):
            return None
        wide = gap.end_level.value - max(gap.start_level.value, 0.0)
        if not (gap.finite > 3 and self.gap.exceeded(wide)):
            return None
        onset = pair.gap_onset
        first = onset.step if onset else int(val.steps[0])
        return self._evidence(
            pair,
            f"{train.name} ends at {number(train.end.value)} and {val.name} at "
            f"{number(val.end.value)}: much of what is learned is learned by heart.",
            (first, val.end.step),
            self.gap.compare(wide),
            setup,
        )

    def _by_heart(
        self, pair: SplitCurves, setup: _Setup, learning: LearningState
    ) -> Evidence | None:
        """A training loss that sinks far below a validation loss that no longer follows it."""
        val, train = pair.validation, pair.training
        high, low = val.end_level, train.end_level
        if not (high and low and val.end and train.end and moved(train)):
            return None
        if min(high.value, low.value, val.end.value, train.end.value) <= 0:
            return None
        # At their ends, which are quoted: `SplitCurves.ratio` is that of the last common step.
        times, settled = high.value / low.value, val.within(high.value * self.rise * 2)
        well = does_well(val, setup.score, learning.chance, WELL)
        if well or settled is None or not self.times.exceeded(times):
            return None
        return self._evidence(
            pair,
            f"{val.name} ends at {number(val.end.value)} and {train.name} at "
            f"{number(train.end.value)}: what is still learned is learned by heart.",
            (settled.step, int(val.steps[-1])),
            self.times.compare(times),
            setup,
        )

    def _evidence(
        self,
        pair: SplitCurves,
        message: str,
        steps: Sequence[int],
        comparison: Comparison | None,
        setup: _Setup,
    ) -> Evidence:
        code, model = setup.code, setup.model
        dropout = model is not None and any(layer.kind == "Dropout" for layer in model.layers)
        more = "raise the dropout rate or weight decay" if dropout else code("regularize")
        return Evidence(
            message=message,
            suggestion=f"{_kept(pair, setup)}more data or augmentation, {more}, or a smaller "
            "model.",
            tag=pair.validation.name,
            related=(pair.training.name,),
            steps=tuple(steps),
            comparison=comparison,
        )


def _kept(pair: SplitCurves, setup: _Setup) -> str:
    """Which weights to keep: of the best loss, or of a score that is best later; not the last."""
    best, score = pair.validation.best, setup.score
    top = score.best if score is not None and score.better > 0 else None
    if best is None or best.index == len(pair.validation) - 1:
        return "To get further: "
    stop = f": {setup.code('stop early')}. To get further: "
    if score is not None and top is not None and top.step > best.step:
        return f"Keep the weights of step {top.step}, where {score.name} is best{stop}"
    return f"Keep the weights of step {best.step}{stop}"

"""The loss is still falling where the run ends.

Why it matters:
    The rest of what this model could learn was left on the table. Models compared at such a point
    are compared by their speed.

How it is judged:
    The training loss, and the validation loss where there is one, fall at their end, and would
    gain another eighth of all they gained in a further quarter of the run. Below 10 values, every
    value has to be below the one before. It is a warning where the run ends less than halfway from
    guessing to perfect.

When it stays silent:
    A run that still goes on; a validation loss that has stopped falling; a learning rate that has
    decayed to a hundredth of its peak.

What to try:
    Train on, as long as the validation loss falls.

Sources:
    Google, "Deep learning tuning playbook" (deciding how long to train).
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.learning_state import LearningState
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.analysis.run_state import RunState
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import number, percent
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.code import Code


def _running(state: RunState | None) -> str:
    return "the run goes on" if state is not None and state.growing else ""


@diagnosis(family="progress", severity=Severity.INFO, since="0.1", concerns=_running)
class UnfinishedTraining:
    gain = limit(0.125, alarm=">=", unit="of the gain so far", source="half of a straight line's")
    level = limit(0.05, alarm=">=", unit="of the level", source="worth another run")
    decayed = limit(0.01, alarm="<", unit="× the peak rate", source="the schedule has finished")

    @method("the training loss", points={"train_loss": 10})
    def by_loss(
        self,
        train_loss: Curve,
        code: Code,
        learning: LearningState,
        val_loss: Curve | None = None,
        learning_rate: Curve | None = None,
    ) -> Iterator[Evidence]:
        stands = val_loss is not None and not val_loss.still_improving
        if stands or not self._falls(train_loss) or self._finished(learning, learning_rate):
            return
        outlook = train_loss.outlook
        if outlook is not None and outlook.gain is not None:
            begin = train_loss.segments[-1].first
            yield self._evidence(train_loss, val_loss, begin, outlook.gain, learning, code)

    @method("losses of two to nine values", points={"train_loss": 2})
    def by_last_values(
        self,
        train_loss: Curve,
        code: Code,
        learning: LearningState,
        val_loss: Curve | None = None,
        learning_rate: Curve | None = None,
    ) -> Iterator[Evidence]:
        if self._finished(learning, learning_rate):
            return
        losses = [curve for curve in (train_loss, val_loss) if curve is not None]
        gains = [self._further(curve, early=learning.early) for curve in losses]
        if all(self.gain.exceeded(gain) for gain in gains):
            yield self._evidence(train_loss, val_loss, 0, min(gains), learning, code)

    def _evidence(
        self,
        train_loss: Curve,
        val_loss: Curve | None,
        begin: int,
        gain: float,
        learning: LearningState,
        code: Code,
    ) -> Evidence:
        last = number(float(train_loss.finite_values[-1]))
        return Evidence(
            message=f"{train_loss.name} still falls at its end ({last}): a quarter more of the run "
            f"would bring another {percent(gain)} of its gain at this pace"
            + (f", and {val_loss.name} falls too." if val_loss is not None else "."),
            suggestion=f"Train on while the validation loss falls, and {code('stop early')}.",
            tag=train_loss.name,
            related=(val_loss.name,) if val_loss is not None else (),
            steps=train_loss.span(begin),
            comparison=self.gain.compare(gain),
            severity=Severity.WARNING if learning.early else None,
        )

    def _further(self, loss: Curve, *, early: bool) -> float:
        """What a quarter more of a short run would add to its gain; 0 if it is not worth it."""
        values, further = loss.finite_values, loss.pace
        if not further:
            return 0.0
        worth = values[-1] > 0 and self.level.exceeded(further / float(values[-1]))
        if not (early or worth):
            return 0.0
        return further / float(values[0] - values[-1])

    def _falls(self, curve: Curve) -> bool:
        """Whether it falls at its end, enough to be worth going on."""
        outlook, level = curve.outlook, curve.end_level
        if outlook is None or outlook.direction < 1 or outlook.gain is None or level is None:
            return False
        further = outlook.gain * (curve.gained or 0.0)
        worth = self.level.exceeded(further / abs(level.value)) if level.value else False
        # What would more than double the gain is no pace but a moment.
        return bool(worth and self.gain.exceeded(outlook.gain) and outlook.gain <= 1)

    def _finished(self, learning: LearningState, rate: Curve | None) -> bool:
        """Whether there is nothing left to learn, or no rate left to learn with."""
        if learning.well:
            return True
        if rate is None or rate.highest is None or rate.end is None or rate.finite < 3:
            return False
        return rate.end.value < self.decayed * rate.highest.value or rate.highest.value == 0

"""The loss is still falling where the run ends.

Why it matters:
    The rest of what this model could learn was left on the table. Two models compared at such a
    point are compared by their speed, not by what they can do.

How it is judged:
    The training loss, and the validation loss where there is one, fall at their end, and would
    gain another eighth of all they gained in a further quarter of the run.

When it stays silent:
    Fewer than 10 values; a run that still goes on; a validation loss that has stopped falling; a
    learning rate that has decayed to a hundredth of its peak.

What to try:
    Train on, as long as the validation loss falls.

Sources:
    Google, "Deep learning tuning playbook" (deciding how long to train).
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.learning_state import Learned, LearningState
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
        learning: LearningState | None = None,
        val_loss: Curve | None = None,
        learning_rate: Curve | None = None,
    ) -> Iterator[Evidence]:
        stands = val_loss is not None and not val_loss.still_improving
        perfect = learning is not None and learning.state is Learned.PERFECT
        if stands or perfect or not self._falls(train_loss) or self._finished(learning_rate):
            return
        outlook, end = train_loss.outlook, train_loss.end
        if outlook is None or outlook.gain is None or end is None:
            return
        last = train_loss.segments[-1].first
        yield Evidence(
            message=f"{train_loss.name} still falls at its end ({number(end.value)}): a "
            "quarter more "
            f"of the run would bring another {percent(outlook.gain)} of its gain at this pace"
            + (f", and {val_loss.name} falls too." if val_loss is not None else "."),
            suggestion=f"Train on while the validation loss falls, and {code('stop early')}.",
            tag=train_loss.name,
            related=(val_loss.name,) if val_loss is not None else (),
            steps=train_loss.span(last),
            comparison=self.gain.compare(outlook.gain),
        )

    def _falls(self, curve: Curve) -> bool:
        """Whether it falls at its end, enough to be worth going on."""
        outlook, level = curve.outlook, curve.end_level
        if outlook is None or outlook.direction < 1 or outlook.gain is None or level is None:
            return False
        further = outlook.gain * (curve.gained or 0.0)
        worth = self.level.exceeded(further / abs(level.value)) if level.value else False
        return bool(worth and self.gain.exceeded(outlook.gain))

    def _finished(self, rate: Curve | None) -> bool:
        if rate is None or rate.highest is None or rate.end is None or rate.finite < 3:
            return False
        return bool(self.decayed.exceeded(rate.end.value / rate.highest.value))

"""One curve of a quantity ends long before the other.

Why it matters:
    What is compared at the end is not of the same time. A logger that stopped, or a validation
    that was skipped, hides the part of the run that decides.

How it is judged:
    A quantity that is logged on both splits: one of the two misses a quarter of the other's range
    and more, which is beyond two of its spacings.

When it stays silent:
    A run that still goes on, curves that end together, curves that share no range of steps.

What to try:
    Look at why nothing was written: an exception in the logger, a validation that is no longer
    called, a closed or another writer.

Sources:
    TensorBoard FAQ, "Is my data being logged correctly?".
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.run_state import RunState
from tb_diagnose.analysis.split_curves import SplitCurves
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import percent
from tb_diagnose.engine.contract import diagnosis, limit, method


def _running(state: RunState | None) -> str:
    return "the run goes on" if state is not None and state.growing else ""


@diagnosis(family="logging", severity=Severity.WARNING, since="0.2", concerns=_running)
class CurveEndsEarly:
    missing = limit(
        0.25, alarm=">=", unit="of the range", source="what decides is in the last part"
    )

    @method("curves of both splits")
    def by_splits(self, splits: tuple[SplitCurves, ...]) -> Iterator[Evidence]:
        for pair in splits:
            early = pair.early_end
            if early is None or not self.missing.exceeded(early.missing):
                continue
            curves = (pair.training, pair.validation)
            shorter, longer = curves if early.split == "training" else curves[::-1]
            yield Evidence(
                message=f"{shorter.name} ends at step {early.step}, {longer.name} goes on to step "
                f"{longer.steps[-1]}: {percent(early.missing)} of the run is not logged in it.",
                suggestion=f"Look at why {shorter.name} was no longer written: an exception in the "
                "logger, a validation that is not called, a writer that was closed.",
                tag=shorter.name,
                related=(longer.name,),
                steps=(early.step,),
                comparison=self.missing.compare(early.missing),
            )
            return

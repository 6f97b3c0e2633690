"""The log holds nothing by which a training could be judged.

Why it matters:
    A run without findings is not healthy if nothing was looked at. Mostly the writer was never
    flushed, logs go to another folder, or the loss is not logged.

How it is judged:
    There is no value at all, or nothing but learning rates, counters and times.

When it stays silent:
    One curve, histogram or table of anything else.

What to try:
    Log the loss; call ``writer.close()`` or ``flush()``; see that the folder is the one that the
    training writes to.

Sources:
    TensorBoard, README ("TensorBoard isn't showing any data! What's wrong?").
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.analysis.run_state import RunState
from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import listed, sentence
from tb_diagnose.core.run import Fact, Histograms, Series, Vitals
from tb_diagnose.engine.contract import diagnosis, method
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.tags import parse_tag

#: Kinds of curves that say nothing of how a training fares.
IDLE = frozenset(("learning_rate", "noise", "epoch"))


@diagnosis(family="logging", severity=Severity.WARNING, since="0.2")
class EmptyLog:
    @method("contents of the log")
    def by_contents(
        self,
        facts: tuple[Fact, ...],  # noqa: ARG002 (every log has them, an empty one too)
        code: Code,
        state: RunState | None = None,
        scalars: tuple[Series, ...] = (),
        histograms: tuple[Histograms, ...] = (),
        step_vitals: Vitals | None = None,
    ) -> Iterator[Evidence]:
        judged = any(parse_tag(curve.folder, curve.tag).kind not in IDLE for curve in scalars)
        if judged or histograms or step_vitals is not None:
            return
        names = [curve.name for curve in scalars]
        yield Evidence(
            message=f"The log holds nothing but {listed(names)}: no loss, score or reward."
            if names
            else "The log holds no value at all.",
            suggestion=sentence(code("log the loss")),
            tag=names[0] if names else "",
            steps=(int(scalars[0].steps[0]),) if names else (),
            severity=Severity.INFO if state is not None and state.growing else None,
        )

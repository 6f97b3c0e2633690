"""A part of the training was logged twice, because it was resumed from an earlier step.

Why it matters:
    TensorBoard draws both versions into one curve, which jumps back and zigzags. What looks like a
    spike or a collapse there is the log, not the model.

How it is judged:
    While the log is read, a session that begins at a step which an earlier one had passed, and goes
    on from there, is taken for a restart. The values it superseded are left out everywhere else,
    and counted here.

When it stays silent:
    A restart that goes on where the log ended; trainings of their own in one folder.

What to try:
    Nothing, if it was meant. Write checkpoints more often, and let each restart log to a folder of
    its own (or use ``purge_step`` of SummaryWriter).

Sources:
    TensorBoard, event_accumulator; PyTorch, ``SummaryWriter(purge_step=…)``.
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.run import Fact
from tb_diagnose.engine.contract import diagnosis, method


@diagnosis(family="logging", severity=Severity.INFO, since="0.1")
class OverlappingRestart:
    @method("sessions of the log")
    def by_facts(self, facts: tuple[Fact, ...]) -> Iterator[Evidence]:
        for fact in facts:
            if fact.kind == "overlap" and fact.numbers.get("dropped", 0) > 0:
                yield Evidence(
                    message=fact.message[:1].upper() + fact.message[1:],
                    suggestion="Read only the curve behind the restart, or let each restart log to "
                    "a folder of its own.",
                    tag=fact.where,
                )

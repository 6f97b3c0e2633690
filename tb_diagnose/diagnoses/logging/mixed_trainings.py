"""Several trainings are logged in one folder.

Why it matters:
    TensorBoard draws them into one curve, which jumps back and zigzags. Averages over it, best
    values and comparisons are those of no training.

How it is judged:
    While the log is read, sessions that begin again beside or after another are told apart from a
    restart that continues. Each is judged as a run of its own, with ``#1``, ``#2`` behind its name.
    Two writers that logged at the same time cannot be told apart: that is a warning, the other a
    note.

When it stays silent:
    One training in one folder, restarted or not.

What to try:
    Give each training a folder of its own, with the time or its settings in its name.

Sources:
    TensorBoard, README ("organize your logs: one run, one directory").
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import sentence
from tb_diagnose.core.run import Fact
from tb_diagnose.engine.contract import diagnosis, method
from tb_diagnose.roles.code import Code

#: Fact → whether what is judged may be a mixture.
KINDS = {"several-trainings": False, "several-writers": True}


@diagnosis(family="logging", severity=Severity.WARNING, since="0.2")
class MixedTrainings:
    @method("sessions of the log")
    def by_facts(self, facts: tuple[Fact, ...], code: Code) -> Iterator[Evidence]:
        for fact in facts:
            if fact.kind in KINDS:
                yield Evidence(
                    message=sentence(fact.message.partition(";")[0]),
                    suggestion=sentence(code("name the folder")),
                    tag=fact.where,
                    severity=None if KINDS[fact.kind] else Severity.INFO,
                )

"""Steps repeat or go back: the horizontal axis of the log does not mean time.

Why it matters:
    A curve whose steps repeat is drawn as a zigzag or a vertical bar, points that go back are
    dropped, and comparisons by step are wrong.

How it is judged:
    While the log is read, steps are compared in the order in which they were written. Values under
    one and the same step, steps that fall back within one training, and batch indices used as steps
    are told apart from a restart and from several trainings in one folder.

When it stays silent:
    Steps that increase; a restart whose overlap was taken out.

What to try:
    Count steps over the whole training: ``step=optimizer.iterations`` or
    ``epoch * len(loader) + batch``.

Sources:
    TensorBoard, event_accumulator (out-of-order steps are purged); tensorboard issues 3732, 1539.
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.format import plural
from tb_diagnose.core.run import Fact
from tb_diagnose.engine.contract import diagnosis, method

KINDS = {
    "steps-are-batch-indices": "Use a step that counts through the whole training: "
    "epoch * batches_per_epoch + batch.",
    "repeated-steps": "Give every value a step of its own, and every curve a tag of its own.",
    "backward-steps": "Let one writer count the steps, and restart into a new folder.",
}


@diagnosis(family="logging", severity=Severity.WARNING, since="0.1")
class DisorderedSteps:
    @method("steps in the order of writing")
    def by_facts(self, facts: tuple[Fact, ...]) -> Iterator[Evidence]:
        for kind, suggestion in KINDS.items():
            found = [fact for fact in facts if fact.kind == kind]
            if found:
                more = f" ({plural(len(found), 'curve')} in all)" if len(found) > 1 else ""
                yield Evidence(
                    message=found[0].message.rstrip(".") + more + ".",
                    suggestion=suggestion,
                    tag=found[0].where,
                    severity=Severity.INFO if kind == "repeated-steps" else None,
                    related=tuple(fact.where for fact in found[1:]),
                )

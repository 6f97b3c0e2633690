"""Parts of the log are damaged, cut off or cannot be read.

Why it matters:
    TensorBoard stops silently at the first damaged record, so that a run seems to have ended there.

How it is judged:
    Every record's length and payload are checked against their CRC-32C. Reading goes on at the next
    record whose checksums hold; what lies between is lost and named by its byte offsets. A last
    record that is not complete yet is usual while a run is being written: a note.

When it stays silent:
    Every record is intact.

What to try:
    Copy the file again (rsync -c), look at the disk, and let one process write one file. A pointer
    of a version control system is fetched with ``git lfs pull``. Where all checksums are wrong,
    ``--no-checksum`` reads the log.

Sources:
    TensorFlow, "TFRecord" format: masked CRC-32C of the length and of the data.
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.run import Fact
from tb_diagnose.engine.contract import diagnosis, method

FIXES = {
    "damaged-record": "Copy the file again from where it was written; everything intact is used.",
    "unreadable": "Give yourself the right to read it (chmod u+r), or copy it again.",
    "not-event-file": "Point tb-diagnose at the folder of the event files themselves; if this is "
    "one, its writer's checksums are wrong, and --no-checksum reads it.",
    "empty-file": "Nothing to do if the run has just begun; else the run died before logging.",
    "truncated-tail": "Nothing to do while the run goes on; else it was killed while writing.",
}
MILD = ("truncated-tail", "empty-file")


@diagnosis(family="logging", severity=Severity.WARNING, since="0.1")
class DamagedLog:
    @method("checksums of the records")
    def by_facts(self, facts: tuple[Fact, ...]) -> Iterator[Evidence]:
        for fact in facts:
            if fact.kind in FIXES:
                yield Evidence(
                    message=fact.message,
                    suggestion=FIXES[fact.kind],
                    tag=fact.where,
                    severity=Severity.INFO if fact.kind in MILD else None,
                )

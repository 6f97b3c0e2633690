"""The whole journey in one function: paths in, the document out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path

from tb_diagnose import fleet
from tb_diagnose.diagnosis import registry
from tb_diagnose.examine import Examination, compare, examine
from tb_diagnose.read import Cluster, NothingToRead, Place, clusters, load, place
from tb_diagnose.report.document import assembled
from tb_diagnose.report.run import run_part
from tb_diagnose.report.shapes import POINTS, Document, Problem, RunPart
from tb_diagnose.roles import ENABLE
from tb_diagnose.settings import Settings, Vocabulary

#: Told after every run's folder: how many are done, of how many.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Examined:
    """One run after its journey; the examination itself only where runs are to be compared."""

    part: RunPart
    examination: Examination | None


def checkup(
    paths: Sequence[str | Path],
    settings: Settings,
    *,
    jobs: int = 1,
    checksum: bool = True,
    progress: Progress | None = None,
) -> Document:
    """Examine every run below the paths.

    Args:
        paths: folders or event files, or addresses of remote ones such as s3://bucket/logs;
            relative ones stay relative in the document.
        settings: the user's choices.
        jobs: worker processes; 1 to work in this one.
        checksum: whether to verify the checksums of the records.
        progress: called after every run's folder.

    Raises:
        NothingToRead: where not one of the paths leads to an event file.
    """
    found, problems = _found(paths)
    if not found:
        raise NothingToRead("\n".join(each["says"] for each in problems))
    comparing = len(found) > 1 and any(each.several for each in registry().values())
    work = partial(journey, settings=settings, checksum=checksum, comparing=comparing)
    runs: list[Examined] = []
    for count, done in enumerate(fleet.spread(work, found, jobs), start=1):
        runs += done.result or ()
        if done.failure:
            path = str(done.item.path)
            problems.append(Problem(path=path, says=f"{path} was not read: {done.failure}"))
        if progress:
            progress(count, len(found))
    examinations = [each.examination for each in runs if each.examination is not None]
    across = compare(examinations, settings) if comparing else ()
    return assembled((each.part for each in runs), across, problems)


def journey(
    cluster: Cluster, *, settings: Settings, checksum: bool, comparing: bool
) -> list[Examined]:
    """One folder's runs, from bytes to parts of the document."""
    examinations = [examine(run, settings) for run in load(cluster, checksum=checksum)]
    return [Examined(run_part(each, POINTS), each if comparing else None) for each in examinations]


def vocabulary() -> Vocabulary:
    """The ids, limits, families and roles that settings may name."""
    known = registry()
    limits = {
        each.id: [field.name for field in fields(each.limits)] if each.limits else []
        for each in known.values()
    }
    needed = (need.role for each in known.values() for need in each.needs)
    families = {each.family: None for each in known.values()}
    return Vocabulary(limits, list(families), sorted({*ENABLE, *needed}))


def _found(paths: Sequence[str | Path]) -> tuple[list[Cluster], list[Problem]]:
    """The clusters below every path, each once, and the paths that lead to none."""
    found: dict[Place, Cluster] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            for cluster in clusters([place(path)]):
                found.setdefault(cluster.path.resolve(), cluster)
        except (NothingToRead, OSError) as error:
            problems.append(Problem(path=str(path), says=str(error)))
    return list(found.values()), problems

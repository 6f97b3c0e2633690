"""The whole journey in one function: paths in, the document out."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from difflib import get_close_matches
from functools import partial
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from tb_diagnose.core.run import Run
from tb_diagnose.core.settings import Settings, SettingsError, Vocabulary
from tb_diagnose.engine.compare import RunSummary, summarize_run
from tb_diagnose.engine.contract import registry
from tb_diagnose.engine.examine import Examination, compare, examine
from tb_diagnose.engine.onset import as_of
from tb_diagnose.parallel import dask_cluster as dask
from tb_diagnose.parallel import local as fleet
from tb_diagnose.parallel.local import Done
from tb_diagnose.read import Cluster, NothingToRead, clusters, gather, identity, load, place
from tb_diagnose.report.document import assembled
from tb_diagnose.report.pictures import Pictures, pictures, resolution
from tb_diagnose.report.run import run_part
from tb_diagnose.report.schema import POINTS, Document, Problem, RunPart
from tb_diagnose.roles.catalog import ROLES

#: So many small folders are read and then judged together, while they have no more points in all
#: (measured: with more, what is kept of them leaves a processor's caches).
_TOGETHER, _POINTS = 16, 1 << 17

#: Told after every run's folder: how many are done, of how many.
Progress = Callable[[int, int], None]


class Examined(NamedTuple):
    """One run after its journey.

    A glance at the run is kept where runs are to be compared, pictures where they are asked for.
    """

    part: RunPart
    summarize_run: RunSummary | None = None
    pictures: Pictures | None = None


def checkup(
    paths: Sequence[str | Path],
    settings: Settings,
    *,
    jobs: int | None = 1,
    cluster: str = "",
    checksum: bool = True,
    until: int | None = None,
    progress: Progress | None = None,
    album: dict[tuple[str, str], Pictures] | None = None,
    brief: bool = False,
) -> Document:
    """Examine every run below the paths.

    Args:
        paths: folders or event files, or addresses of remote ones such as s3://bucket/logs;
            relative ones stay relative in the document.
        settings: the user's choices.
        jobs: worker processes; 1 to work in this one, None for as many as pay.
        cluster: address of a Dask cluster to work on, whose workers see the same paths.
        checksum: whether to verify the checksums of the records.
        until: the step up to which each run is looked at, as it stood then; None for all.
        progress: called after every run's folder.
        album: where given, it is filled with what the offline report draws of each run, by the
            run's path and name.
        brief: leave out the curves that no finding names.

    Raises:
        SettingsError: where the baseline is none of the runs.
        NothingToRead: where not one of the paths leads to an event file.
        NoCluster: where no Dask cluster can do the work at that address.
    """
    found, problems = _found(paths, absolute=bool(cluster))
    if not found:
        raise NothingToRead("\n".join(each["message"] for each in problems))
    comparing = len(found) > 1 and any(each.several for each in registry().values())
    work = partial(
        journeys,
        settings=settings,
        checksum=checksum,
        comparing=comparing,
        until=until,
        drawing=0 if album is None else resolution(len(found)),
        brief=brief,
    )
    if cluster:
        spread = dask.spread(work, found, cluster)
    else:
        spread = fleet.spread(work, found, fleet.crew(len(found)) if jobs is None else jobs)
    runs: list[Examined] = []
    for done in _in_order(spread, len(found), progress):
        runs += done.result or ()
        if done.failure:
            path = str(done.item.path)
            problems.append(Problem(path=path, message=f"{path} was not read: {done.failure}"))
    if album is not None:
        album |= {
            (each.part["path"], each.part["name"]): each.pictures for each in runs if each.pictures
        }
    glances = [each.summarize_run for each in runs if each.summarize_run is not None]
    _check_baseline(settings.baseline, [each.part["name"] for each in runs])
    across = compare(glances, settings) if comparing else ()
    return assembled((each.part for each in runs), across, problems)


def _in_order(
    spread: Iterable[Done[Cluster, list[Examined]]], total: int, progress: Progress | None
) -> list[Done[Cluster, list[Examined]]]:
    """All that was done, in the order of the walk, whatever was finished first."""
    finished = []
    for done in spread:
        finished.append(done)
        if progress:
            progress(len(finished), total)
    return sorted(finished, key=lambda each: each.at)


def journeys(
    clusters: Sequence[Cluster],
    *,
    settings: Settings,
    checksum: bool,
    comparing: bool,
    until: int | None = None,
    drawing: int = 0,
    brief: bool = False,
) -> Iterator[list[Examined]]:
    """The runs of each folder, from bytes to parts of the document.

    ``until`` and ``brief`` are as in ``checkup``; ``drawing`` is how many points of a
    curve the pictures have, 0 for no pictures.
    """
    for folders in _together(clusters, checksum=checksum):
        runs = [run for each in folders for run in each]
        if until is not None:
            runs = [as_of(run, until, settings) for run in runs]
        examined = (examine(run, settings) for run in runs)
        for folder in folders:
            yield [
                _made(each, comparing=comparing, drawing=drawing, brief=brief)
                for each in islice(examined, len(folder))
            ]


def _together(clusters: Iterable[Cluster], *, checksum: bool) -> Iterator[list[list[Run]]]:
    """The runs of each folder: of several small folders at once, of a large one alone."""
    folders: list[list[Run]] = []
    points = 0
    for cluster in clusters:
        folders.append(load(cluster, checksum=checksum, walked=True))
        points += sum(run.points for run in folders[-1])
        if len(folders) == _TOGETHER or points > _POINTS:
            yield folders
            folders, points = [], 0
    if folders:
        yield folders


def _made(each: Examination, *, comparing: bool, drawing: int, brief: bool) -> Examined:
    part = run_part(each, POINTS, brief=brief)
    drawn = pictures(each.run, each.roles, part, drawing) if drawing else None
    glimpse = summarize_run(each.run.name, each.roles) if comparing else None
    return Examined(part, glimpse, drawn)


def vocabulary() -> Vocabulary:
    """The ids, limits, families and roles that settings may name."""
    known = registry()
    limits = {each.id: [limit.name for limit in each.limits] for each in known.values()}
    needed = (need.role for each in known.values() for need in each.roles)
    families = {each.family: None for each in known.values()}
    return Vocabulary(limits, list(families), sorted({*ROLES, *needed}))


def _check_baseline(baseline: str, names: Sequence[str]) -> None:
    """Raises SettingsError where a baseline is asked for that is none of the runs."""
    if baseline and baseline not in names:
        near = get_close_matches(baseline, names, n=1) or list(names[:1])
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise SettingsError(f"there is no run {baseline!r} to compare with{hint}")


def _found(paths: Sequence[str | Path], *, absolute: bool) -> tuple[list[Cluster], list[Problem]]:
    """The clusters below every path, each once, and the paths that lead to none.

    ``absolute`` paths are the same to a worker that was started elsewhere.
    """
    found: dict[Hashable, Cluster] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            where = place(path)
            if absolute and isinstance(where, Path):
                where = where.absolute()
            for cluster in clusters([where]):
                gather(found, cluster.node or identity(cluster.path), cluster)
        except (NothingToRead, OSError) as error:
            problems.append(Problem(path=str(path), message=str(error)))
    return list(found.values()), problems

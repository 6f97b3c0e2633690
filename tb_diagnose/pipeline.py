"""From paths to what is reported: find the runs, read and examine each, compare them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from tb_diagnose.core.finding import Outcome
from tb_diagnose.core.run import Run
from tb_diagnose.core.settings import Settings, SettingsError, Vocabulary
from tb_diagnose.engine.compare import RunSummary, summarize_run
from tb_diagnose.engine.contract import registry
from tb_diagnose.engine.examine import Examination, compare, examine
from tb_diagnose.engine.onset import as_of
from tb_diagnose.parallel import dask_cluster, local
from tb_diagnose.read import Cluster, NothingToRead, clusters, gather, identity, load, place
from tb_diagnose.report.document import assembled
from tb_diagnose.report.document.run import run_part
from tb_diagnose.report.document.schema import POINTS, Document, Problem, RunPart
from tb_diagnose.roles.catalog import ROLES

#: What is made of each run. It is called where the run was read, which may be a worker process.
Render = Callable[[Examination], Any]
#: Takes what was made of each run, in any order.
Take = Callable[[Any], object]


class Options(NamedTuple):
    """How runs are read.

    Attributes:
        jobs: worker processes; 1 to work in this one, None for as many as pay.
        cluster: address of a Dask cluster to work on, whose workers see the same paths.
        checksum: whether to verify the checksums of the records.
        until: the step up to which each run is examined, as it was then; None for all of it.
        progress: called after every folder with how many are done, of how many.
    """

    jobs: int | None = 1
    cluster: str = ""
    checksum: bool = True
    until: int | None = None
    progress: Callable[[int, int], None] | None = None


class Examined(NamedTuple):
    """What is kept of a run.

    Attributes:
        name: the run's name.
        rendered: what was made of it.
        summary: what other runs are compared with, None where nothing is compared.
        unmatched: role → near tag, for roles that the settings give to a curve it does not have.
    """

    name: str
    rendered: Any
    summary: RunSummary | None
    unmatched: dict[str, str]


class Found(NamedTuple):
    """The folders of runs below some paths, and the paths that lead to none."""

    folders: Sequence[Cluster]
    problems: Sequence[Problem]


class Overall(NamedTuple):
    """What is known once all runs are examined: comparisons, and paths that were not read."""

    comparisons: tuple[Outcome, ...]
    problems: list[Problem]


def diagnose(
    paths: Sequence[str | Path],
    settings: Settings,
    options: Options = Options(),  # noqa: B008  it is immutable
    *,
    brief: bool = False,
) -> Document:
    """The document of every run below the paths; a ``brief`` one has only curves in evidence.

    Raises what ``find`` and ``examine_all`` raise.
    """
    runs: list[RunPart] = []
    render = partial(run_part, points=POINTS, brief=brief)
    overall = examine_all(find(paths, options), settings, render, runs.append, options)
    return assembled(runs, overall.comparisons, overall.problems)


def find(paths: Sequence[str | Path], options: Options = Options()) -> Found:  # noqa: B008
    """The folders below every path, each once.

    Paths are folders, event files, or addresses such as ``s3://bucket/logs``; relative ones stay
    relative, except for a cluster, whose workers may have been started elsewhere. Raises
    NothingToRead where not one of them leads to an event file.
    """
    found: dict[Hashable, Cluster] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            where = place(path)
            if options.cluster and isinstance(where, Path):
                where = where.absolute()
            for cluster in clusters([where]):
                gather(found, cluster.node or identity(cluster.path), cluster)
        except (NothingToRead, OSError) as error:
            problems.append(Problem(path=str(path), message=str(error)))
    if not found:
        raise NothingToRead("\n".join(problem["message"] for problem in problems))
    return Found(list(found.values()), problems)


def examine_all(
    found: Found,
    settings: Settings,
    render: Render,
    take: Take,
    options: Options = Options(),  # noqa: B008  it is immutable
) -> Overall:
    """Examine every run that was found, and hand what ``render`` makes of it to ``take``.

    With several jobs or a cluster, ``render`` and what it makes must be picklable.

    Raises:
        SettingsError: where the baseline is none of the runs, or no run has a role's curve.
        NoCluster: where no Dask cluster can do the work at that address.
    """
    folders, problems = found.folders, list(found.problems)
    comparing = len(folders) > 1 and any(known.several for known in registry().values())
    work = partial(
        examine_folders,
        settings=settings,
        render=render,
        checksum=options.checksum,
        until=options.until,
        comparing=comparing,
    )
    names: list[str] = []
    summaries: list[RunSummary] = []
    unmatched = _Unmatched(settings)
    for done, result in enumerate(_spread(work, folders, options), 1):
        for run in result.result or ():
            names.append(run.name)
            unmatched.add(run.unmatched)
            if run.summary is not None:
                summaries.append(run.summary)
            take(run.rendered)
        if result.failure:
            path = str(result.item.path)
            message = f"{path} was not read: {result.failure}"
            problems.append(Problem(path=path, message=message))
        if options.progress:
            options.progress(done, len(folders))
    unmatched.check()
    _check_baseline(settings.baseline, names)
    summaries.sort(key=lambda summary: summary.run)
    return Overall(compare(summaries, settings) if comparing else (), problems)


def examine_folders(
    folders: Sequence[Cluster],
    *,
    settings: Settings,
    render: Render,
    checksum: bool = True,
    until: int | None = None,
    comparing: bool = False,
) -> Iterator[list[Examined]]:
    """What is kept of the runs of each folder."""
    for folder in folders:
        runs = load(folder, checksum=checksum, walked=True)
        if until is not None:
            runs = [as_of(run, until, settings) for run in runs]
        yield [_examined(run, settings, render, comparing=comparing) for run in runs]


def vocabulary() -> Vocabulary:
    """The ids, limits, families and roles that settings may name."""
    known = registry()
    limits = {
        diagnosis.id: [limit.name for limit in diagnosis.limits] for diagnosis in known.values()
    }
    needed = (need.role for diagnosis in known.values() for need in diagnosis.roles)
    families = {diagnosis.family: None for diagnosis in known.values()}
    return Vocabulary(limits, list(families), sorted({*ROLES, *needed}))


def _spread(
    work: local.Work[Cluster, list[Examined]], folders: Sequence[Cluster], options: Options
) -> Iterator[local.Done[Cluster, list[Examined]]]:
    if options.cluster:
        return dask_cluster.spread(work, folders, options.cluster)
    jobs = local.worker_count(len(folders)) if options.jobs is None else options.jobs
    return local.spread(work, folders, jobs)


def _examined(run: Run, settings: Settings, render: Render, *, comparing: bool) -> Examined:
    examination = examine(run, settings)
    return Examined(
        run.name,
        render(examination),
        summarize_run(examination.analysis) if comparing else None,
        _unmatched(run, settings),
    )


def _unmatched(run: Run, settings: Settings) -> dict[str, str]:
    """Roles that the settings give to a curve that the run does not have, with a near tag."""
    if not settings.roles:
        return {}
    tags = sorted({tag for curve in run.scalars for tag in (curve.tag, curve.name)})
    return {
        role: next(iter(get_close_matches(tag, tags, n=1, cutoff=0.4)), "")
        for role, tag in settings.roles.items()
        if tag and tag not in tags
    }


class _Unmatched:
    """Roles of the settings whose curve no run has had so far."""

    def __init__(self, settings: Settings) -> None:
        self._tags = {role: tag for role, tag in settings.roles.items() if tag}
        self._near: dict[str, str] = dict.fromkeys(self._tags, "")

    def add(self, unmatched: dict[str, str]) -> None:
        """What one more run does not have."""
        known = self._near.items()
        self._near = {role: near or unmatched[role] for role, near in known if role in unmatched}

    def check(self) -> None:
        """Raises SettingsError where a role's curve is in no run."""
        for role, near in self._near.items():
            tag = self._tags[role]
            hint = f"did you mean {near!r}?" if near else "TensorBoard's Scalars tab lists the tags"
            raise SettingsError(f"no run has a curve {tag!r} to use as {role}; {hint}")


def _check_baseline(baseline: str, names: Sequence[str]) -> None:
    """Raises SettingsError where a baseline is asked for that is none of the runs."""
    if baseline and baseline not in names:
        near = get_close_matches(baseline, names, n=1) or list(names[:1])
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise SettingsError(f"there is no run {baseline!r} to compare with{hint}")

"""The walk of a log directory: which folders could belong to one run."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tb_diagnose.read.peek import scalars_group, trial

#: Sub-folders that hold a split of the same training, by their names.
_SPLIT = re.compile(
    r"train|training|trn|validation|valid|val|dev|test|testing|eval(uation)?([-_.].+)?",
    re.IGNORECASE,
)
_TRAINING = re.compile(r"train|training|trn", re.IGNORECASE)
_DEEPEST = 64


class NothingToRead(Exception):
    """There is no event file to read: one sentence that says where and what to do."""


@dataclass(frozen=True)
class Folder:
    """A folder whose event files belong to a run.

    Attributes:
        path: where it is.
        relative: the same relative to the cluster, ``""`` for the cluster's own folder.
        only: names of the only files to read; all event files where it is empty.
    """

    path: Path
    relative: str
    only: tuple[str, ...] = ()

    def event_files(self) -> list[str]:
        """Names of its event files, in the order of the time stamps in them.

        Raises OSError where the folder cannot be listed.
        """
        return [name for name in _listing(self.path).files if not self.only or name in self.only]


@dataclass(frozen=True)
class Cluster:
    """The folders that one run may be spread over: an independent unit of work.

    Attributes:
        root: the path that was given.
        name: the cluster's folder relative to ``root``, or the root's own name.
        path: the cluster's folder.
        folders: those that held event files when the walk came by; see ``members``.
    """

    root: Path
    name: str
    path: Path
    folders: tuple[Folder, ...]

    def members(self) -> tuple[Folder, ...]:
        """The folders that belong to it now, such as a ``validation`` that was not there yet."""
        if any(folder.only for folder in self.folders):
            return self.folders
        found = _members(self.path, _Listings())
        known = {folder.relative for folder in found}
        return (*found, *(folder for folder in self.folders if folder.relative not in known))


@dataclass
class _Listing:
    """Event files and sub-folders of one folder; ``error`` where it cannot be listed."""

    files: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    error: OSError | None = None

    @property
    def bears_events(self) -> bool:
        return bool(self.files) or self.error is not None


class _Listings:
    """Lists each folder once; keeps a listing only as long as the walk is near it."""

    def __init__(self) -> None:
        self._known: dict[Path, _Listing] = {}

    def of(self, path: Path) -> _Listing:
        if path not in self._known:
            try:
                self._known[path] = _listing(path)
            except OSError as error:
                self._known[path] = _Listing(error=error)
        return self._known[path]

    def forget(self, path: Path) -> None:
        self._known.pop(path, None)


def clusters(paths: Sequence[Path]) -> Iterator[Cluster]:
    """Walks folders, or takes single event files; yields units of work lazily, in sorted order.

    Follows symbolic links, but not in circles. Raises ``NothingToRead`` for a path below which
    there is no event file.
    """
    for path in map(Path, paths):
        if path.is_dir():
            yield from _below(path)
        elif path.is_file() and "tfevents" in path.name:
            folder = Folder(path.parent, "", (path.name,))
            yield Cluster(path, path.name, path.parent, (folder,))
        elif path.exists():
            raise NothingToRead(
                f"{path} is no event file (its name lacks 'tfevents'); "
                "give an event file or the folder that holds them."
            )
        else:
            raise NothingToRead(f"{path} does not exist; check the path of the log directory.")


def _below(root: Path) -> Iterator[Cluster]:
    found = False
    for cluster in _walk(root, root, _Listings(), ()):
        found = True
        yield cluster
    if not found:
        raise NothingToRead(
            f"no event files (names containing 'tfevents') below {root}; "
            "give the directory that the training writes its logs to."
        )


def _walk(
    root: Path, path: Path, listings: _Listings, above: tuple[tuple[int, int], ...]
) -> Iterator[Cluster]:
    here = _identity(path)
    if here in above or len(above) > _DEEPEST:
        return
    folders = _members(path, listings)
    if folders:
        yield Cluster(root, _name(root, path), path, folders)
    taken = {folder.path for folder in folders}
    for name in listings.of(path).folders:
        yield from _untaken(root, path / name, listings, (*above, here), taken)
    listings.forget(path)


def _untaken(
    root: Path,
    path: Path,
    listings: _Listings,
    above: tuple[tuple[int, int], ...],
    taken: set[Path],
) -> Iterator[Cluster]:
    """Clusters below ``path``, which may itself already be part of one."""
    if path not in taken:
        if any(each.is_relative_to(path) for each in taken):
            # On the way to side folders: look further for folders that are none.
            for name in listings.of(path).folders:
                yield from _untaken(root, path / name, listings, above, taken)
            return
        yield from _walk(root, path, listings, above)
        return
    for name in listings.of(path).folders:
        yield from _untaken(root, path / name, listings, above, taken)


def _members(path: Path, listings: _Listings) -> tuple[Folder, ...]:
    """The folders that make up a run at ``path``; none where no run is."""
    own = listings.of(path)
    bearing = [name for name in own.folders if listings.of(path / name).bears_events]
    splits = [name for name in bearing if _SPLIT.fullmatch(name)]
    found = []
    if own.bears_events:
        found = [Folder(path, "")]
        sides = _sides(path, listings, set(splits))
    elif not _one_training(splits, bearing):
        return ()
    else:
        sides = []
    return (*found, *(Folder(path / name, name) for name in sorted([*splits, *sides])))


def _one_training(splits: list[str], bearing: list[str]) -> bool:
    """Whether sub-folders named like splits are splits, below a folder without event files.

    A folder ``test`` beside ``exp1`` and ``exp2`` is the name of an experiment.
    """
    if not splits:
        return False
    return len(splits) == len(bearing) or (
        len(splits) > 1 and any(map(_TRAINING.fullmatch, splits))
    )


def _sides(path: Path, listings: _Listings, splits: set[str]) -> list[str]:
    """Folders that ``add_scalars`` and ``add_hparams`` write beside a run's own files."""
    found = []
    pending = [name for name in listings.of(path).folders if name not in splits]
    while pending:
        relative = pending.pop()
        listing = listings.of(path / relative)
        if not listing.files:
            if relative.count("/") < 8 and not listing.error:
                pending += [f"{relative}/{name}" for name in listing.folders]
        elif not listing.folders:
            file = path / relative / listing.files[0]
            if scalars_group(file, relative) or ("/" not in relative and trial(file)):
                found.append(relative)
    return found


def _listing(path: Path) -> _Listing:
    listing = _Listing()
    with os.scandir(path) as entries:
        for entry in entries:
            with suppress(OSError):
                if entry.is_dir():
                    listing.folders.append(entry.name)
                elif "tfevents" in entry.name and entry.is_file():
                    listing.files.append(entry.name)
    listing.folders.sort()
    listing.files.sort(key=_by_time)
    return listing


def _by_time(name: str) -> tuple[float, str]:
    stamp = re.search(r"tfevents\.(\d+(?:\.\d+)?)", name)
    return float(stamp.group(1)) if stamp else 0.0, name


def _identity(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError:
        return -1, -1
    return status.st_dev, status.st_ino


def _name(root: Path, path: Path) -> str:
    if path == root:
        return root.name if root.name not in ("", "..") else root.resolve().name
    return path.relative_to(root).as_posix()

"""Finding the runs below a log directory: which folders could belong to one run."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from tb_diagnose.read.sniff import scalars_group, trial
from tb_diagnose.read.sources.listing import Listing, Listings
from tb_diagnose.read.sources.remote import Remote
from tb_diagnose.read.sources.source import Place, below, is_virtual, readable

#: Sub-folders that hold a split of the same training, by their names.
_SPLIT = re.compile(
    r"train|training|trn|validation|valid|val|dev|test|testing|eval(uation)?([-_.].+)?",
    re.IGNORECASE,
)
_TRAINING = re.compile(r"train|training|trn", re.IGNORECASE)
#: Folders below one another that are walked.
_DEEPEST = 64
#: Folders below a run in which those that ``add_scalars`` wrote are looked for.
_DEEPEST_SIDE = 8
K = TypeVar("K", bound=Hashable)


class NothingToRead(Exception):
    """There is no event file to read: one sentence that says where and what to do."""


class Folder(NamedTuple):
    """A folder whose event files belong to a run.

    Attributes:
        path: where it is.
        relative: the same relative to the cluster, ``""`` for the cluster's own folder.
        only: names of the only files to read; all event files where it is empty.
    """

    path: Place
    relative: str
    only: tuple[str, ...] = ()

    def event_files(self, listings: Listings | None = None) -> list[str]:
        """Names of its event files, in the order of the time stamps in them.

        Raises OSError where the folder cannot be listed. ``listings`` knows what is listed already.
        """
        listing = (listings or Listings()).of(self.path)
        if listing.error is not None:
            raise listing.error
        return [name for name in listing.files if not self.only or name in self.only]


class Cluster(NamedTuple):
    """The folders that one run may be spread over: an independent unit of work.

    Attributes:
        name: the cluster's folder relative to the path that was given, or that path's own name.
        path: the cluster's folder.
        folders: those that held event files when the walk came by; see ``members``.
        node: the ``identity`` of its folder, None if it was not asked for.
        listing: what the walk saw in its folder, None where that is listed again.
    """

    name: str
    path: Place
    folders: tuple[Folder, ...]
    node: Hashable = None
    listing: Listing | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        """To be sent to a worker: with what is known of its own folders, not of all there are."""
        path, folders, node, listing = self.path, self.folders, self.node, self.listing
        if isinstance(path, Remote):
            path = path.alone([each.relative for each in folders])
            node = listing = None
            folders = tuple(
                each._replace(path=path / each.relative if each.relative else path)
                for each in folders
            )
        return Cluster, (self.name, path, folders, node, listing)

    def members(self, listings: Listings | None = None) -> tuple[Folder, ...]:
        """The folders that belong to it now, such as a ``validation`` that was not there yet.

        ``listings`` comes to know what had to be listed for it.
        """
        if any(folder.only for folder in self.folders):
            return self.folders
        return _members(self.path, listings or Listings())

    def joined(self, other: Cluster) -> Cluster:
        """This cluster and another one of the same folder, each whole or single files of it."""
        (own, *_), (its, *_) = self.folders, other.folders
        if not own.only or not its.only:
            return other if own.only else self
        files = tuple(dict.fromkeys((*own.only, *its.only)))
        name = _name(self.path, self.path) if len(files) > 1 else self.name
        return Cluster(name, self.path, (own._replace(only=files),), self.node)


def gather(found: dict[K, Cluster], key: K, cluster: Cluster) -> None:
    """Puts a cluster among those ``found``, joined with what came before of the same folder.

    ``key`` tells folders apart.
    """
    before = found.get(key)
    found[key] = before.joined(cluster) if before else cluster


def clusters(paths: Sequence[Place]) -> Iterator[Cluster]:
    """Walks folders, or takes single event files; yields units of work lazily, in sorted order.

    Follows symbolic links, but visits each folder once, however it is reached. Raises
    ``NothingToRead`` for a path below which there is no event file, and, in the end, for one below
    which folders were too deep to be visited.
    """
    for path in paths:
        if isinstance(path, Remote):
            path.store.scan(path.key)
        if path.is_dir():
            yield from _below(path)
        elif path.is_file() and "tfevents" in path.name:
            folder = Folder(path.parent, "", (path.name,))
            yield Cluster(readable(path.name), path.parent, (folder,))
        elif isinstance(path, Path) and path.exists():
            raise NothingToRead(
                f"{path} is no event file (its name lacks 'tfevents'); "
                "give an event file or the folder that holds them."
            )
        else:
            raise NothingToRead(f"{path} does not exist; check the path of the log directory.")


def _below(root: Place) -> Iterator[Cluster]:
    walk = _Walk(root)
    yield from walk.clusters(root, 0)
    if walk.too_deep is not None:
        raise NothingToRead(
            f"{readable(str(walk.too_deep))} lies more than {_DEEPEST} folders below "
            f"{readable(str(root))} and was not searched; give it as a path of its own."
        )
    if not walk.found:
        raise NothingToRead(
            f"no event files (names containing 'tfevents') below {root}; "
            "give the directory that the training writes its logs to."
        )


class _Walk:
    """A walk through all folders below ``root``.

    Attributes:
        found: whether there is any cluster.
        too_deep: a folder that was not visited.
    """

    def __init__(self, root: Place) -> None:
        self.found = False
        self.too_deep: Place | None = None
        self._root = root
        self._listings = Listings()
        self._visited: set[Hashable] = set()

    def clusters(self, path: Place, depth: int) -> Iterator[Cluster]:
        """The clusters in a folder and below it."""
        here = identity(path)
        if here in self._visited or (isinstance(path, Path) and is_virtual(here)):
            return
        if depth > _DEEPEST:
            self.too_deep = self.too_deep or path
            return
        self._visited.add(here)
        folders, listing = _members(path, self._listings), self._listings.of(path)
        if folders:
            self.found = True
            yield Cluster(_name(self._root, path), path, folders, here, listing)
        if listing.folders:
            taken = _with_parents(path, folders)
            for folder in self._listings.below(path):
                yield from self._untaken(folder, depth + 1, taken)
        self._listings.forget(path)

    def _untaken(self, path: Place, depth: int, taken: set[Place]) -> Iterator[Cluster]:
        """Clusters below ``path``, which may itself be ``taken``: part of one, or on the way."""
        if path not in taken:
            yield from self.clusters(path, depth)
            return
        here = identity(path)
        if here not in self._visited and depth <= _DEEPEST:
            self._visited.add(here)
            for folder in self._listings.below(path):
                yield from self._untaken(folder, depth + 1, taken)


def _with_parents(path: Place, folders: Sequence[Folder]) -> set[Place]:
    """These folders, and all that lie between ``path`` and them."""
    found = {path}
    for folder in folders:
        place = folder.path
        while place not in found:
            found.add(place)
            place = place.parent
    return found


def _members(path: Place, listings: Listings) -> tuple[Folder, ...]:
    """The folders that make up a run at ``path``; none where no run is."""
    own = listings.of(path)
    if not own.folders:
        return (Folder(path, ""),) if own.bears_events else ()
    inner = zip(own.folders, listings.below(path), strict=True)
    bearing = [name for name, place in inner if listings.of(place).bears_events]
    splits = [name for name in bearing if _SPLIT.fullmatch(name)]
    found = []
    if own.bears_events:
        found = [Folder(path, "")]
        sides = _sides(path, listings, set(splits))
    elif _one_training(splits, bearing):
        sides = []
    elif len(bearing) > 1 and all(_is_group(path, name, listings) for name in bearing):
        splits, sides = [], bearing  # add_scalars alone, whose own file was not kept
    else:
        return ()
    return (*found, *(Folder(path / name, name) for name in sorted([*splits, *sides])))


def _is_group(path: Place, name: str, listings: Listings) -> bool:
    """Whether ``add_scalars`` wrote a folder, for one of its curves."""
    listing = listings.of(path / name)
    return not listing.folders and scalars_group(path / name / listing.files[0], name)


def _one_training(splits: list[str], bearing: list[str]) -> bool:
    """Whether sub-folders named like splits are splits, below a folder without event files.

    A folder ``test`` beside ``exp1`` and ``exp2`` is the name of an experiment.
    """
    if not splits:
        return False
    return len(splits) == len(bearing) or (
        len(splits) > 1 and any(map(_TRAINING.fullmatch, splits))
    )


def _sides(path: Place, listings: Listings, splits: set[str]) -> list[str]:
    """Folders that ``add_scalars`` and ``add_hparams`` write beside a run's own files."""
    found = []
    visited: set[Hashable] = {identity(path)}
    pending = [name for name in listings.of(path).folders if name not in splits]
    while pending:
        relative = pending.pop()
        here = identity(path / relative)
        if here in visited:
            continue
        visited.add(here)
        listing = listings.of(path / relative)
        if not listing.files:
            if relative.count("/") < _DEEPEST_SIDE and not listing.error:
                pending += [f"{relative}/{name}" for name in listing.folders]
        elif not listing.folders:
            file = path / relative / listing.files[0]
            if scalars_group(file, relative) or ("/" not in relative and trial(file)):
                found.append(relative)
    return found


def identity(path: Place) -> Hashable:
    """What tells a folder from all others, whatever path leads to it."""
    if isinstance(path, Path):
        with suppress(OSError):
            status = path.stat()
            return status.st_dev, status.st_ino
    return path


def _name(root: Place, path: Place) -> str:
    if path == root:
        return readable(root.name if root.name not in ("", "..") else root.resolve().name)
    return readable(below(root, path))

"""Files and folders of an object store or another remote file system, by way of fsspec.

What costs there is the number of questions, not the number of bytes: each takes some ten
milliseconds. So everything below a folder is listed at once, a thousand names an answer, which
tells the sizes of all files too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple
from zlib import crc32

_SCHEME = re.compile(r"[a-zA-Z][0-9a-zA-Z.+-]+://")

#: What stores say of a file that is another one whenever its content is.
_VERSIONS = ("ETag", "etag", "md5Hash", "LastModified", "last_modified", "mtime", "created")


def is_remote(text: str) -> bool:
    """Whether this is an address such as ``s3://bucket/logs``, and no local path."""
    return _SCHEME.match(text) is not None


class Status(NamedTuple):
    """As much of ``os.stat_result`` as reading needs.

    The growing object of a store is a new object each time, with the old one at its beginning: no
    number tells it from another one, so that ``st_ino`` is always the same. ``st_mtime_ns`` is no
    moment, but a number that changes with the object's version.
    """

    st_size: int
    st_mtime_ns: int = 0
    st_ctime_ns: int = 0
    st_dev: int = 1
    st_ino: int = 1


#: Names in a folder → what is known of a file, None for a folder.
_Folder = dict[str, Status | None]


def _status(info: Mapping[str, Any]) -> Status:
    version = next((str(info[key]) for key in _VERSIONS if info.get(key)), "")
    return Status(int(info.get("size") or 0), crc32(version.encode()))


class Store:
    """A remote file system, and what is known of its folders."""

    def __init__(self, system: Any, scheme: str) -> None:
        self.system = system
        self.scheme = scheme
        self._folders: dict[str, _Folder] = {}
        self._scanned: str | None = None

    def scan(self, key: str) -> None:
        """Lists everything below a folder, or looks at a file."""
        with _asking():
            found = self.system.find(key, detail=True)
        self.knows(key, {path: _status(info) for path, info in found.items()})

    def knows(self, key: str, files: Mapping[str, Status]) -> None:
        """Takes these for all the files below a folder."""
        self._folders, self._scanned = {}, key
        for path, status in files.items():
            if "tfevents" in path.rpartition("/")[2]:
                self._add(path, status)

    def _add(self, path: str, status: Status | None) -> None:
        """Enters a file or folder into the folder that holds it, and that one likewise."""
        above, _, name = path.rpartition("/")
        known = above in self._folders
        self._folders.setdefault(above, {})[name] = status
        if not known and above and above != self._scanned:
            self._add(above, None)

    def folder(self, key: str) -> _Folder:
        """What is in a folder: as scanned, or else as it is now. Raises OSError."""
        if self._scanned is not None and f"{key}/".startswith(f"{self._scanned}/"):
            return self._folders.get(key, {})
        with _asking():
            entries = self.system.ls(key, detail=True)
        found: _Folder = {}
        for each in entries:
            name = each["name"].rstrip("/").rpartition("/")[2]
            found[name] = None if each["type"] == "directory" else _status(each)
        self._folders[key] = found
        return found

    def status(self, key: str) -> Status:
        """What is known of a file as last listed, or else as it is now. Raises OSError."""
        above, _, name = key.rpartition("/")
        known = self._folders.get(above, {}).get(name)
        if known is not None:
            return known
        with _asking():
            return _status(self.system.info(key))

    def read(self, key: str, first: int, last: int) -> bytes:
        with _asking():
            content: bytes = self.system.cat_file(key, start=first, end=last)
        return content


@dataclass(frozen=True)
class Remote:
    """A file or folder of a store: the part of ``pathlib.Path`` that reading needs."""

    store: Store
    key: str

    def __str__(self) -> str:
        return f"{self.store.scheme}://{self.key.lstrip('/')}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Remote) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    def __truediv__(self, name: str) -> Remote:
        return Remote(self.store, f"{self.key.rstrip('/')}/{name}" if self.key else name)

    @property
    def name(self) -> str:
        return self.key.rstrip("/").rpartition("/")[2]

    @property
    def parent(self) -> Remote:
        return Remote(self.store, self.key.rpartition("/")[0])

    def resolve(self) -> Remote:
        return self

    def is_dir(self) -> bool:
        return bool(self.store.folder(self.key))

    def is_file(self) -> bool:
        try:
            return self.stat().st_size >= 0
        except FileNotFoundError:
            return False

    def stat(self) -> Status:
        """As it was last listed. Raises OSError."""
        return self.store.status(self.key)

    def alone(self, folders: Iterable[str]) -> Remote:
        """The same folder, whose store knows of the files in these folders of it alone."""
        store = Store(self.store.system, self.store.scheme)
        store.knows(
            self.key,
            {
                f"{each.key}/{name}": status
                for each in (self / folder if folder else self for folder in folders)
                for name, status in self.store.folder(each.key).items()
                if status is not None
            },
        )
        return Remote(store, self.key)

    def entries(self) -> Iterator[tuple[str, bool]]:
        """Name of each file and folder in it, and whether it is a folder. Raises OSError."""
        for name, status in self.store.folder(self.key).items():
            yield name, status is None


def remote(address: str) -> Remote:
    """The place at an address. Raises OSError where what it takes is not installed."""
    scheme = address.partition("://")[0]
    cure = "install it with: pip install 'tb-diagnose[remote]'"
    try:
        from fsspec.core import url_to_fs  # noqa: PLC0415  comes with an extra
    except ImportError as error:
        raise OSError(f"reading {address} needs fsspec, which is missing; {cure}") from error
    try:
        # What was listed a while ago would hide what has been written since.
        system, key = url_to_fs(address, use_listings_cache=False)
    except ImportError as error:
        raise OSError(f"reading {address} needs the package for {scheme}://; {cure}") from error
    except ValueError as error:
        raise OSError(f"cannot read {address}: {error}") from error
    return Remote(Store(system, scheme), key.rstrip("/"))


@contextmanager
def _asking() -> Iterator[None]:
    """Every way in which a store fails, as an OSError: no right to read, no network."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        words = " ".join(str(error).split())
        raise OSError(f"{type(error).__name__}: {words}") from error

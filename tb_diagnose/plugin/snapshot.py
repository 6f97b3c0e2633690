"""What the tab shows at one moment. Nothing in here changes once it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tb_diagnose.live.folder import RunData
from tb_diagnose.report.document.schema import Document, RunPart

State = Literal["starting", "empty", "ready", "error"]


@dataclass(frozen=True, eq=False)
class Entry:
    """One run.

    Attributes:
        part: its part of the document.
        line: its line in the list of runs.
        data: gives its curves and their roles; reads them again where they were put aside, and
            raises LookupError where the run is gone meanwhile.
    """

    part: RunPart
    line: Mapping[str, Any]
    data: Callable[[], RunData]


@dataclass(frozen=True, eq=False)
class Snapshot:
    """Everything that the routes answer from; ``read`` of the ``folders`` found are known."""

    version: int
    state: State
    message: str = ""
    sampled: bool = False
    read: int = 0
    folders: int = 0
    entries: Mapping[str, Entry] = field(default_factory=dict)
    document: Document | None = None

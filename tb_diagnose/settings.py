"""What a user may decide: which diagnoses run, their limits, which tag plays which role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    """A user's choices, from a configuration file and flags.

    Attributes:
        select: only these diagnoses (ids or families); empty for all.
        ignore: not these diagnoses (ids or families).
        limits: diagnosis id → name of a limit → value to use instead of the default.
        roles: role → curve to use for it (``Series.name`` or a bare tag), or ``""`` for none.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    limits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)

"""Numbers and steps as a person writes them. Pure functions, shared by all diagnoses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.run import Series

#: Evidence names at most so many steps: the first ones, which is where to look.
MOST_STEPS = 20


def number(value: float) -> str:
    """``0.0312``, ``1.1e15``, ``12,000``: three significant digits, never a long tail."""
    if not np.isfinite(value):
        return "NaN" if np.isnan(value) else ("-infinity" if value < 0 else "infinity")
    size = abs(value)
    if size != 0 and (size < 1e-3 or size >= 1e6):
        mantissa, exponent = f"{value:.2e}".split("e")
        return f"{float(mantissa):g}e{int(exponent)}"
    if size >= 999.5:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def percent(share: float) -> str:
    """``0.034`` → ``3.4 %``."""
    return f"{number(100 * share)} %"


def plural(count: int, noun: str) -> str:
    """``1 value``, ``2 values``, ``12,000 values``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def steps_of(series: Series, where: NDArray[Any]) -> tuple[int, ...]:
    """The steps of a curve that a mask or an index array selects: ``MOST_STEPS``, with the last."""
    return few_steps(series.steps[where].tolist())


def few_steps(steps: Sequence[int]) -> tuple[int, ...]:
    """The first of all steps, and the last, so that their span stays; ``MOST_STEPS`` at most."""
    return (*steps[: MOST_STEPS - 1], *steps[MOST_STEPS - 1 :][-1:])


def listed(names: list[str], most: int = 3) -> str:
    """``a, b, c and 4 more``."""
    if len(names) <= most:
        return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"


def sentence(clause: str) -> str:
    """A clause as a sentence: its first letter large, a full stop at its end."""
    return clause[:1].upper() + clause[1:].rstrip(".") + "."

"""A log by which nothing can be judged."""

from __future__ import annotations

import pytest

from tests.cases import Cases, clear, curve, distribution, made, speaks

RATE = curve([1e-3] * 9, "lr", "")

SPEAKS: Cases = {
    "no value at all": {"scalars": ()},
    "learning rates alone": {"scalars": (RATE,)},
    "counters and times": {"scalars": (curve(range(9), "epoch", ""), curve([3] * 9, "fps", ""))},
}

CLEAR: Cases = {
    "one loss": {"scalars": (RATE, curve([1], "loss"))},
    "a curve that nobody knows": {"scalars": (curve([1, 2], "temperature"),)},
    "a histogram": {"scalars": (), "histograms": (distribution([1.0]),)},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("empty-log", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", CLEAR)
def test_it_is_clear(case: str) -> None:
    clear("empty-log", **made(CLEAR[case]))


def test_it_names_what_there_is() -> None:
    (evidence,) = speaks("empty-log", scalars=(RATE,))
    assert evidence.message == "The log holds nothing but lr: no loss, score or reward."
    assert evidence.severity is None

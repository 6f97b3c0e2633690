"""Counts, durations and steps as people say them."""

from __future__ import annotations

import pytest

from tb_diagnose.report.text.phrases import brief, duration, many, span


@pytest.mark.parametrize(
    ("value", "message"),
    (
        (1.1e15, "1.1e15"),
        (0.001, "0.001"),
        (1e-5, "1e-5"),
        (1.609438, "1.609"),
        (0.0, "0"),
        ("NaN", "NaN"),
        ("-Infinity", "−∞"),
    ),
)
def test_brief(value: float | str, message: str) -> None:
    assert brief(value) == message


@pytest.mark.parametrize(
    ("count", "message"),
    (
        (0, "0"),
        (812, "812"),
        (999, "999"),
        (11_100_000, "11.1 M"),
        (999_999, "1 M"),
    ),
)
def test_many(count: int, message: str) -> None:
    assert many(count) == message


@pytest.mark.parametrize(
    ("seconds", "message"),
    (
        (0.31, "0.3s"),
        (59.7, "1m"),
        (161, "2m 41s"),
        (3600, "1h"),
        (11_100, "3h 5m"),
        (187_200, "2d 4h"),
        ("NaN", "an unknown time"),
    ),
)
def test_duration(seconds: float | str, message: str) -> None:
    assert duration(seconds) == message


@pytest.mark.parametrize(
    ("steps", "last", "message"),
    (
        ((), None, ""),
        ((3,), 3, "epoch 3"),
        ((0, 3), 19, "epochs 0–3"),
        ((9, 19), 19, "from epoch 9"),
        ((1000, 12_000), None, "epochs 1,000–12,000"),
    ),
)
def test_span(steps: tuple[int, ...], last: int | None, message: str) -> None:
    assert span(steps, "epochs", last) == message

"""Value losses that run away, against losses that grow with the reward."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import Cases, clear, curve, falling, flat, made, speaks, spiked, straight


def value(values: object) -> object:
    return curve(values, "train/value_loss", "")  # type: ignore[arg-type]


def reward(values: object) -> object:
    return curve(values, "rollout/ep_rew_mean", "")  # type: ignore[arg-type]


SPEAKS: Cases = {
    "to 1e30": {"value_loss": value(np.geomspace(1, 1e30, 60))},
    "to a thousand times, and the reward falls": {
        "value_loss": value(np.geomspace(1, 3e3, 60)), "reward": reward(straight(60, 100, 20)),
    },
}  # fmt: skip

CLEAR: Cases = {
    "it falls": {"value_loss": value(falling(60))},
    "it grows a hundredfold with the reward": {
        "value_loss": value(np.geomspace(1, 3e3, 60)), "reward": reward(straight(60, 0, 100)),
    },
    "a burst that is over": {"value_loss": value(spiked(flat(200, 1.0, 0.1), [100], 1e5))},
    "tenfold": {"value_loss": value(np.geomspace(1, 10, 60))},
}  # fmt: skip


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    (evidence,) = speaks("value-divergence", **made(SPEAKS[case]))
    assert "at its end" in evidence.message


@pytest.mark.parametrize("case", CLEAR)
def test_it_is_clear(case: str) -> None:
    clear("value-divergence", **made(CLEAR[case]))

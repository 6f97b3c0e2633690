"""Where the edge is, and where there is none."""

from __future__ import annotations

import numpy as np

from tb_diagnose.roles.resolve import RoleMap
from tests.cases import compiled, epochs, falling, silent, speaks

BAD, GOOD = np.r_[falling(5), np.nan], falling(20)


def trained(*, fails: bool, rate: float | None = None, **hparams: object) -> RoleMap:
    values = {"train_loss": epochs(BAD if fails else GOOD), "hparams": hparams}
    return RoleMap(values | {"optimizer": compiled(rate) if rate else None}, (), "")


def search(edge: float, rates: tuple[float, ...]) -> dict[str, RoleMap]:
    return {f"{rate:g}": trained(fails=rate >= edge, rate=rate) for rate in rates}


RATES = (1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0)


def test_too_high_a_rate() -> None:
    (evidence,) = speaks("failure-threshold", runs=search(0.05, RATES))
    assert evidence.message == (
        "3 of 3 runs with learning_rate of 0.1 or above failed, and 0 of 6 below."
    )
    assert "learning_rate = 0.03 or below" in evidence.suggestion
    assert evidence.comparison is not None
    assert evidence.comparison.value < 0.05


def test_too_small_a_batch_beside_a_setting_that_does_not_matter() -> None:
    runs = {
        str(i): trained(fails=batch < 8, batch=batch, width=64 * (1 + i % 2))
        for i, batch in enumerate((1, 2, 3, 4, 8, 16, 32, 64, 128, 256))
    }
    (evidence,) = speaks("failure-threshold", runs=runs)
    assert "batch of 4 or below" in evidence.message


def test_it_is_silent() -> None:
    mixed = search(0.05, RATES) | {"x": trained(fails=True, rate=2e-3)}
    seeds = {str(i): trained(fails=i > 4, seed=i) for i in range(9)}
    for runs in (
        mixed,
        seeds,
        search(9.0, RATES),
        search(1e-9, RATES),
        search(0.05, (0.01, 0.02, 0.1, 0.2)),
        {},
    ):
        silent("failure-threshold", runs=runs)

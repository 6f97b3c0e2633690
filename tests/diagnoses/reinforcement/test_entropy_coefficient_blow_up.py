"""An entropy bonus that outweighs the reward."""

from __future__ import annotations

import numpy as np
import pytest

from tests.cases import Cases, clear, curve, falling, made, not_applicable, speaks

SPEAKS: Cases = {
    "from 0.1 to 1,300": {"entropy_coefficient": curve(np.geomspace(0.1, 1300, 80))},
    "at the very end": {"entropy_coefficient": curve([*[0.5] * 20, 2, 9, 90])},
}

CLEAR: Cases = {
    "it falls": {"entropy_coefficient": curve(falling(50, 1.0, 0.02))},
    "it grows where it is small": {"entropy_coefficient": curve(np.geomspace(0.001, 0.5, 30))},
    "it comes back": {"entropy_coefficient": curve([0.5, 5, 50, 40, 10, 6, 1])},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("entropy-coefficient-blow-up", reinforcement=True, **made(SPEAKS[case]))


@pytest.mark.parametrize("case", CLEAR)
def test_it_is_clear(case: str) -> None:
    clear("entropy-coefficient-blow-up", reinforcement=True, **made(CLEAR[case]))


def test_it_points_to_where_it_was_ten_times_its_start() -> None:
    rising = curve([1, 2, 4, 8, 16, 32])
    (evidence,) = speaks(
        "entropy-coefficient-blow-up", reinforcement=True, entropy_coefficient=rising
    )
    assert evidence.steps == (4, 5)
    assert evidence.comparison is not None
    assert evidence.comparison.value == 32


def test_it_does_not_concern_a_classifier() -> None:
    not_applicable("entropy-coefficient-blow-up", "no sign of reinforcement learning")

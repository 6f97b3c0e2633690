"""Results by the array that they are of."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.measure.recent import Recent


def test_an_array_is_known_by_itself_and_by_what_was_asked() -> None:
    recent: Recent[str] = Recent()
    one, same = np.arange(3.0), np.arange(3.0)
    assert recent.get(one) is None
    assert recent.note(one, "falls") == "falls"
    assert recent.note(one, "rises", -1) == "rises"
    assert (recent.get(one), recent.get(one, -1)) == ("falls", "rises")
    assert recent.get(same) is None


def test_only_the_latest_are_kept_and_none_is_taken_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tb_diagnose.measure.recent._MOST", 2)
    recent: Recent[int] = Recent()
    arrays = [np.array([number]) for number in range(50)]
    for number, array in enumerate(arrays):
        recent.note(array, number)
    assert [recent.get(array) for array in arrays[-3:]] == [None, 48, 49]
    # Arrays that are made and given up, so that their memory is used again.
    for number in range(50):
        fresh = np.array([number])
        assert recent.get(fresh) is None
        recent.note(fresh, number)


def test_of_long_arrays_only_a_few_are_kept() -> None:
    recent: Recent[int] = Recent()
    arrays = [np.zeros(1 << 18) for _ in range(40)]
    for number, array in enumerate(arrays):
        recent.note(array, number)
        recent.note(array, number)  # known again, it counts once
    known = [recent.get(array) for array in arrays]
    assert known == [None] * 24 + list(range(24, 40))

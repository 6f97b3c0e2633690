"""Arrays in an answer, taken apart as the page takes them apart."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tb_diagnose.core.run import Series
from tb_diagnose.plugin import frames
from tb_diagnose.report.page.charts import Drawn, drawn
from tb_diagnose.report.page.heats import Heat
from tb_diagnose.report.page.maps import Kind
from tests.plugin.server import curve, unframed


@given(st.lists(st.tuples(st.text(), st.lists(st.floats(width=32), max_size=9)), max_size=5))
def test_curves_come_back_as_they_were(given_curves: list[tuple[str, list[float]]]) -> None:
    shown = []
    for name, values in given_curves:
        steps = np.arange(len(values), dtype=np.int64) * 3
        shown.append(drawn(Series(name, "", steps, np.array(values, np.float32), steps + 0.5), 50))
    answer = frames.curves(shown)
    for at, each in enumerate(shown):
        told, steps, values = curve(answer, at)
        assert told["offset"] % 8 == 0
        assert told["full"] == each.full
        assert np.array_equal(steps, each.steps)
        assert np.array_equal(values, each.values, equal_nan=True)
        assert [(one["step"], one["value"]) for one in told["nonfinite"]] == list(each.nonfinite)


def test_names_may_be_anything() -> None:
    for name in ("", "\ud800", 'a"\\\n', "</script>", "損失"):
        told, steps, _ = curve(frames.curves([Drawn.none(name)]))
        assert told["name"] == name.replace("\ud800", "\ufffd")
        assert len(steps) == 0


def test_a_heat_map_is_steps_and_then_rows() -> None:
    kind = Kind("weights/std", "Spread", "standard deviation", "log", ("ä", "b"), 3)
    values = np.array([[1, 2, np.nan], [4, 5, 6]], np.float32)
    header, body = unframed(frames.heat(Heat(kind, np.array([0.0, 5.0, 9.0]), values)))
    assert header["rows"] == ["ä", "b"]
    assert (header["steps"], header["scale"], header["vital"]) == (3, "log", "weights/std")
    assert np.frombuffer(body, "<f8", 3).tolist() == [0, 5, 9]
    rows = np.frombuffer(body, "<f4", 6, 24).reshape(2, 3)
    assert np.array_equal(rows, values, equal_nan=True)

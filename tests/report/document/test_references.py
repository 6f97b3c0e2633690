"""The lines that a curve in evidence is read against: only in the curve's own unit."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tb_diagnose.core.finding import Comparison, Evidence
from tb_diagnose.core.run import Run
from tb_diagnose.report.document.references import References
from tb_diagnose.report.document.schema import ReferencePart
from tb_diagnose.roles.chance_level import ChanceLevel
from tests.fakes import series

TEN = ChanceLevel(10, True, "ten units")
LOSS = series([6.9, 2.0, 0.5, 0.75])
SCORE = series([0.1, 0.5, 1.0], "epoch_accuracy")


def lines(
    tag: str, comparison: Comparison | None = None, chance: ChanceLevel | None = TEN
) -> dict[str, ReferencePart]:
    run = Run("run", "logs/run", scalars=(LOSS, SCORE))
    evidence = Evidence("It is so.", "Change it.", tag, (0,), comparison)
    return {line["kind"]: line for line in References(run, chance, {})(evidence)}


def test_guessing_is_ln_k_of_a_loss_and_one_in_k_of_an_accuracy() -> None:
    loss = lines("train/epoch_loss")["guessing"]
    assert loss["label"] == "ln 10, guessing"
    assert loss["value"] == pytest.approx(math.log(10))
    score = lines("epoch_accuracy")["guessing"]
    assert (score["label"], score["value"]) == ("1/10, guessing", 0.1)
    assert lines("train/epoch_loss", chance=None) == {}
    assert "guessing" not in lines("epoch_loss", chance=ChanceLevel(10, False, "a hinge loss"))


def test_a_limit_in_multiples_of_ln_k_stands_beside_the_loss_alone() -> None:
    above = Comparison(6.9 / math.log(10), ">", 2.5, "× ln K")
    limit = lines("train/epoch_loss", above)["limit"]
    assert limit["value"] == pytest.approx(2.5 * math.log(10))
    assert limit["label"] == "alarm above 2.5 × ln 10"
    assert "limit" not in lines("train/epoch_accuracy", above)
    assert "limit" not in lines("train/epoch_loss", above._replace(limit=1.0))


def test_a_limit_on_a_share_of_the_gain_has_no_place_in_a_chart_of_the_loss() -> None:
    # The loss happens to be 0.75 somewhere, and so is the share.
    assert "limit" not in lines("train/epoch_loss", Comparison(0.75, ">=", 0.5, "of the gain"))


def test_a_limit_on_the_score_itself_does() -> None:
    perfect = Comparison(1.0, ">=", 0.995, "of all examples")
    assert lines("train/epoch_accuracy", perfect)["limit"]["value"] == 0.995
    assert "limit" not in lines("train/epoch_accuracy", perfect._replace(value=0.997))


def test_the_best_value_is_the_lowest_loss_or_the_highest_score() -> None:
    worse = Comparison(0.5, ">=", 0.025, "of the best")
    assert lines("train/epoch_loss", worse)["best"]["value"] == 0.5
    assert lines("train/epoch_accuracy", worse)["best"]["label"] == "best 1"


def test_of_a_table_of_layers_only_a_share_of_units_is_drawn() -> None:
    dead = Comparison(0.9, ">=", 0.5, "of the units")
    assert lines("second", dead)["limit"]["label"] == "alarm from 0.5"
    assert lines("second", dead._replace(unit="of mean |w|")) == {}


@given(
    st.floats(allow_nan=True, allow_infinity=True, width=32),
    st.sampled_from(["nats", "of the best", "× ln K", "of the units"]),
)
def test_every_line_is_at_a_finite_value(value: float, unit: str) -> None:
    odd = series([value, 1.0, math.nan])
    run = Run("run", "logs/run", scalars=(odd,))
    evidence = Evidence("", "", odd.name, (0,), Comparison(value, ">", 0.5, unit))
    for line in References(run, TEN, {})(evidence):
        assert math.isfinite(line["value"])

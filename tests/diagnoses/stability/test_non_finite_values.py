"""NaN and infinity wherever they stand: losses, layers, other curves."""

from __future__ import annotations

import numpy as np
import pytest

from tb_diagnose.core.finding import Severity
from tests.cases import Cases, curve, distribution, epochs, falling, made, silent, speaks

NAN, INF = np.nan, np.inf


def logged(*values: float, tag: str = "epoch_loss") -> dict[str, object]:
    """A training loss, both as a curve of the run and in its role."""
    loss = epochs(values, tag)
    return {"train_loss": loss, "scalars": (loss,)}


SPEAKS: Cases = {
    "NaN from the third epoch on": logged(2.3, 1.2, NAN, NAN, NAN),
    "NaN from the start": logged(NAN, NAN, NAN),
    "an overflow at the end": logged(2.3, 40.0, 9e5, INF),
    "one NaN that is made good": logged(2.3, 1.2, NAN, 0.8, 0.7, 0.6),
    "one NaN in 20,000 steps": lambda: logged(*falling(10_000), NAN, *falling(9999)),
    "a score of an empty class": {
        "scalars": (epochs([0.1, NAN, 0.3], "epoch_f1"), epochs(falling(3)))
    },
    "a kernel": {"histograms": (distribution([0.1, 0.1, NAN]),)},
}

SILENT: Cases = {
    "a healthy run": logged(2.3, 1.2, 0.9),
    "the largest number that float32 holds": logged(3.4e38, 1e-38, -3.4e38),
    "no curve at all": {},
    "healthy kernels": {"histograms": (distribution([0.1, 0.2]),)},
    "a curve without values": {"scalars": (curve([]),)},
}


@pytest.mark.parametrize("case", SPEAKS)
def test_it_speaks(case: str) -> None:
    speaks("non-finite-values", **made(SPEAKS[case]))


@pytest.mark.parametrize("case", SILENT)
def test_it_is_silent(case: str) -> None:
    silent("non-finite-values", **made(SILENT[case]))


def test_it_names_the_steps_that_are_not_finite() -> None:
    (evidence,) = speaks("non-finite-values", **logged(2.3, 1.2, NAN, 0.9, INF, 0.8, 0.7))
    assert evidence.steps == (2, 4)
    assert "2 values of 7" in evidence.message
    assert evidence.comparison is None  # most of what follows is finite


@pytest.mark.parametrize(
    ("values", "severity"),
    (
        ((2.3, 1.2, NAN, NAN, NAN), Severity.CRITICAL),
        ((2.3, 1.2, NAN, 0.8, 0.7, 0.6), Severity.WARNING),
    ),
)
def test_a_loss_that_comes_back_is_less_grave(values: tuple[float], severity: Severity) -> None:
    assert speaks("non-finite-values", **logged(*values))[0].severity is severity


def test_the_fix_depends_on_the_run_up() -> None:
    climbed = speaks("non-finite-values", **logged(1.0, 1.2, 1.1, 30.0, NAN, NAN, NAN))
    smooth = speaks("non-finite-values", **logged(1.0, 0.8, 0.7, 0.6, NAN, NAN, NAN))
    assert "divide the learning rate by 10" in climbed[0].suggestion
    assert "shows whether it was the step size" in smooth[0].suggestion


def test_it_names_what_broke_first() -> None:
    loss, norm = epochs([2.3, 1.0, NAN, NAN]), epochs([1.0, INF, NAN, NAN], "grad_norm")
    (evidence,) = speaks("non-finite-values", scalars=(loss, norm), train_loss=loss)
    assert evidence.tag == "train/grad_norm"
    assert evidence.steps[0] == 1
    assert evidence.related == ("train/epoch_loss",)


def test_a_loss_of_zero_while_the_norm_is_nan_was_filtered() -> None:
    loss = curve([1.8, 1.2, 0.9, 0, 0, 0], "train/loss", "")
    norm = curve([1, 1, 2, NAN, NAN, NAN], "train/grad_norm", "")
    found = speaks(
        "non-finite-values", scalars=(loss, norm), train_loss=loss, gradient_norm=norm,
        framework="transformers",
    )  # fmt: skip
    assert "filtered" in found[0].message
    assert found[0].steps == (3, 4, 5)


def test_the_earliest_layer_is_named_first() -> None:
    layers = (distribution([1, 1, NAN], "b/kernel"), distribution([1, NAN, NAN], "a/kernel"))
    (evidence,) = speaks("non-finite-values", histograms=layers)
    assert evidence.tag == "train/a/kernel"
    assert evidence.steps == (1,)
    assert evidence.related == ("train/b/kernel",)


def test_other_curves_are_a_note_and_only_while_the_losses_are_finite() -> None:
    score, loss = epochs([0.1, NAN, 0.3], "epoch_f1"), epochs([2.3, NAN, NAN])
    (alone,) = speaks("non-finite-values", scalars=(score,))
    assert alone.severity is Severity.INFO
    beside = speaks("non-finite-values", scalars=(score, loss), train_loss=loss)
    assert [each.tag for each in beside] == ["train/epoch_loss"]


def test_a_reward_that_is_never_finite_is_no_note() -> None:
    (evidence,) = speaks("non-finite-values", scalars=(curve([NAN] * 9, "mean_reward", ""),))
    assert evidence.severity is Severity.CRITICAL
    assert "episodes end" in evidence.suggestion
    once = curve([1, NAN, *falling(9)], "mean_reward", "")
    (evidence,) = speaks("non-finite-values", scalars=(once,))
    assert evidence.severity is Severity.INFO


def test_training_that_is_finite_points_to_the_validation_data() -> None:
    sick = curve([NAN] * 9, "val_loss", "")
    (evidence,) = speaks("non-finite-values", scalars=(curve(falling(9), "loss", ""), sick))
    assert "validation data" in evidence.suggestion

"""Validation inputs are not made like training inputs.

Why it matters:
    A network trained on pixels of 0 to 1 and asked about 0 to 255 answers something else.

How it is judged:
    By each input channel's mean and standard deviation in validation against training: the median
    channel's scale is 3 times apart, or its mean by more than a standard deviation; or the shapes
    differ. Without such statistics, by the losses at equal steps: from the start on, validation
    never comes below three times the training loss, while that falls.

When it stays silent:
    Random splits, augmentation, few epochs; validation that approaches the training loss, as under
    slow batch normalization.

What to try:
    Send both data sets through the same function: scaling, resizing, color order, tokenizer,
    numbering of classes.

Sources:
    Breck et al. 2019, "Data validation for machine learning".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.core.finding import Comparison, Evidence, Severity
from tb_diagnose.core.format import number
from tb_diagnose.core.run import Vitals
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.measure.robust import column_medians, finite_median

Floats = NDArray[np.float64]
_SUGGESTION = (
    "Send the validation data through the same function as the training data: scaling, resizing, "
    "color order, numbering of the classes."
)


@diagnosis(
    family="data",
    severity=Severity.CRITICAL,
    leads_to=("overfitting", "missing-regularisation", "noisy-validation", "validation-at-chance"),
    since="0.1",
)
class TrainValidationSkew:
    scale = limit(3, alarm=">", unit="× the training deviation", source="beyond any random split")
    shift = limit(1, alarm=">", unit="standard deviations", source="beyond any augmentation")
    above = limit(3, alarm=">=", unit="× the training loss", source="no model overfits so early")
    fell = limit(0.2, unit="of the training loss", source="something is learned")

    @method("statistics of the inputs")
    def by_inputs(self, input_vitals: Vitals, input_vitals_val: Vitals) -> Iterator[Evidence]:
        yield from _shapes(input_vitals, input_vitals_val)
        if input_vitals.rows != input_vitals_val.rows:
            return
        (mean, std), (val_mean, val_std) = map(_statistics, (input_vitals, input_vitals_val))
        # A constant channel has no deviation to measure by.
        ratios = np.exp(np.abs(np.log(val_std / std)))
        shifts = np.abs(val_mean - mean) / std
        if self.scale.exceeded(_decisive(ratios)):
            worst = int(np.nanargmax(np.where(np.isfinite(ratios), ratios, np.nan)))
            yield _evidence(
                input_vitals,
                f"The standard deviation of {input_vitals.rows[worst]} is "
                f"{number(float(std[worst]))} in training and {number(float(val_std[worst]))} in "
                "validation.",
                self.scale.compare(_decisive(ratios)),
            )
        elif self.shift.exceeded(_decisive(shifts)):
            worst = int(np.nanargmax(np.where(np.isfinite(shifts), shifts, np.nan)))
            yield _evidence(
                input_vitals,
                f"The mean of {input_vitals.rows[worst]} is {number(float(mean[worst]))} in "
                f"training and {number(float(val_mean[worst]))} in validation, "
                f"{number(float(shifts[worst]))} standard deviations away.",
                self.shift.compare(_decisive(shifts)),
            )

    @method("both losses", points={"train_loss": 4, "val_loss": 4})
    def by_losses(self, train_loss: Curve, val_loss: Curve) -> Iterator[Evidence]:
        start, end, lowest = train_loss.start, train_loss.end, val_loss.lowest
        if start is None or end is None or lowest is None or not start.value > 0:
            return
        fell = 1 - end.value / start.value
        times = lowest.value / start.value
        held = not (val_loss.improved and (val_loss.gained or 0) > self.fell * lowest.value)
        if self.above.exceeded(times) and fell >= self.fell and held:
            yield Evidence(
                message=f"{val_loss.name} is never below {number(lowest.value)}, {number(times)} "
                f"times what {train_loss.name} began with, while that falls from "
                f"{number(start.value)} to {number(end.value)}: no model overfits so early.",
                suggestion=_SUGGESTION,
                tag=val_loss.name,
                related=(train_loss.name,),
                steps=val_loss.span(0),
                comparison=self.above.compare(times),
                severity=Severity.WARNING,
            )


def _statistics(vitals: Vitals) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each channel, as medians over the steps. [rows] each"""
    return column_medians(vitals.column("mean")), column_medians(vitals.column("std"))


def _decisive(distances: Floats) -> float:
    """The median channel's distance, or a third of the farthest one's, if that is more."""
    known = distances[np.isfinite(distances)]
    return max(finite_median(known), float(known.max()) / 3) if len(known) else float("nan")


def _shapes(train: Vitals, val: Vitals) -> Iterator[Evidence]:
    """Inputs of one name whose shapes differ; a free size (None or 0) may be anything."""
    shapes, val_shapes = train.layout.get("shapes", {}), val.layout.get("shapes", {})
    for name in sorted(set(shapes) & set(val_shapes)):
        if len(shapes[name]) != len(val_shapes[name]) or any(
            size and val_size and size != val_size
            for size, val_size in zip(shapes[name], val_shapes[name], strict=True)
        ):
            sizes = [" × ".join(map(str, shape)) for shape in (shapes[name], val_shapes[name])]
            message = f"{name} has the shape {sizes[0]} in training and {sizes[1]} in validation."
            yield _evidence(train, message, None)


def _evidence(vitals: Vitals, message: str, comparison: Comparison | None) -> Evidence:
    return Evidence(
        message=message,
        suggestion=_SUGGESTION,
        tag=vitals.name,
        steps=(int(vitals.steps[0]),),
        comparison=comparison,
    )

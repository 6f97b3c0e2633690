"""Isolated jumps of the training loss that it recovers from.

Why it matters:
    A spike is a step that went far too far: one bad batch, or a learning rate at the edge of what
    the model stands. Recovered spikes cost time; the next one may not be recovered from.

How it is judged:
    At full resolution and on the logarithm of the loss, each value is compared with the median of
    the 9 values before it; the noise comes from the median absolute step from value to value among
    the 51 values around. A spike stands at least 8 standard deviations of the noise and a factor
    of 2 above what came before, and twice as far as the 95th percentile of all values does, so
    that a heavy tail of hard batches is not mistaken for spikes. Within the next twentieth of the
    run (10 values at least) it comes back by three quarters of its height.

When it stays silent:
    Fewer than 20 finite values; losses that can be negative; a level that stays up
    (loss-divergence); values that stand out so often that they are the noise (over 4 %).

What to try:
    Clip the gradients' norm at about its usual size. Look at the batches of the named steps. With
    Adam lower beta_2 to 0.95 or lengthen the warm-up.

Sources:
    Chowdhery et al. 2022, "PaLM", section 5.1 (loss spikes, and skipping their batches);
    Hampel 1974, "The influence curve and its role in robust estimation".
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.finding import Evidence, NotApplicable, Severity
from tb_diagnose.core.format import listed, number, plural, steps_of
from tb_diagnose.core.run import Series
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit
from tb_diagnose.measure.levels import MAD_TO_STD, finite
from tb_diagnose.measure.medians import quantile
from tb_diagnose.measure.reductions import max_of, min_of
from tb_diagnose.measure.swings import climbs, jumps, running_median


class Limits(Thresholds):
    """How far a spike stands out, and how fast it is gone."""

    points: int = limit(20, unit="values", source="chosen: two windows of what came before")
    noise: float = limit(
        8.0, unit="standard deviations", source="runmedic; six healthy language models: 4.5 at most"
    )
    factor: float = limit(2.0, unit="times what came before", source="calibrated on demo_logs")
    tail: float = limit(
        2.0, unit="times the 95th percentile", source="chosen: a spike is apart from the tail"
    )
    back: float = limit(0.75, unit="of its height", source="chosen: else the level stays up")
    share: float = limit(0.04, unit="of all values", source="chosen: more is noise, not spikes")


@diagnosis(
    family="stability",
    severity=Severity.INFO,
    leads_to=("loss-divergence", "non-finite-values"),
    since="0.1",
)
def loss_spikes(
    train_loss: Series, gradient_norm: Series | None, limits: Limits
) -> Iterator[Evidence]:
    """One piece of evidence for all spikes of the training loss."""
    values = finite(train_loss.values)
    if len(values) < limits.points:
        raise NotApplicable(
            f"fewer than {limits.points} values of the training loss; an epoch's average hides "
            "spikes",
            'tf.keras.callbacks.TensorBoard("logs", update_freq="batch")',
        )
    if min_of(values) <= 0:
        raise NotApplicable("the training loss is not positive throughout")
    logs = np.log(values)
    if max_of(climbs(logs)) <= np.log(limits.factor):
        return
    above = jumps(logs)
    spikes = _spikes(logs, above, limits)
    if len(spikes) and len(spikes) <= max(1, limits.share * len(values)):
        where = np.flatnonzero(np.isfinite(train_loss.values))
        yield _evidence(train_loss, where[spikes], np.exp(above[spikes]), gradient_norm, limits)


def _spikes(
    logs: NDArray[np.float64], above: NDArray[np.float64], limits: Limits
) -> NDArray[np.int64]:
    high = np.flatnonzero(above > np.log(limits.factor))
    if not len(high):
        return high
    steps = np.abs(np.diff(logs, prepend=logs[0]))
    noise = running_median(steps, 51, high) * MAD_TO_STD / np.sqrt(2)
    usual = max(quantile(above, 0.95), 0.0)
    high = high[above[high] > np.maximum(limits.noise * noise, limits.tail * usual)]
    found = [i for i in high.tolist() if _recovers(logs, above, i, limits)]
    return np.array(found, dtype=np.int64)


def _recovers(
    logs: NDArray[np.float64], above: NDArray[np.float64], at: int, limits: Limits
) -> bool:
    ahead = logs[at + 1 : at + 1 + max(10, len(logs) // 20)]
    return bool(len(ahead) and logs[at] - min_of(ahead) >= limits.back * above[at])


def _evidence(
    loss: Series,
    spikes: NDArray[np.int64],
    factors: NDArray[np.float64],
    gradient_norm: Series | None,
    limits: Limits,
) -> Evidence:
    largest = int(np.argmax(factors))
    count = len(spikes)
    usual = (
        number(float(np.nanmedian(gradient_norm.values))) if gradient_norm is not None else "1.0"
    )
    return Evidence(
        message=f"{loss.name} has {plural(count, 'isolated spike')}, the largest at step "
        f"{loss.steps[spikes[largest]]}: {number(loss.values[spikes[largest]])}, "
        f"{number(factors[largest])} times what came before.",
        suggestion=f"Clip the gradients' norm (clipnorm={usual}) and look at the batches of steps "
        f"{listed([str(step) for step in loss.steps[spikes]])}.",
        tag=loss.name,
        steps=steps_of(loss, spikes),
        measured=float(factors[largest]),
        limit=limits.factor,
        unit="times what came before",
        severity=Severity.WARNING if count > 3 and factors[largest] > 10 else None,
    )

"""What only several sampled steps together can tell; numpy, on the host."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.attach.core.step_layout import Sample

#: Sampled steps a window holds (chosen: enough examples to call a unit dead, few enough to follow
#: a training that recovers).
WINDOW = 20
#: Steps that make a mean gradient (chosen).
FEW = 5
#: Share of the examples for which a unit must sit at an end to be called saturated.
ALWAYS = 0.95

Numbers = NDArray[np.float64]


class RollingStats:
    """The last ``WINDOW`` values of every segment that is judged over several steps."""

    def __init__(self, size: int = WINDOW) -> None:
        self.size = size
        self._values: dict[str, deque[Numbers]] = defaultdict(lambda: deque(maxlen=size))
        self._prints: deque[NDArray[np.int64]] = deque(maxlen=size)
        self._epochs_known = False

    def add(self, sample: Sample) -> None:
        """Take a step in."""
        for name, values in sample.numbers.items():
            kind = name.partition("/")[0]
            if kind in ("alive", "outer", "labels"):
                self._values[name].append(np.asarray(values, np.float64))
        if len(gradient := joined(sample, "excerpt")):
            self._values["gradient"].append(gradient)
        if (prints := fingerprints(sample.numbers)) is not None:
            self._prints.append(prints)

    def new_epoch(self) -> None:
        """Forget which examples were seen: from here on they may come again."""
        self._prints.clear()
        self._epochs_known = True

    def dead(self, row: str) -> float:
        """Share of a layer's units that were never active."""
        flags = self._stacked(f"alive/{row}")
        return float((flags.max(axis=0) <= 0).mean()) if flags.size else np.nan

    def saturated(self, row: str, activation: str) -> float:
        """Share of a layer's units that sat at an end for more than 95 % of the examples.

        For a softmax, the share of its distributions that were all but certain.
        """
        shares = self._stacked(f"outer/{row}")
        if not shares.size:
            return np.nan
        if activation == "softmax":
            return float(shares.mean())
        return float((shares.mean(axis=0) > ALWAYS).mean())

    def label_counts(self) -> Numbers:
        """[classes] how many labels of each class there were."""
        counts: Numbers = self._stacked("labels").sum(axis=0)
        return counts

    def label_values(self) -> tuple[float, float, float, float]:
        """Mean, standard deviation, lowest and highest target."""
        mean, std, low, high = (
            self._stacked(f"labels/{n}") for n in ("mean", "std", "low", "high")
        )
        return (*pooled(mean, std), float(low.min()), float(high.max()))

    def gradient_noise(self) -> float:
        """How far a step's gradient lies from the mean gradient, over that one's length.

        sqrt(tr(S) / |G|^2) of McCandlish et al. 2018, section 2.2, with S the covariance of the
        gradients of single steps and G their mean, both without bias. Steps can tell a mean
        from 0 only where it is not too short for their number n: sqrt(5 n) stands for all beyond.
        NaN for fewer than ``FEW`` steps.
        """
        gradients = self._stacked("gradient")
        n = len(gradients)
        if n < FEW or not np.isfinite(gradients).all():
            return np.nan
        mean = gradients.mean(axis=0)
        noise = float(((gradients - mean) ** 2).sum()) / (n - 1)
        signal = max(float(mean @ mean) - noise / n, noise / (5 * n))
        return float(np.sqrt(noise / signal)) if signal > 0 else np.nan

    def repeated(self) -> float:
        """Share of this epoch's sampled examples that were seen more than once.

        Where nobody tells of epochs, those of one batch: in the next one they may come again.
        """
        batches = list(self._prints)
        groups = [np.concatenate(batches)] if self._epochs_known and batches else batches
        seen = [np.unique(group, return_counts=True)[1] for group in groups]
        counts = np.concatenate([np.empty(0), *seen])
        return float(counts[counts > 1].sum() / counts.sum()) if len(counts) else np.nan

    def _stacked(self, name: str) -> Numbers:
        """[steps, n] what the window holds of a segment."""
        held = self._values.get(name)
        if not held:
            return np.empty((0, 0))
        return np.stack([values for values in held if values.shape == held[-1].shape])


def pooled(mean: Numbers, std: Numbers) -> tuple[float, float]:
    """Mean and standard deviation of equally many numbers from each of several groups."""
    whole = float(mean.mean())
    return whole, float(np.sqrt(np.mean(std**2 + (mean - whole) ** 2)))


def gradient_squares(sample: Sample) -> Numbers:
    """[variables] squared gradient norms; NaN where a variable got no gradient."""
    return joined(sample, "gradients")


def joined(sample: Sample, column: str) -> Numbers:
    """[variables] a column of all applications of gradients, one after the other."""
    parts = [v for name, v in sample.numbers.items() if name.partition("/")[0] == column]
    return np.concatenate([np.empty(0), *parts]).astype(np.float64)


def fingerprints(numbers: Mapping[str, NDArray[np.float32]]) -> NDArray[np.int64] | None:
    """The fingerprints of a step's examples, None where none were taken."""
    if "prints/low" not in numbers:
        return None
    low, high = (numbers[f"prints/{name}"].astype(np.int64) for name in ("low", "high"))
    return ((high << 16) | low)[low >= 0]

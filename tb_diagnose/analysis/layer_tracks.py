"""What was measured of single layers over a run, by layer: gradients, updates, activity."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.model import Layer, ModelConfig
from tb_diagnose.core.run import Histograms, Series, Vitals
from tb_diagnose.measure.distributions import outside, size
from tb_diagnose.measure.robust import finite_median
from tb_diagnose.roles.weights import activation, kind_of, layer_of, natural_key, place_of

Floats = NDArray[np.float64]

#: Activation → where the outer 1 % of its range begins, below and above.
ENDS = {"sigmoid": (0.01, 0.99), "hard_sigmoid": (0.01, 0.99), "tanh": (-0.98, 0.98)}
#: Last word of the scalar that TensorFlow's canned Estimators log for each hidden layer.
_ZEROS = "fraction_of_zero_values"


class Track(NamedTuple):
    """Something that was measured again and again.

    Attributes:
        tag: the table or curve that it stands in, as in TensorBoard.
        steps: [n].
        values: [n], NaN where it was not measured.
        by_unit: whether single units (or weights) were told apart; else only whole layers were.
        window: how many batches each value looks back on, 0 if unknown.
    """

    tag: str
    steps: NDArray[np.int64]
    values: Floats
    by_unit: bool = True
    window: int = 0

    @property
    def typical(self) -> float:
        """Median of the finite values; NaN where there is none."""
        return finite_median(self.values)

    @property
    def late(self) -> float:
        """Median of the finite values of the later half; NaN where there is none."""
        return finite_median(self.values[len(self.values) // 2 :])

    @property
    def known(self) -> int:
        """How many values were measured."""
        return int(np.isfinite(self.values).sum())

    def since(self, bad: NDArray[np.bool_]) -> int:
        """Index from which on something [n] holds to the end."""
        good = np.flatnonzero(~bad)
        return min(int(good[-1]) + 1, len(bad) - 1) if len(good) else 0

    def span(self, first: int = 0) -> tuple[int, int]:
        """The steps from an index to the end."""
        return int(self.steps[first]), int(self.steps[-1])


#: What was never measured.
UNMEASURED = Track("", np.empty(0, np.int64), np.empty(0))


class LayerTrack(NamedTuple):
    """A track of one layer: which layer, which of its kernels, and what it says."""

    name: str
    kind: str
    what: str
    track: Track
    layer: Layer | None


def gradients(roles: Mapping[str, Any], model: ModelConfig | None) -> Iterator[LayerTrack]:
    """The size of each kernel's gradient: its norm, or its mean where there are histograms only."""
    vitals: Vitals | None = roles.get("weight_vitals")
    if vitals is not None and np.isfinite(vitals.column("gradient_norm")).any():
        yield from _rows(vitals, "gradient_norm", "gradient", model)
        return
    logged: tuple[Histograms, ...] = roles.get("gradients") or ()
    for histograms in sorted(logged, key=lambda histograms: natural_key(histograms.name)):
        kind = kind_of(histograms.tag)
        if kind is not None and len(histograms):
            layer = layer_of(histograms.tag, model)
            sizes = size(histograms.quantiles)
            track = Track(histograms.name, histograms.steps, sizes, by_unit=False)
            yield LayerTrack(place_of(histograms.tag, layer), kind, "gradient", track, layer)


def updates(roles: Mapping[str, Any], model: ModelConfig | None) -> Iterator[LayerTrack]:
    """The size of each kernel's updates as a share of its weights."""
    vitals: Vitals | None = roles.get("weight_vitals")
    if vitals is None:
        return
    measured = np.isfinite(vitals.column("update_ratio")).any()
    yield from _rows(vitals, "update_ratio" if measured else "update_norm", "update", model)


def activity(roles: Mapping[str, Any], model: ModelConfig | None) -> Iterator[LayerTrack]:
    """Dead and saturated units of each layer; of its outputs where units were not told apart."""
    vitals: Vitals | None = roles.get("layer_vitals")
    if vitals is not None:
        window = vitals.layout.get("window")
        looks_back = window if isinstance(window, int) else 0
        for column in ("dead", "saturated"):
            for row in _rows(vitals, column, column, model, plain=True):
                if column == "dead" or _saturates(row, vitals, model):
                    yield row._replace(track=row.track._replace(window=looks_back))
        return
    for outputs in roles.get("activations") or ():
        yield from _of_outputs(outputs, model)
    for curve in roles.get("scalars") or ():
        if curve.tag.endswith(_ZEROS):
            yield _of_zeros(curve)


def _rows(
    vitals: Vitals, column: str, what: str, model: ModelConfig | None, *, plain: bool = False
) -> Iterator[LayerTrack]:
    """A column of a table, row by row; rows of weights that are no kernels are left out."""
    table = vitals.column(column)
    for at, row in enumerate(vitals.rows):
        kind = "" if plain else kind_of(row)
        if kind is None or not len(vitals) or (plain and np.isnan(table[:, at]).all()):
            continue
        layer = layer_of(row, model)
        name = layer.name if layer else row if plain else place_of(row, None)
        yield LayerTrack(name, kind, what, Track(vitals.name, vitals.steps, table[:, at]), layer)


def _saturates(row: LayerTrack, vitals: Vitals, model: ModelConfig | None) -> bool:
    """Whether a row is that of a layer with ends to its range; without a model not the last."""
    bends = vitals.layout.get("activations", {}).get(row.name, "")
    return bends in ENDS and (model is not None or row.name != vitals.rows[-1])


def _of_outputs(outputs: Histograms, model: ModelConfig | None) -> Iterator[LayerTrack]:
    layer = layer_of(outputs.tag, model)
    name = layer.name if layer else outputs.name
    nothing = ((outputs.low == 0) & (outputs.high == 0)).astype(np.float64)
    track = Track(outputs.name, outputs.steps, nothing, by_unit=False)
    yield LayerTrack(name, "", "dead", track, layer)
    bends = activation(model, layer) if model is not None and layer is not None else ""
    if bends in ENDS:
        share = outside(outputs.quantiles, *ENDS[bends])
        yield LayerTrack(name, "", "saturated", track._replace(values=share), layer)


def _of_zeros(curve: Series) -> LayerTrack:
    nothing = (curve.values == 1).astype(np.float64)
    track = Track(curve.name, curve.steps, nothing, by_unit=False)
    return LayerTrack(curve.name, "", "dead", track, None)

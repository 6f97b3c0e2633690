"""Everything diagnoses share of one run, derived once, when it is first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tb_diagnose.analysis.layers import ENOUGH, LayerSummary, summarize_layers
from tb_diagnose.analysis.learning_state import LearningState, learning_state
from tb_diagnose.analysis.run_curve import Curve
from tb_diagnose.analysis.run_state import RunState, run_state
from tb_diagnose.analysis.split_curves import SplitCurves
from tb_diagnose.core.run import Run, Series
from tb_diagnose.roles.code import Code
from tb_diagnose.roles.frameworks import Framework, dialect
from tb_diagnose.roles.resolve import RoleMap
from tb_diagnose.roles.tags import parse_tag

#: Roles of single curves whose better side is up; of all others it is down, or unknown.
_UP = ("train_score", "val_score", "reward", "success", "explained_variance", "entropy")
_DOWN = (
    "train_loss",
    "val_loss",
    "batch_loss",
    "value_loss",
    "generator_loss",
    "kl_term",
    "entropy_coefficient",
)
#: What a training is judged by, what counts most first.
_JUDGED = ("success", "reward", "val_score", "train_score", "train_loss", "val_loss")


class RunAnalysis:
    """The roles of a run as diagnoses get them.

    A role that one curve plays is its ``Curve``; ``losses`` and ``scores`` are all curves of the
    kind, of every split; the rest is as ``roles`` has it.
    """

    def __init__(self, run: Run, roles: RoleMap, *, growing: bool = False) -> None:
        self.run, self.roles, self.growing = run, roles, growing
        self._curves: dict[tuple[str, str, int], Curve] = {}
        self._known: dict[str, Any] = {}

    def role(self, name: str) -> Any:
        """What plays a role; None where nothing does."""
        if name not in self._known:
            self._known[name] = self._resolve(name)
        return self._known[name]

    def _resolve(self, name: str) -> Any:
        own = getattr(type(self), name, None)
        if isinstance(own, cached_property):
            return getattr(self, name)
        value = self.roles.values.get(name)
        return self._curve(name, value) if isinstance(value, Series) else value

    def _curve(self, role: str, series: Series) -> Curve:
        better = 1 if role in _UP else -1 if role in _DOWN else 0
        return self.curve(series, better)

    def curve(self, series: Series, better: int) -> Curve:
        """The summary of a curve, made once."""
        key = series.folder, series.tag, better
        if key not in self._curves:
            self._curves[key] = Curve(_begun(series), better)
        return self._curves[key]

    @cached_property
    def framework(self) -> Framework:
        return dialect(self.roles.framework)

    @cached_property
    def code(self) -> Code:
        """Suggestions in the framework's words."""
        return Code(self.framework)

    @cached_property
    def losses(self) -> tuple[Curve, ...]:
        """Every loss of supervised training, totals and epochs first."""
        return tuple(self.curve(series, -1) for series in self.roles.values.get("losses") or ())

    @cached_property
    def scores(self) -> tuple[Curve, ...]:
        """Every score of which more is better."""
        return tuple(self.curve(series, 1) for series in self.roles.values.get("scores") or ())

    @cached_property
    def errors(self) -> tuple[Curve, ...]:
        """Every metric of which less is better, such as a word error rate."""
        found = [
            series
            for series in self.roles.values.get("scalars") or ()
            if parse_tag(series.folder, series.tag).kind == "error"
        ]
        return tuple(self.curve(series, -1) for series in found)

    @cached_property
    def learning(self) -> LearningState:
        """Whether the run learned, by all that it is judged by."""
        curves = [self.role(role) for role in _JUDGED]
        return learning_state(
            [curve for curve in curves if curve is not None], self.roles.values.get("chance")
        )

    @cached_property
    def layers(self) -> tuple[LayerSummary, ...]:
        """All that is known of each layer, from input to output."""
        return summarize_layers(self.roles.values)

    @cached_property
    def layer_movements(self) -> tuple[LayerSummary, ...]:
        """The layers with enough histograms of a kernel to tell whether it moves."""
        return tuple(layer for layer in self.layers if layer.movement is not None)

    @cached_property
    def layer_gradients(self) -> tuple[LayerSummary, ...]:
        """The layers whose gradients were measured."""
        return tuple(layer for layer in self.layers if layer.cut_off is not None)

    @cached_property
    def layer_updates(self) -> tuple[LayerSummary, ...]:
        """The layers whose updates were measured."""
        return tuple(layer for layer in self.layers if layer.update.known)

    @cached_property
    def dead_units(self) -> tuple[LayerSummary, ...]:
        """The layers of which it is known how many units are dead."""
        return tuple(layer for layer in self.layers if layer.dead.known >= ENOUGH)

    @cached_property
    def saturated_units(self) -> tuple[LayerSummary, ...]:
        """The hidden layers of which it is known how many units are saturated."""
        hidden = (layer for layer in self.layers if not layer.is_output)
        return tuple(layer for layer in hidden if layer.saturated.known >= ENOUGH)

    @cached_property
    def splits(self) -> tuple[SplitCurves, ...]:
        """Every quantity that is logged on both splits, totals first."""
        pairs = self.roles.values.get("pairs") or ()
        found = [
            SplitCurves(self.curve(pair.train, pair.better), self.curve(pair.val, pair.better))
            for pair in pairs
        ]
        train, val = self.role("train_loss"), self.role("val_loss")
        if train is not None and val is not None and not any(c.better < 0 for c in found):
            found.insert(0, SplitCurves(train, val))
        return tuple(found)

    @cached_property
    def state(self) -> RunState:
        return run_state(self.run, growing=self.growing)


def _begun(series: Series) -> Series:
    """A curve without a first value of exactly 0 where all others are positive.

    So begins the average of a loss that is logged before anything was averaged.
    """
    values = series.values
    unbegun = len(values) > 3 and values[0] == 0 and bool(np.nanmin(values[1:]) > 0)
    loss = unbegun and parse_tag(series.folder, series.tag).kind == "loss"
    return series.at(slice(1, None)) if loss else series

"""With which optimizer and learning rate a run was trained, wherever its framework says so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from tb_diagnose.core.model import Optimizer
from tb_diagnose.core.run import Run, Series
from tb_diagnose.measure.levels import highest

#: Names under which frameworks and people log the two, most specific first.
RATES = ("learning_rate", "learning rate", "lr", "lr0", "base_lr", "init_lr")
NAMES = ("optim", "optimizer", "optimiser")


def optimizer_of(run: Run, learning_rate: Series | None) -> Optimizer | None:
    """The optimizer of a run, from the Keras config, else from hyper-parameters and the curve."""
    if run.model is not None and run.model.optimizer is not None:
        return run.model.optimizer
    hparams = {key.lower().split("/")[-1]: value for key, value in run.hparams.items()}
    rate = _number(hparams, RATES)
    if rate is None and learning_rate is not None:
        known = highest(learning_rate.values)
        rate = None if math.isnan(known) else known
    name = _text(hparams, NAMES)
    if rate is None and not name:
        return None
    return Optimizer(name=name, learning_rate=rate, schedule=None, config={})


def _number(hparams: Mapping[str, Any], names: tuple[str, ...]) -> float | None:
    for name in names:
        if name in hparams:
            with suppress(TypeError, ValueError):
                return float(hparams[name])
    return None


def _text(hparams: Mapping[str, Any], names: tuple[str, ...]) -> str:
    found = next((str(hparams[name]).lower() for name in names if name in hparams), "")
    # Hugging Face calls its Adam "adamw_torch_fused"; the first word is the algorithm.
    return found.split(".")[-1].split("_")[0]

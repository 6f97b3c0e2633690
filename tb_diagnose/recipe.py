"""With which optimizer and learning rate a run was trained, wherever its framework says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tb_diagnose.model import Optimizer
from tb_diagnose.runs import Run, Series

#: Names under which frameworks and people log the two, most specific first.
RATES = ("learning_rate", "learning rate", "lr", "lr0", "base_lr", "init_lr")
NAMES = ("optim", "optimizer", "optimiser")


def recipe(run: Run, learning_rate: Series | None) -> Optimizer | None:
    """The optimizer of a run, from the Keras config, else from hyper-parameters and the curve."""
    if run.model is not None and run.model.optimizer is not None:
        return run.model.optimizer
    rate = _number(run.hparams, RATES)
    if rate is None and learning_rate is not None:
        finite = learning_rate.values[np.isfinite(learning_rate.values)]
        rate = float(np.max(finite)) if len(finite) else None
    name = _text(run.hparams, NAMES)
    if rate is None and not name:
        return None
    return Optimizer(name=name, learning_rate=rate, schedule=None, config={})


def _number(hparams: Mapping[str, Any], names: tuple[str, ...]) -> float | None:
    lower = {key.lower().split("/")[-1]: value for key, value in hparams.items()}
    for name in names:
        try:
            return float(lower[name])
        except (KeyError, TypeError, ValueError):
            continue
    return None


def _text(hparams: Mapping[str, Any], names: tuple[str, ...]) -> str:
    lower = {key.lower().split("/")[-1]: value for key, value in hparams.items()}
    found = next((str(lower[name]).lower() for name in names if name in lower), "")
    # Hugging Face calls its Adam "adamw_torch_fused"; the first word is the algorithm.
    return found.split(".")[-1].split("_")[0]

"""With which optimizer and learning rate a run was trained, wherever its framework says so."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tb_diagnose.core.model import Optimizer
from tb_diagnose.core.run import Run, Series
from tb_diagnose.measure.levels import highest
from tb_diagnose.roles.frameworks import Framework

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
    name = _text(hparams, NAMES) or _named_by(learning_rate)
    if rate is None and not name:
        return None
    return Optimizer(name=name, learning_rate=rate, schedule=None, config={})


def _number(hparams: Mapping[str, Any], names: tuple[str, ...]) -> float | None:
    for name in names:
        if name in hparams:
            with suppress(TypeError, ValueError, OverflowError):
                return float(hparams[name])
    return None


def _text(hparams: Mapping[str, Any], names: tuple[str, ...]) -> str:
    found = next((str(hparams[name]).lower() for name in names if name in hparams), "")
    # Hugging Face calls its Adam "adamw_torch_fused"; the first word is the algorithm.
    return found.split(".")[-1].split("_")[0]


def _named_by(learning_rate: Series | None) -> str:
    """The optimizer in a tag of Lightning's LearningRateMonitor: ``lr-AdamW/pg1``; else ``""``."""
    tag = learning_rate.tag if learning_rate is not None else ""
    name = tag.removeprefix("lr-").split("/")[0].lower()
    return name if tag.startswith("lr-") and name in (*_USUAL, *_ADAPTIVE_NAMES) else ""


class UsualRates(NamedTuple):
    """What is usual for an optimizer: the default learning rate and the highest usual one."""

    default: float
    highest: float


#: Optimizer → usual rates. Adam and its kin: Kingma and Ba 2015, and Keras' defaults; SGD: Goyal et
#: al. 2017 use 0.1 to 0.4 with momentum 0.9; Adadelta: Zeiler 2012 needs no rate, so 1; Lion: Chen
#: et al. 2023, a tenth of Adam's.
_USUAL = {
    "adadelta": UsualRates(1.0, 2.0),
    "adagrad": UsualRates(0.01, 0.5),
    "lion": UsualRates(1e-4, 1e-3),
    "sgd": UsualRates(0.01, 0.5),
    "momentum": UsualRates(0.01, 0.5),
    "ftrl": UsualRates(0.001, 0.5),
    "lbfgs": UsualRates(1.0, 2.0),
}
_ADAPTIVE_NAMES = ("adam", "adamw", "adamax", "nadam", "rmsprop")
_ADAPTIVE = UsualRates(1e-3, 0.01)
#: Where the optimizer has no name, by framework: Hugging Face's Trainer fine-tunes with AdamW at
#: 5e-5 and adapters at up to 1e-3, Stable-Baselines3 trains with Adam at 3e-4.
_BY_FRAMEWORK = {
    Framework.HUGGING_FACE: UsualRates(5e-5, 1e-3),
    Framework.STABLE_BASELINES3: UsualRates(3e-4, 0.01),
}
_USUAL_MOMENTUM = 0.9
#: Steps so much smaller than the largest ones are as good as none.
_VANISHED = 1e-3
#: From this epsilon on, Adam divides by epsilon rather than by the gradients' size.
_LARGE_EPSILON = 1e-2


def usual_rates(optimizer: Optimizer, framework: Framework = Framework.UNKNOWN) -> UsualRates:
    """What is usual for an optimizer with its momentum and epsilon, in its framework.

    That of SGD where nothing else is known; the Trainer fine-tunes whatever its optimizer. Momentum
    m multiplies every step by 1 / (1 - m): above 0.9, what is usual shrinks with it. With a large
    epsilon Adam takes steps as SGD does, and its rates are usual.
    """
    plain, own = _USUAL["sgd"], _BY_FRAMEWORK.get(framework)
    if own is not None and (not optimizer.name or framework is Framework.HUGGING_FACE):
        return own
    epsilon, momentum = _setting(optimizer, "epsilon"), _setting(optimizer, "momentum")
    known = _USUAL.get(optimizer.name, _ADAPTIVE if optimizer.name else plain)
    if known is _ADAPTIVE and epsilon >= _LARGE_EPSILON:
        known = plain._replace(default=_ADAPTIVE.default)
    shrink = min(1.0, (1 - momentum) / (1 - _USUAL_MOMENTUM)) if momentum < 1 else 1.0
    return UsualRates(known.default * shrink, known.highest * shrink)


def rates_to_try(optimizer: Optimizer, framework: Framework) -> tuple[float, float]:
    """Ten times higher and lower; where the rate is too high already, only lower."""
    rate = optimizer.learning_rate or 0.0
    high = rate > usual_rates(optimizer, framework).highest
    return (rate / 10, rate / 100) if high else (rate * 10, rate / 10)


def runs_at(optimizer: Optimizer, rate: float) -> str:
    """The rate as the beginning of a sentence."""
    name = optimizer.class_name
    return (
        f"{name} runs at a learning rate of {rate:g}"
        if optimizer.name
        else (f"The learning rate is {rate:g}")
    )


def highest_rate(optimizer: Optimizer | None, logged: Series | None) -> float | None:
    """The highest learning rate of a run, above 0; None where it is not known."""
    rate = optimizer.learning_rate if optimizer else None
    if rate is None and logged is not None:
        known = highest(logged.values)
        rate = None if math.isnan(known) else known
    return rate if rate is not None and rate > 0 else None


def _setting(optimizer: Optimizer, name: str) -> float:
    """A number of the optimizer's configuration, 0 where it has none."""
    value = optimizer.config.get(name)
    return float(value) if isinstance(value, int | float) else 0.0


def vanished(rates: NDArray[Any]) -> NDArray[np.bool_]:
    """Where [n] logged rates take steps of less than a thousandth of their largest one. [n]"""
    highest = np.nanmax(rates, initial=0.0)
    return np.asarray(np.abs(rates) <= _VANISHED * max(float(highest), 0.0))

"""Runs and roles by hand, in one line each, and two verbs: what speaks and what is silent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tb_diagnose.analysis.run import RunAnalysis
from tb_diagnose.core.finding import Evidence, Outcome, Verdict
from tb_diagnose.core.model import Layer, Loss, ModelConfig, Optimizer
from tb_diagnose.core.run import QUANTILES, Fact, Histograms, Run, Series
from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.compare import RunSummary, summarize_run
from tb_diagnose.engine.contract import registry
from tb_diagnose.engine.examine import judge
from tb_diagnose.roles.catalog import ROLES
from tb_diagnose.roles.chance_level import ChanceLevel
from tb_diagnose.roles.curves import Pair
from tb_diagnose.roles.resolve import RoleMap

Floats: TypeAlias = NDArray[np.float64]
RoleValues: TypeAlias = Mapping[str, Any]
#: Named cases: the roles of a run, or a function that makes them where that takes a while.
Cases: TypeAlias = Mapping[str, RoleValues | Callable[[], RoleValues]]

#: When every made-up run begins, in seconds since 1970.
START = 1_700_000_000.0


# What was logged.


def curve(
    values: ArrayLike,
    tag: str = "loss",
    folder: str = "train",
    steps: Sequence[int] | NDArray[Any] | None = None,
    every: float = 1.0,
) -> Series:
    """A curve in float32, as nearly all logs are, one point in ``every`` seconds."""
    numbers = np.asarray(values, dtype=np.float32)
    at = np.arange(len(numbers)) if steps is None else np.asarray(steps)
    return Series(
        tag, folder, at.astype(np.int64), numbers, START + every * np.arange(len(numbers))
    )


def epochs(values: ArrayLike, tag: str = "epoch_loss", folder: str = "train") -> Series:
    """A curve of one point an epoch, as Keras writes it."""
    return curve(values, tag, folder, every=60.0)


def pair(train: ArrayLike, val: ArrayLike, name: str = "loss") -> tuple[Pair, ...]:
    """One quantity on both splits, each over the same hour, however many points it has."""
    both = [np.asarray(values) for values in (train, val)]
    train_curve, val_curve = (
        curve(values, f"epoch_{name}", folder, every=3600 / max(len(values), 1))
        for values, folder in zip(both, ("train", "validation"), strict=True)
    )
    return (Pair(name, train_curve, val_curve, -1 if name == "loss" else 1),)


def distribution(
    std: ArrayLike, tag: str = "dense/kernel/histogram", folder: str = "train", mean: float = 0.0
) -> Histograms:
    """Normally distributed weights, one histogram for each standard deviation in ``std``."""
    spread = np.asarray(std, dtype=np.float64)
    n = len(spread)
    # Quantiles of a normal distribution, by the logistic approximation; the ends at 3 deviations.
    unit = np.clip(
        np.log(np.clip(QUANTILES, 1e-9, 1) / np.clip(1 - QUANTILES, 1e-9, 1)) / 1.7, -3, 3
    )
    return Histograms(
        tag, folder, np.arange(n, dtype=np.int64), START + 60.0 * np.arange(n), np.full(n, 1000.0),
        mean - 3 * spread, mean + 3 * spread, np.full(n, mean), spread, np.zeros(n),
        (mean + spread[:, None] * unit).astype(np.float32),
    )  # fmt: skip


def layer(
    units: int = 10, activation: str = "softmax", kind: str = "Dense", **config: Any
) -> Layer:
    """A layer of unknown size, as the last of a model."""
    return Layer(kind.lower(), kind, activation, units, (64,), (units,), -1, config)


def model(
    *layers: Layer, loss: str = "", optimizer: Optimizer | None = None, from_logits: bool = False
) -> ModelConfig:
    """A sequential Keras model that was compiled with one loss."""
    losses = (Loss(loss, from_logits=from_logits),) if loss else ()
    return ModelConfig(
        "sequential", "Sequential", layers, layers[-1:], (64,), losses, optimizer, ("accuracy",)
    )


def dense_model(
    units: int = 10,
    activation: str = "softmax",
    loss: str = "sparse_categorical_crossentropy",
    optimizer: Optimizer | None = None,
    *,
    from_logits: bool = False,
) -> ModelConfig:
    """A hidden layer of ReLUs, and the last layer as given."""
    last = layer(units, activation)
    return model(layer(64, "relu"), last, loss=loss, optimizer=optimizer, from_logits=from_logits)


def compiled(rate: float | None = 1e-3, name: str = "adam") -> Optimizer:
    """The optimizer of a compiled model."""
    return Optimizer(name, rate, None, {})


def classes(count: int, *, cross_entropy: bool = True) -> ChanceLevel:
    """The chance level of a classifier."""
    return ChanceLevel(count, cross_entropy, f"Dense({count}, softmax)")


def run(*scalars: Series, **more: Any) -> Run:
    """A run of these curves."""
    return Run(more.pop("name", "run"), "logs/run", scalars=scalars, **more)


def fact(kind: str, message: str = "So it is.", where: str = "train/epoch_loss") -> Fact:
    """Something true of the log itself."""
    return Fact(kind, message, where)


# Shapes of curves.


def falling(
    n: int, start: float = 2.3, end: float = 0.3, noise: float = 0.0, seed: int = 0
) -> Floats:
    """Exponential decay over five time constants, with log-normal noise of ``noise``."""
    along = np.linspace(0, 5, n)
    clean = end + (start - end) * (np.exp(-along) - np.exp(-5)) / (1 - np.exp(-5))
    return clean * noisy(n, noise, seed)


def flat(n: int, level: float = 1.0, noise: float = 0.0, seed: int = 0) -> Floats:
    """A constant level, with log-normal noise."""
    return level * noisy(n, noise, seed)


def straight(n: int, start: float, end: float, noise: float = 0.0, seed: int = 0) -> Floats:
    """A straight line, with log-normal noise."""
    return np.linspace(start, end, n) * noisy(n, noise, seed)


def u_shape(
    n: int, best: int, start: float = 2.3, low: float = 0.5, end: float = 0.9, noise: float = 0.0,
    seed: int = 0,
) -> Floats:  # fmt: skip
    """Down to ``low`` at index ``best``, then straight up to ``end``."""
    down, up = falling(best + 1, start, low), np.linspace(low, end, n - best)
    return np.concatenate([down, up[1:]]) * noisy(n, noise, seed)


def swinging(n: int, low: float, high: float, period: int) -> Floats:
    """Up and down between two levels for ever."""
    return low + (high - low) * (np.arange(n) % period < period / 2)


def spiked(values: Floats, at: Sequence[int], factor: float) -> Floats:
    """The same curve with single values multiplied."""
    copy = values.copy()
    copy[list(at)] *= factor
    return copy


def noisy(n: int, size: float, seed: int = 0) -> Floats:
    """Factors around 1: log-normal with standard deviation ``size`` of the logarithm."""
    return np.exp(np.random.default_rng(seed).normal(0.0, size, n)) if size else np.ones(n)


def counted(shares: Floats, examples: int, seed: int = 0) -> Floats:
    """An accuracy as it is measured on so many examples, drawn anew each time."""
    return np.random.default_rng(seed).binomial(examples, shares) / examples


# The verbs.


def outcome(identity: str, *, framework: str = "Keras 3", **roles: Any) -> Outcome:
    """What one diagnosis comes to on these roles, with its default limits.

    Curves are given as ``Series``; ``runs`` are roles of several runs, for a comparison. A role
    that there is not is refused, so that a misspelled one cannot make a case pass.
    """
    if unknown := roles.keys() - {*ROLES, "runs", "baseline"}:
        raise TypeError(f"there is no role {min(unknown)!r}")
    if "runs" in roles:
        runs = {name: summary(name, each) for name, each in roles["runs"].items()}
        return judge(registry()[identity], {**roles, "runs": runs}.get, Settings())
    return judge(registry()[identity], analysis(framework, **roles).role, Settings(), framework)


def summary(name: str, roles: RoleMap) -> RunSummary:
    """What others need of a run that has these roles and no others."""
    return summarize_run(RunAnalysis(Run(name, name), roles))


def analysis(framework: str = "Keras 3", **roles: Any) -> RunAnalysis:
    """The analysis of a run that has these roles and no others."""
    values = {"facts": (), "scalars": (), **roles}
    for plural, singles in (
        ("losses", ("train_loss", "val_loss")),
        ("scores", ("train_score", "val_score")),
    ):
        known = tuple(roles[name] for name in singles if roles.get(name) is not None)
        values.setdefault(plural, known)
    scalars = tuple(value for value in values.values() if isinstance(value, Series))
    one = Run("run", "logs/run", scalars=scalars)
    return RunAnalysis(one, RoleMap(values, (), framework))


def speaks(identity: str, **roles: Any) -> tuple[Evidence, ...]:
    """Assert that a diagnosis is found and that its comparisons hold; return its evidence."""
    came_to = outcome(identity, **roles)
    assert came_to.verdict is Verdict.FOUND, came_to
    for evidence in came_to.evidence:
        assert evidence.comparison is None or evidence.comparison.holds, evidence
    return came_to.evidence


def clear(identity: str, **roles: Any) -> Outcome:
    """Assert that a diagnosis judged and found nothing."""
    came_to = outcome(identity, **roles)
    assert came_to.verdict is Verdict.CLEAR, came_to
    return came_to


def not_applicable(identity: str, reason: str = "", **roles: Any) -> Outcome:
    """Assert that a diagnosis does not concern a run, for a reason that holds these words."""
    came_to = outcome(identity, **roles)
    assert came_to.verdict is Verdict.NOT_APPLICABLE, came_to
    assert reason in came_to.reason, came_to
    return came_to


def not_logged(identity: str, reason: str = "", **roles: Any) -> Outcome:
    """Assert that a log lacks what a diagnosis needs, for a reason that holds these words."""
    came_to = outcome(identity, **roles)
    assert came_to.verdict is Verdict.NOT_LOGGED, came_to
    assert reason in came_to.reason, came_to
    return came_to


def silent(identity: str, **roles: Any) -> Outcome:
    """Assert that nothing is found; for diagnoses that do not yet tell the three ends apart."""
    came_to = outcome(identity, **roles)
    assert came_to.verdict in (Verdict.CLEAR, Verdict.NOT_APPLICABLE, Verdict.NOT_LOGGED), came_to
    return came_to


def made(case: RoleValues | Callable[[], RoleValues]) -> RoleValues:
    """The roles of a named case."""
    return case() if callable(case) else case

"""Runs that were examined, made up: what the faces are tested on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tb_diagnose.analysis.run import RunAnalysis
from tb_diagnose.core.finding import Comparison, Evidence, Outcome, Severity, Verdict
from tb_diagnose.core.model import Layer, Loss, ModelConfig, Optimizer
from tb_diagnose.core.run import Fact, Run, Series
from tb_diagnose.engine.causes import Cause
from tb_diagnose.roles.resolve import RoleMap

EPOCH = 1_700_000_000.0
ATTACH = 'callbacks=[…, tb_diagnose.attach.keras("logs")]'


@dataclass(frozen=True)
class FakeRole:
    name: str
    tag: str
    reason: str


@dataclass(frozen=True)
class FakeRoles:
    values: Mapping[str, Any] = field(default_factory=dict)
    named: tuple[FakeRole, ...] = ()
    framework: str = "Keras 3"


@dataclass(frozen=True, eq=False)
class FakeExamination:
    run: Run
    roles: FakeRoles = field(default_factory=FakeRoles)
    outcomes: tuple[Outcome, ...] = ()
    causes: tuple[Cause, ...] = ()

    @property
    def analysis(self) -> RunAnalysis:
        roles = RoleMap({"chance": None, **self.roles.values}, (), self.roles.framework)
        return RunAnalysis(self.run, roles)


def series(
    values: Sequence[float], tag: str = "epoch_loss", folder: str = "train", *, every: float = 8.0
) -> Series:
    """A curve in float32, one point an epoch, ``every`` seconds apart."""
    steps = np.arange(len(values), dtype=np.int64)
    return Series(tag, folder, steps, np.array(values, np.float32), EPOCH + every * steps)


def model() -> ModelConfig:
    layer = Layer("dense", "Dense", "softmax", 5, (64,), (5,), 11_100_000, {})
    adam = Optimizer("Adam", 10.0, None, {})
    loss = Loss("sparse_categorical_crossentropy")
    return ModelConfig(
        "sequential", "Sequential", (layer,) * 1, (layer,), (224, 224, 3), (loss,), adam, ()
    )


def outcome(
    identity: str,
    verdict: Verdict = Verdict.CLEAR,
    *evidence: Evidence,
    family: str = "stability",
    **more: Any,
) -> Outcome:
    settled = {"severity": Severity.WARNING, **more}
    return Outcome(identity, family, verdict, evidence=evidence, **settled)


def sick() -> FakeExamination:
    """Adam at a learning rate of 10: the loss explodes, comes back to guessing and stays there."""
    loss = series([1.61, 4e6, 1.1e15, 3e9, 8e4, 310.0, 12.0, 2.2, *[1.61] * 12])
    run = Run(
        "training-configuration/as-given",
        "demo_logs/training-configuration/as-given",
        scalars=(series([0.2] * 20, "epoch_accuracy"), loss),
        model=model(),
        facts=(Fact("restart", "The training was restarted.", "events.1", {"step": 3.0}),),
    )
    roles = FakeRoles(
        {"train_loss": loss}, (FakeRole("train_loss", loss.name, "Keras' epoch_loss"),)
    )
    rate = Evidence(
        message="Adam steps of size 10 threw the loss from 1.6 (guessing among 5 classes) to "
        "1.1e15; it came back to guessing and never below.",
        suggestion="Adam(learning_rate=10.0) → Adam(learning_rate=1e-3)",
        tag="train/epoch_loss",
        steps=(0, 1, 2, 3),
        comparison=Comparison(10.0, ">", 0.1, "learning rate of Adam", "adaptive"),
        confidence="p = 0.002, sign test over 9 epochs",
    )
    spike = Evidence("The loss jumped.", "Clip.", "train/epoch_loss", (0, 3))
    weights = Evidence("Weights grew.", "", "dense/kernel", related=("a", "b", "c", "d"))
    stuck = Evidence("Nothing is learnt.", "", "train/epoch_loss", (9, 19))
    found = Verdict.FOUND
    why = {"reason": "no gradients in this run", "how_to_enable": ATTACH}
    return FakeExamination(
        run,
        roles,
        (
            outcome("overfitting", Verdict.NOT_APPLICABLE, reason="no validation loss in this run"),
            *(outcome(f"layer-{n}", Verdict.NOT_LOGGED, **why) for n in range(4)),
            *(outcome(f"check-{n}") for n in range(24)),
            outcome("no-learning", found, stuck, caused_by="learning-rate-too-high"),
            outcome("loss-spikes", found, spike, caused_by="learning-rate-too-high"),
            outcome("exploding-weights", found, weights, caused_by="loss-spikes"),
            outcome(
                "learning-rate-too-high",
                found,
                rate,
                family="configuration",
                severity=Severity.CRITICAL,
                detected_at=EPOCH,
                detected_step=0,
            ),
        ),
    )


def healthy(name: str = "resnet/seed=1") -> FakeExamination:
    """A run in which everything that can be judged is well."""
    loss = series(np.geomspace(2.3, 0.1, 10).tolist())
    run = Run(name, f"logs/{name}", scalars=(loss,))
    checks = [outcome(f"check-{n}") for n in range(3)]
    blind = outcome("dead-relu", Verdict.NOT_LOGGED, reason="no units", how_to_enable=ATTACH)
    return FakeExamination(run, FakeRoles({"train_loss": loss}), (*checks, blind))


def unreadable() -> FakeExamination:
    """A folder whose only file is not what its name says."""
    fact = Fact("not-event-file", "events.out.tfevents.1 is a git-lfs pointer; run git lfs pull.")
    return FakeExamination(Run("lfs", "logs/lfs", facts=(fact,)), FakeRoles(framework=""))

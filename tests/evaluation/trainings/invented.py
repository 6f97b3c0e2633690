"""Plans and records that no network was trained for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trainings.logs.told import Style
from trainings.plan import Layer, Plan, Split
from trainings.record import Histograms, Record
from trainings.truth import Measured

EPOCHS, STEPS, BATCH = 6, 5, 8


def plan(**settings: object) -> Plan:
    """A classifier of three classes with a dense layer; 40 examples in batches of 8."""
    x, y = np.zeros((STEPS * BATCH, 4), np.float32), np.zeros(STEPS * BATCH, np.int64)
    own = Plan(Split((x, y), (x, y), (x, y)), "classes", 3, (Layer("dense", 7, "relu"),),
               "softmax", "cross-entropy", batch=BATCH, epochs=EPOCHS)  # fmt: skip
    return replace(own, **settings)


def record(**curves: object) -> Record:
    """A training that learned."""
    steps, epochs = np.arange(EPOCHS * STEPS), np.arange(EPOCHS)
    own = Record(
        loss=np.exp(-steps / 10),
        score=1 - np.exp(-(steps + 1) / 10),
        norm=np.full(len(steps), 0.5),
        rate=np.full(len(steps), 1e-3),
        penalty=np.full(len(steps), 0.25),
        sizes=np.full(STEPS, BATCH),
        val_loss=0.1 + np.exp(-epochs / 2),
        val_score=1 - np.exp(-(epochs + 1) / 2),
        val_penalty=np.full(EPOCHS, 0.25),
        histograms=tuple(_weights()),
        skill=0.9,
        train_skill=0.95,
        val_skill=0.9,
    )
    return replace(own, **curves)


def _weights() -> list[Histograms]:
    counts = np.zeros((EPOCHS, 30))
    counts[:, 15] = 28
    low, high = np.full(EPOCHS, -1.0), np.full(EPOCHS, 1.0)
    return [Histograms(layer, name, low, high, counts)
            for layer in (0, 1) for name in ("kernel", "bias")]  # fmt: skip


def style(**words: object) -> Style:
    """Everything is logged, once an epoch."""
    parts = "training validation score config histograms rate norm hparams recent".split()
    own = Style(**dict.fromkeys(parts, True), every=0, names=3, begin=1.75e9, pace=0.1)
    return replace(own, **words)


def measured(**numbers: object) -> Measured:
    """What was measured of a healthy training."""
    own = Measured(0.9, 0.95, 0.9, 1.0, (0.0, -0.5, -1.0, 0.01), (-0.4, -0.9, 0.0), (0.95, 0.9))
    return replace(own, **numbers)

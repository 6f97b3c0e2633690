"""Healthy trainings: several kinds of data, of network and of optimizer.

Each learns most of what its data hold and ends before validation loss turns.
"""

from __future__ import annotations

from dataclasses import replace

from trainings import data
from trainings.plan import Plan, base


@base("digits-mlp")
def digits_mlp(seed: int) -> Plan:
    return Plan(data.digits(seed), "classes", 10, seed=seed)


@base("digits-sgd")
def digits_sgd(seed: int) -> Plan:
    return replace(digits_mlp(seed), widths=(64,), optimizer="SGD", learning_rate=0.1)


@base("digits-batchnorm")
def digits_batchnorm(seed: int) -> Plan:
    """Validation loss lies below training loss, because dropout acts in training only."""
    return replace(digits_mlp(seed), batchnorm=True, dropout=0.3)


@base("digits-cnn")
def digits_cnn(seed: int) -> Plan:
    plan = Plan(data.images(seed), "classes", 10, body="convolution", seed=seed)
    return replace(plan, widths=(16, 32), epochs=10)


@base("cancer-mlp")
def cancer_mlp(seed: int) -> Plan:
    plan = Plan(data.cancer(seed), "binary", 1, seed=seed)
    return replace(plan, widths=(16,), learning_rate=3e-3)


@base("wine-mlp")
def wine_mlp(seed: int) -> Plan:
    plan = Plan(data.wine(seed), "classes", 3, seed=seed)
    return replace(plan, widths=(16,), batch=16, epochs=20, learning_rate=5e-3)


@base("diabetes-mlp")
def diabetes_mlp(seed: int) -> Plan:
    plan = Plan(data.diabetes(seed), "regression", 1, seed=seed)
    return replace(plan, widths=(16,), penalty=1e-3, learning_rate=3e-3)


@base("friedman-mlp")
def friedman_mlp(seed: int) -> Plan:
    plan = Plan(data.friedman(seed), "regression", 1, seed=seed)
    return replace(plan, widths=(32, 32), epochs=20)


@base("friedman-tanh")
def friedman_tanh(seed: int) -> Plan:
    return replace(friedman_mlp(seed), widths=(32,), activation="tanh", optimizer="RMSprop")


@base("moons-deep")
def moons_deep(seed: int) -> Plan:
    plan = Plan(data.moons(seed), "binary", 1, seed=seed)
    return replace(plan, widths=(16, 16, 16, 16), learning_rate=2e-3)


@base("series-gru")
def series_gru(seed: int) -> Plan:
    plan = Plan(data.series(seed), "regression", 1, body="recurrent", seed=seed)
    return replace(plan, widths=(16,), learning_rate=3e-3, epochs=10)


@base("series-rnn")
def series_rnn(seed: int) -> Plan:
    simple = replace(series_gru(seed), cell="SimpleRNN", activation="tanh")
    return replace(simple, learning_rate=2e-3)


@base("tokens-embedding")
def tokens_embedding(seed: int) -> Plan:
    plan = Plan(data.tokens(seed), "classes", 4, body="embedding", seed=seed)
    return replace(plan, widths=(8,), learning_rate=5e-3, epochs=10)

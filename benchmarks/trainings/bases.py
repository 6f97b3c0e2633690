"""Healthy trainings: several kinds of data, of network and of optimizer.

Each learns most of what its data hold and ends before validation loss turns.
"""

from __future__ import annotations

from trainings import data
from trainings.plan import Plan, base


@base("digits-mlp")
def digits_mlp(seed: int) -> Plan:
    return Plan(data.digits(seed), "classes", 10, seed=seed)


@base("digits-sgd")
def digits_sgd(seed: int) -> Plan:
    plain = {"optimizer": "SGD", "learning_rate": 0.1}
    return Plan(data.digits(seed), "classes", 10, widths=(64,), seed=seed, **plain)


@base("digits-batchnorm")
def digits_batchnorm(seed: int) -> Plan:
    """Validation loss lies below training loss, because dropout acts in training only."""
    return Plan(data.digits(seed), "classes", 10, batchnorm=True, dropout=0.3, seed=seed)


@base("digits-cnn")
def digits_cnn(seed: int) -> Plan:
    shape = {"body": "convolution", "widths": (16, 32)}
    return Plan(data.images(seed), "classes", 10, epochs=10, seed=seed, **shape)


@base("cancer-mlp")
def cancer_mlp(seed: int) -> Plan:
    return Plan(data.cancer(seed), "binary", 1, widths=(16,), learning_rate=3e-3, seed=seed)


@base("wine-mlp")
def wine_mlp(seed: int) -> Plan:
    short = {"batch": 16, "epochs": 20, "learning_rate": 5e-3}
    return Plan(data.wine(seed), "classes", 3, widths=(16,), seed=seed, **short)


@base("diabetes-mlp")
def diabetes_mlp(seed: int) -> Plan:
    mild = {"widths": (16,), "penalty": 1e-3, "epochs": 15}
    return Plan(data.diabetes(seed), "regression", 1, learning_rate=3e-3, seed=seed, **mild)


@base("friedman-mlp")
def friedman_mlp(seed: int) -> Plan:
    return Plan(data.friedman(seed), "regression", 1, widths=(32, 32), epochs=20, seed=seed)


@base("friedman-tanh")
def friedman_tanh(seed: int) -> Plan:
    other = {"activation": "tanh", "optimizer": "RMSprop", "epochs": 20}
    return Plan(data.friedman(seed), "regression", 1, widths=(32,), seed=seed, **other)


@base("moons-deep")
def moons_deep(seed: int) -> Plan:
    deep = {"widths": (16, 16, 16, 16), "learning_rate": 2e-3}
    return Plan(data.moons(seed), "binary", 1, seed=seed, **deep)


@base("series-gru")
def series_gru(seed: int) -> Plan:
    gated = {"body": "recurrent", "widths": (16,), "learning_rate": 3e-3, "epochs": 10}
    return Plan(data.series(seed), "regression", 1, seed=seed, **gated)


@base("series-rnn")
def series_rnn(seed: int) -> Plan:
    simple = {"body": "recurrent", "cell": "SimpleRNN", "widths": (16,), "activation": "tanh"}
    rate = {"learning_rate": 2e-3, "epochs": 10}
    return Plan(data.series(seed), "regression", 1, seed=seed, **simple, **rate)


@base("tokens-embedding")
def tokens_embedding(seed: int) -> Plan:
    words = {"body": "embedding", "widths": (8,), "learning_rate": 5e-3, "epochs": 10}
    return Plan(data.tokens(seed), "classes", 4, seed=seed, **words)

"""The base tasks: data, a network that learns them, and the frameworks that log it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from trainings import data
from trainings.data import Draw
from trainings.plan import Framework, Layer, Plan, Task, rng

#: Activation of the output layer and the loss that goes with it.
_ENDS: dict[Task, tuple[str, str]] = {
    "classes": ("softmax", "cross-entropy"),
    "binary": ("sigmoid", "binary"),
    "labels": ("sigmoid", "binary"),
    "regression": ("linear", "mse"),
}


@dataclass(frozen=True)
class Base:
    """A healthy training.

    Attributes:
        draw: its data; ``sizes`` are the examples to train, to validate and to test on.
        task, outputs, layers: of the network.
        frameworks: by whose trainers it is logged.
        settings: fields of the plan.
    """

    draw: Draw
    sizes: tuple[int, int, int]
    task: Task
    outputs: int
    layers: tuple[Layer, ...]
    frameworks: tuple[Framework, ...]
    settings: dict[str, Any]

    def plan(self, seed: int, framework: Framework) -> Plan:
        """What is trained with this seed, started and ended as the framework does it.

        No two frameworks share examples or weights.
        """
        seed += 1000 * self.frameworks.index(framework)
        keras = framework in ("keras", "tf")
        last, loss = _ENDS[self.task]
        settings = {"start": "keras" if keras else "torch", **self.settings}
        if framework == "huggingface":
            settings = {"clip": 1.0, **settings, "schedule": ("linear",)}
        if not keras:
            settings["epsilon"] = 1e-8
            last = "linear"  # PyTorch's losses take what is before the activation
        split = data.split(self.draw, seed, *self.sizes)
        plan = Plan(split, self.task, self.outputs, self.layers, last, loss, seed=seed, **settings)
        return _varied(plan)


def _varied(plan: Plan) -> Plan:
    """No two people choose the same rate, and some let it fall."""
    random = rng(plan.seed, 50)
    rate = float(f"{plan.rate * 2 ** random.uniform(-0.6, 0.6):.1e}")
    falls = random.random() < 0.25 and plan.schedule == ("constant",)
    schedule = (str(random.choice(["cosine", "step"])),) if falls else plan.schedule
    return replace(plan, rate=rate, schedule=schedule)


def dense(*widths: int, activation: str = "relu") -> tuple[Layer, ...]:
    """Dense layers of these widths."""
    return tuple(Layer("dense", width, activation) for width in widths)


def _conv(*filters: int, ends: tuple[Layer, ...] = (), norm: bool = False) -> tuple[Layer, ...]:
    layers: list[Layer] = []
    for count in filters:
        layers += [Layer("conv", count, "linear" if norm else "relu")]
        layers += [Layer("norm", 0, "relu")] if norm else []
        layers += [Layer("pool")]
    return (*layers, Layer("flatten"), *ends)


def _normed(*widths: int) -> tuple[Layer, ...]:
    pairs = [(Layer("dense", width, "linear"), Layer("norm", 0, "relu")) for width in widths]
    return tuple(layer for pair in pairs for layer in pair)


_DROP = Layer("dropout")
_WORDS = (Layer("embed", 16), Layer("mean"))


def _base(
    draw: Draw,
    train: int,
    task: Task,
    outputs: int,
    layers: tuple[Layer, ...],
    frameworks: str,
    *,
    val: int = 200,
    test: int = 400,
    **settings: Any,
) -> Base:
    names: Any = tuple(frameworks.split())
    return Base(draw, (train, val, test), task, outputs, layers, names, settings)


_SGD: dict[str, Any] = {"optimizer": "sgd", "momentum": 0.9}

BASES: dict[str, Base] = {
    "digits-mlp": _base(data.digits("flat"), 800, "classes", 10, dense(64, 32), "keras torch",
                        epochs=10, l2=1e-4),
    "digits-short": _base(data.digits("flat"), 1000, "classes", 10, dense(64), "keras torch",
                          epochs=3, batch=8, rate=2e-3),
    "digits-deep": _base(data.digits("flat"), 800, "classes", 10, dense(48, 48, 48, 48),
                         "keras lightning", epochs=12, rate=5e-4, l2=3e-4),
    "digits-dropout": _base(data.digits("flat"), 800, "classes", 10,
                            (*dense(96), _DROP, *dense(48), _DROP), "torch tf", epochs=20),
    "digits-cnn": _base(data.digits("images"), 600, "classes", 10,
                        _conv(8, 16, ends=dense(32)), "keras lightning", epochs=16, rate=2e-3),
    "digits-cnn-norm": _base(data.digits("images"), 600, "classes", 10,
                             _conv(8, 16, norm=True), "keras torch", epochs=20),
    "digits-rows": _base(data.digits("rows"), 600, "classes", 10, (Layer("gru", 32, "tanh"),),
                         "tf torch", epochs=20, rate=4e-3),
    "digits-copy": _base(data.digits("copy"), 800, "regression", 64, dense(32, 12, 32),
                         "keras torch", epochs=40, rate=2e-3),
    "digits-denoise": _base(data.digits("noisy copy"), 800, "regression", 64, dense(48),
                            "lightning tf", epochs=20, rate=2e-3),
    "digits-properties": _base(data.digits("properties"), 800, "labels", 3, dense(48, 24),
                               "keras torch", epochs=12, l2=3e-4),
    "digits-value": _base(data.digits("value"), 800, "regression", 1,
                          _conv(8, 16, ends=dense(32)), "tf lightning", epochs=15, l2=1e-4),
    "iris-mlp": _base(data.shipped("iris"), 80, "classes", 3, dense(16), "keras torch", val=30,
                      test=40, epochs=60, batch=16, rate=5e-3),
    "wine-mlp": _base(data.shipped("wine"), 90, "classes", 3, dense(16), "tf lightning", val=40,
                      test=48, epochs=40, batch=16, rate=2e-3, l2=1e-3),
    "cancer-mlp": _base(data.shipped("breast_cancer"), 320, "binary", 1, dense(16), "keras tf",
                        val=100, test=149, epochs=20, l2=1e-3, rate=2e-3),
    "diabetes-mlp": _base(data.shipped("diabetes", "numbers"), 260, "regression", 1, dense(16),
                          "keras torch", val=80, test=102, epochs=50, l2=3e-3, rate=1e-3),
    "clusters-5": _base(data.clusters(5, 20, 1.5), 800, "classes", 5, dense(48, 24),
                        "torch lightning", epochs=15, l2=3e-4),
    "clusters-short": _base(data.clusters(4, 16, 2.0), 1500, "classes", 4, dense(32),
                            "torch keras", epochs=2, batch=10, rate=2e-3),
    "clusters-20": _base(data.clusters(20, 24, 2.5), 1000, "classes", 20, dense(64),
                         "keras huggingface", epochs=15, rate=4e-3),
    "clusters-noisy": _base(data.clusters(2, 12, 1.5, 0.1), 800, "binary", 1, dense(16),
                            "torch keras", epochs=30, l2=1e-3),
    "clusters-rare": _base(data.clusters(2, 12, 2.0, 0.0, [0.85, 0.15]), 1000, "binary", 1,
                           dense(32), "lightning tf", epochs=20, rate=2e-3),
    "clusters-sgd": _base(data.clusters(3, 16, 1.5), 800, "classes", 3, dense(32, 16),
                          "torch tf", epochs=25, rate=2e-2, l2=1e-3, **_SGD),
    "moons-deep": _base(data.plane("moons"), 500, "binary", 1, dense(24, 24, 24), "keras torch",
                        epochs=30, rate=2e-3),
    "circles-tanh": _base(data.plane("circles"), 400, "binary", 1,
                          dense(24, 12, activation="tanh"), "tf lightning", epochs=60,
                          rate=4e-3),
    "spirals-long": _base(data.plane("spirals"), 500, "classes", 3, dense(48, 48), "torch keras",
                          epochs=100, rate=2e-3, schedule=("cosine",)),
    "friedman-mlp": _base(data.functions("friedman1"), 800, "regression", 1, dense(48, 24),
                          "keras torch", epochs=30, rate=2e-3, l2=3e-4),
    "friedman-norm": _base(data.functions("friedman1"), 800, "regression", 1, _normed(48, 24),
                           "torch keras", epochs=30, rate=3e-3, l2=1e-3),
    "alternating-current": _base(data.functions("friedman2"), 600, "regression", 1, dense(32, 16),
                                 "lightning huggingface", epochs=40, rate=3e-3),
    "sine-tanh": _base(data.functions("sine"), 400, "regression", 1,
                       dense(32, 32, activation="tanh"), "tf keras", epochs=80, rate=4e-3),
    "linear-sgd": _base(data.functions("linear"), 500, "regression", 1, (), "torch keras",
                        epochs=40, rate=5e-3, optimizer="sgd"),
    "prices-mlp": _base(data.functions("prices"), 800, "regression", 1, dense(32, 16),
                        "keras lightning", epochs=30, rate=2e-3, optimizer="rmsprop", l2=1e-4),
    "surface-copy": _base(data.low_rank(24, 3), 800, "regression", 24, dense(24, 6, 24),
                          "torch lightning", epochs=40, rate=3e-3),
    "surface-map": _base(data.low_rank(16, 3, same=False), 800, "regression", 4, dense(32),
                         "lightning torch", epochs=30, rate=3e-3, schedule=("linear",)),
    "labels-6": _base(data.multilabel(6), 1000, "labels", 6, dense(32), "keras huggingface",
                      epochs=20, rate=3e-3, l2=1e-3),
    "shapes-cnn": _base(data.shapes(4), 800, "classes", 4, _conv(8, 12, ends=dense(24)),
                        "keras ultralytics", epochs=12, rate=3e-3),
    "shapes-cnn-norm": _base(data.shapes(4), 800, "classes", 4, _conv(8, 12, norm=True),
                             "lightning ultralytics", epochs=12, rate=2e-3),
    "stripes-cnn": _base(data.stripes(), 500, "classes", 3, _conv(8, ends=dense(24)),
                         "ultralytics keras", epochs=12, rate=2e-3, l2=1e-3),
    "waves-rnn": _base(data.series("waves"), 600, "classes", 4, (Layer("rnn", 24, "tanh"),),
                       "keras torch", epochs=25, rate=2e-3),
    "next-gru": _base(data.series("next"), 600, "regression", 1, (Layer("gru", 16, "tanh"),),
                      "keras lightning", epochs=15, rate=5e-3),
    "adding-gru": _base(data.series("adding"), 800, "regression", 1, (Layer("gru", 24, "tanh"),),
                        "torch tf", epochs=40, rate=1e-2, schedule=("cosine",)),
    "sentiment-bag": _base(data.words("sentiment"), 800, "binary", 1, _WORDS, "keras huggingface",
                           epochs=15, rate=1e-2, l2=1e-3),
    "topics-bag": _base(data.words("topics"), 900, "classes", 5, (*_WORDS, *dense(24)),
                        "huggingface keras", epochs=10, rate=6e-3),
    "topics-gru": _base(data.words("topics"), 900, "classes", 5,
                        (Layer("embed", 12), Layer("gru", 16, "tanh")), "huggingface torch",
                        epochs=6, rate=1e-2),
    "next-word": _base(data.words("next"), 1200, "classes", 16, _WORDS, "huggingface torch",
                       epochs=10, rate=1e-2),
    "wine-steps": _base(data.shipped("wine"), 100, "classes", 3, dense(24), "torch tf", val=30,
                        test=48, epochs=150, batch=25, rate=1e-3, optimizer="sgd", momentum=0.9,
                        l2=1e-3),
}  # fmt: skip

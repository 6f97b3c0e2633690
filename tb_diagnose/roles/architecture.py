"""How the layers of a Keras model stand to each other: what bends, what passes on, what merges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from tb_diagnose.core.model import Layer, ModelConfig

#: Layers that are a matrix product (or a convolution, which is one) and their own activation.
AFFINE = frozenset(
    "Dense EinsumDense Conv1D Conv2D Conv3D Conv1DTranspose Conv2DTranspose Conv3DTranspose".split()
)
#: Layers that are linear, or nothing at all, at inference: two affine layers around one are one.
LINEAR = frozenset(
    "Activation Dropout SpatialDropout1D SpatialDropout2D SpatialDropout3D GaussianNoise"
    " GaussianDropout AlphaDropout BatchNormalization Flatten Reshape Permute RepeatVector Masking"
    " InputLayer Rescaling AveragePooling1D AveragePooling2D AveragePooling3D"
    " GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D ZeroPadding1D"
    " ZeroPadding2D ZeroPadding3D Cropping1D Cropping2D UpSampling1D UpSampling2D"
    " ActivityRegularization".split()
)
#: Layers of more than one input: behind them, neighbors in the list are not neighbors in the net.
MERGES = frozenset(
    "Add Subtract Multiply Average Maximum Minimum Concatenate Dot Attention AdditiveAttention"
    " MultiHeadAttention GroupedQueryAttention TFOpLambda Lambda Bidirectional".split()
)
#: Activations whose output is a probability, and losses that measure how far off a number is.
PROBABILITIES = frozenset(("softmax", "sigmoid", "hard_sigmoid"))
DISTANCES = frozenset(
    "mean_squared_error mean_absolute_error mean_squared_logarithmic_error"
    " mean_absolute_percentage_error huber log_cosh".split()
)
#: Weight penalties up to here are usual, and too small to take weights away.
USUAL_PENALTY = 1e-4
SQUASHING = frozenset(("sigmoid", "hard_sigmoid", "tanh", "softsign"))
#: Activation that squashes → its largest derivative; a softmax over K units passes about 1 / K.
SLOPES: Mapping[str, float] = {
    "sigmoid": 0.25, "hard_sigmoid": 0.25, "softmax": 0.25, "tanh": 1.0, "softsign": 1.0,
}  # fmt: skip
ACTIVATIONS = frozenset(("Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax"))


class Step(NamedTuple):
    """One affine layer of a chain with the activation that follows it, its own or a layer's."""

    layer: Layer
    activation: str


def is_chain(model: ModelConfig) -> bool:
    """Whether the layers follow one another as they are listed, as far as can be known."""
    return (
        model.order_known
        and len(model.outputs) == 1
        and not any(
            layer.kind in MERGES or layer.kind.startswith(("Operation", "NotEqual", "GetItem"))
            for layer in model.layers
        )
    )


def branches(model: ModelConfig) -> str:
    """Why the order of the layers is not known; empty where they follow one another."""
    return "" if is_chain(model) else "the model has branches, whose order is not known"


def affine_runs(model: ModelConfig) -> Iterator[tuple[Step, ...]]:
    """The affine layers of a chain, cut wherever something of another kind stands between."""
    run: list[Step] = []
    for layer in model.layers:
        if layer.kind in AFFINE:
            run.append(Step(layer, layer.activation or "linear"))
        elif layer.kind in ACTIVATIONS:
            bends = layer.activation or layer.kind.lower()
            if run and run[-1].activation == "linear" and bends != "linear":
                run[-1] = Step(run[-1].layer, bends)
        elif layer.kind not in LINEAR:
            if run:
                yield tuple(run)
            run = []
    if run:
        yield tuple(run)


def hidden(model: ModelConfig) -> tuple[Step, ...]:
    """The affine layers before the last one of a chain."""
    return tuple(step for run in affine_runs(model) for step in run)[:-1]


def largest_slope(layer: Layer) -> float:
    """How much of a gradient the activation of a layer lets through at most; 1 for all others."""
    slope = SLOPES.get(layer.activation, 1.0)
    wide = layer.activation == "softmax" and layer.units
    return min(slope, 1 / layer.units) if wide else slope


def penalty(layer: Layer) -> tuple[float, float]:
    """Factors of a kernel's L1 and L2 penalty as configured; 0 where there is none."""
    given = layer.config.get("kernel_regularizer")
    if not isinstance(given, Mapping):
        return 0.0, 0.0
    config = given.get("config")
    values: Mapping[str, Any] = config if isinstance(config, Mapping) else {}
    l1, l2 = (values.get(key) for key in ("l1", "l2"))
    return _factor(l1), _factor(l2)


def is_penalized(model: ModelConfig) -> bool:
    """Whether weight or activity penalties are part of the logged loss."""
    keys = ("kernel_regularizer", "bias_regularizer", "activity_regularizer")
    return any(layer.config.get(key) for layer in model.layers for key in keys)


def written(layer: Layer, activation: str | None = None) -> str:
    """``Dense(64, relu)``."""
    bends = layer.activation if activation is None else activation
    return f"{layer.kind}({layer.units}, {bends or 'no activation'})"


def _factor(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


#: Sides of square images that published architectures take (``keras.applications``; LeCun et al.
#: 1998 for 28 and 32).
CONVENTIONAL_SIDES = (
    28, 32, 64, 96, 112, 128, 160, 192, 224, 227, 240, 256, 260, 288, 299, 300, 320, 331, 380,
    384, 416, 448, 456, 480, 512, 528, 600, 608, 640, 768, 1024,
)  # fmt: skip


def image_side(model: ModelConfig) -> int | None:
    """The side of a square image that a model takes, None where its input is none."""
    shape = model.input_shape
    if len(shape) != 3 or None in shape:
        return None
    sides = shape[:2] if shape[2] in (1, 3, 4) else shape[1:] if shape[0] in (1, 3, 4) else ()
    return sides[0] if sides and sides[0] == sides[1] else None

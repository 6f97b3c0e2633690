"""Output shapes and numbers of weights of Keras layers, from their configuration alone.

A shape is a tuple without the batch axis; an axis of free size is None; a shape that is not known
is None altogether. A number of weights that is not known is -1.
"""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from tb_diagnose.read.keras import weights, windows
from tb_diagnose.read.keras.names import config_of
from tb_diagnose.read.keras.windows import Axis, Config, Shape

_SAME = frozenset(
    (
        "Activation",
        "ActivityRegularization",
        "AlphaDropout",
        "BatchNormalization",
        "Dropout",
        "ELU",
        "GaussianDropout",
        "GaussianNoise",
        "GroupNormalization",
        "LayerNormalization",
        "LeakyReLU",
        "Masking",
        "Normalization",
        "PReLU",
        "RMSNormalization",
        "ReLU",
        "Rescaling",
        "Softmax",
        "SpatialDropout1D",
        "SpatialDropout2D",
        "SpatialDropout3D",
        "ThresholdedReLU",
        "UnitNormalization",
        "SpectralNormalization",
        "MultiHeadAttention",
        "Attention",
        "AdditiveAttention",
        "RandomBrightness",
        "RandomContrast",
        "RandomFlip",
        "RandomRotation",
        "RandomTranslation",
        "RandomZoom",
        "Identity",
    )
)
_MERGES = frozenset(("Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract"))
_RECURRENT = frozenset(("LSTM", "GRU", "SimpleRNN", "CuDNNLSTM", "CuDNNGRU"))


def output_shape(kind: str, config: Config, inputs: list[Shape]) -> Shape:
    """Of a layer of class ``kind`` on inputs of these shapes; None where it is not known."""
    shape = inputs[0] if inputs else None
    if kind in _SAME:
        return shape
    if kind in _MERGES:
        return _merged(inputs)
    if kind == "Concatenate":
        return _concatenated(config, inputs)
    if kind in _RECURRENT:
        return _recurrent(config, shape)
    rule = _RULES.get(kind) or windows.rule(kind)
    return rule(config, shape) if rule and shape is not None else None


def parameters(kind: str, config: Config, inputs: list[Shape]) -> int:
    """Number of weights, trained or not, of a layer; -1 where it is not known."""
    if kind in ("Bidirectional", "TimeDistributed"):
        inner = str(config["layer"]["class_name"])
        shape = inputs[0] if inputs else None
        if kind == "TimeDistributed":
            return parameters(inner, config_of(config["layer"]), [shape[1:] if shape else None])
        count = parameters(inner, config_of(config["layer"]), inputs)
        return 2 * count if count >= 0 else -1
    if _weightless(kind):
        return 0
    shape = inputs[0] if inputs else None
    return weights.count(kind, config, shape)


def _weightless(kind: str) -> bool:
    weighty = ("BatchNormalization", "GroupNormalization", "LayerNormalization", "Normalization",
               "PReLU", "RMSNormalization", "MultiHeadAttention", "AdditiveAttention",
               "SpectralNormalization")  # fmt: skip
    if kind in weighty or kind in _RECURRENT or kind in ("Dense", "Embedding"):
        return False
    if kind in _SAME or kind in _MERGES or kind in _RULES or kind in ("Concatenate", "Dot"):
        return True
    return windows.rule(kind) is not None and "Conv" not in kind


def _merged(inputs: list[Shape]) -> Shape:
    """Of inputs that are broadcast against each other."""
    known = [shape for shape in inputs if shape is not None]
    if not known or len(known) < len(inputs):
        return None
    longest = max(known, key=len)
    axes = []
    for back in range(-len(longest), 0):
        sizes = {shape[back] for shape in known if len(shape) >= -back} - {1}
        axes.append(sizes.pop() if len(sizes) == 1 else (None if sizes else 1))
    return tuple(axes)


def _concatenated(config: Config, inputs: list[Shape]) -> Shape:
    known = [shape for shape in inputs if shape is not None]
    if not known or len(known) < len(inputs):
        return None
    axis = int(config.get("axis", -1))
    axis = axis - 1 if axis > 0 else axis
    sizes = [shape[axis] for shape in known]
    total = None if None in sizes else sum(size for size in sizes if size is not None)
    joined = list(known[0])
    joined[axis] = total
    return tuple(joined)


def _recurrent(config: Config, shape: Shape) -> Shape:
    units = int(config["units"])
    if not config.get("return_sequences"):
        return (units,)
    return (shape[0] if shape else None, units)


def _product(axes: tuple[Axis, ...]) -> Axis:
    return None if None in axes else prod(axis for axis in axes if axis is not None)


def _reshape(config: Config, shape: tuple[Axis, ...]) -> Shape:
    target = [int(size) if size is not None else -1 for size in config["target_shape"]]
    total = _product(shape)
    rest = prod(size for size in target if size != -1)
    free = total // rest if total is not None and rest else None
    return tuple(free if size == -1 else size for size in target)


def _time_distributed(config: Config, shape: tuple[Axis, ...]) -> Shape:
    inner = output_shape(config["layer"]["class_name"], config_of(config["layer"]), [shape[1:]])
    return None if inner is None else (shape[0], *inner)


def _bidirectional(config: Config, shape: tuple[Axis, ...]) -> Shape:
    inner = output_shape(config["layer"]["class_name"], config_of(config["layer"]), [shape])
    if inner is None or config.get("merge_mode", "concat") != "concat" or inner[-1] is None:
        return inner
    return (*inner[:-1], 2 * inner[-1])


_RULES: dict[str, Callable[[Config, tuple[Axis, ...]], Shape]] = {
    "Dense": lambda config, shape: (*shape[:-1], int(config["units"])),
    "Embedding": lambda config, shape: (*shape, int(config["output_dim"])),
    "Flatten": lambda _, shape: (_product(shape),),
    "Reshape": _reshape,
    "Permute": lambda config, shape: tuple(shape[int(axis) - 1] for axis in config["dims"]),
    "RepeatVector": lambda config, shape: (int(config["n"]), *shape),
    "TimeDistributed": _time_distributed,
    "Bidirectional": _bidirectional,
}

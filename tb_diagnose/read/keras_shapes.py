"""Output shapes and numbers of weights of Keras layers, from their configuration alone.

A shape is a tuple without the batch axis; an axis of free size is None; a shape that is not known
is None altogether. A number of weights that is not known is -1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from tb_diagnose.read import keras_weights
from tb_diagnose.read.keras_names import config_of

Axis = int | None
Shape = tuple[Axis, ...] | None
Config = Mapping[str, Any]

_SAME = frozenset(
    """Activation ActivityRegularization AlphaDropout BatchNormalization Dropout ELU
    GaussianDropout GaussianNoise GroupNormalization LayerNormalization LeakyReLU Masking
    Normalization PReLU RMSNormalization ReLU Rescaling Softmax SpatialDropout1D SpatialDropout2D
    SpatialDropout3D ThresholdedReLU UnitNormalization SpectralNormalization MultiHeadAttention
    Attention AdditiveAttention RandomBrightness RandomContrast RandomFlip RandomRotation
    RandomTranslation RandomZoom Identity""".split()
)
_MERGES = frozenset("Add Average Maximum Minimum Multiply Subtract".split())
_RECURRENT = frozenset("LSTM GRU SimpleRNN CuDNNLSTM CuDNNGRU".split())


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
    rule = _RULES.get(kind) or _rule_of_family(kind)
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
    return keras_weights.count(kind, config, shape)


def _weightless(kind: str) -> bool:
    weighty = ("BatchNormalization", "GroupNormalization", "LayerNormalization", "Normalization",
               "PReLU", "RMSNormalization", "MultiHeadAttention", "AdditiveAttention",
               "SpectralNormalization")  # fmt: skip
    if kind in weighty or kind in _RECURRENT or kind in ("Dense", "Embedding"):
        return False
    if kind in _SAME or kind in _MERGES or kind in _RULES or kind == "Concatenate":
        return True
    return kind == "Dot" or any(
        mark in kind for mark in ("Pooling", "UpSampling", "Padding", "Cropping")
    )


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


def _rule_of_family(kind: str) -> Callable[[Config, tuple[Axis, ...]], Shape] | None:
    if kind.startswith("Global") and "Pooling" in kind:
        return _global_pooling
    if "Conv" in kind and kind.endswith("Transpose"):
        return _convolution_transpose
    for mark, rule in (("Conv", _convolution), ("Pooling", _pooling), ("UpSampling", _upsampling),
                       ("ZeroPadding", _padded), ("Cropping", _cropped)):  # fmt: skip
        if mark in kind and kind[-1] == "D":
            return rule
    return None


def numbers(value: Any, rank: int) -> list[int]:
    """A size given once for all axes, or once for each."""
    return [int(value)] * rank if isinstance(value, int) else [int(each) for each in value]


def _spatial(config: Config, sizes: list[Axis], channels: Axis) -> Shape:
    if config.get("data_format") == "channels_first":
        return (channels, *sizes)
    return (*sizes, channels)


def _parts(config: Config, shape: tuple[Axis, ...]) -> tuple[list[Axis], Axis]:
    """Spatial sizes, and channels."""
    if config.get("data_format") == "channels_first":
        return list(shape[1:]), shape[0]
    return list(shape[:-1]), shape[-1]


def _window(size: Axis, window: int, stride: int, padding: str) -> Axis:
    if size is None:
        return None
    if padding == "valid":
        return (size - window) // stride + 1
    return -(-size // stride)


def _convolution(config: Config, shape: tuple[Axis, ...]) -> Shape:
    sizes, channels = _parts(config, shape)
    rank, padding = len(sizes), str(config.get("padding", "valid"))
    kernel = numbers(config["kernel_size"], rank)
    stride, dilation = (
        numbers(config.get(name) or 1, rank) for name in ("strides", "dilation_rate")
    )
    out = [_window(size, (k - 1) * d + 1, s, padding)
           for size, k, s, d in zip(sizes, kernel, stride, dilation, strict=True)]  # fmt: skip
    if "filters" in config:
        return _spatial(config, out, int(config["filters"]))
    many = None if channels is None else channels * int(config.get("depth_multiplier", 1))
    return _spatial(config, out, many)


def _convolution_transpose(config: Config, shape: tuple[Axis, ...]) -> Shape:
    sizes, _ = _parts(config, shape)
    rank = len(sizes)
    kernel, stride = numbers(config["kernel_size"], rank), numbers(config.get("strides") or 1, rank)
    extra = config.get("output_padding")
    out: list[Axis] = []
    for axis, size in enumerate(sizes):
        k, s, same = kernel[axis], stride[axis], config.get("padding") == "same"
        if size is None:
            out.append(None)
        elif extra is None:
            out.append(size * s + (0 if same else max(k - s, 0)))
        else:
            cut = 2 * (k // 2) if same else 0
            out.append((size - 1) * s + k - cut + numbers(extra, rank)[axis])
    return _spatial(config, out, int(config["filters"]))


def _pooling(config: Config, shape: tuple[Axis, ...]) -> Shape:
    sizes, channels = _parts(config, shape)
    window = numbers(config["pool_size"], len(sizes))
    stride = numbers(config.get("strides") or config["pool_size"], len(sizes))
    padding = str(config.get("padding", "valid"))
    out = [_window(*each, padding) for each in zip(sizes, window, stride, strict=True)]
    return _spatial(config, out, channels)


def _global_pooling(config: Config, shape: tuple[Axis, ...]) -> Shape:
    sizes, channels = _parts(config, shape)
    if config.get("keepdims"):
        return _spatial(config, [1] * len(sizes), channels)
    return (channels,)


def _upsampling(config: Config, shape: tuple[Axis, ...]) -> Shape:
    sizes, channels = _parts(config, shape)
    factors = numbers(config["size"], len(sizes))
    out = [None if size is None else size * by for size, by in zip(sizes, factors, strict=True)]
    return _spatial(config, out, channels)


def _edges(value: Any, rank: int) -> list[int]:
    """Sum of what is added or cut on both sides of each axis."""
    if isinstance(value, int):
        return [2 * value] * rank
    if rank == 1 and len(value) == 2 and all(isinstance(each, int) for each in value):
        return [sum(value)]
    return [2 * each if isinstance(each, int) else sum(each) for each in value]


def _padded(config: Config, shape: tuple[Axis, ...]) -> Shape:
    return _grown(config, shape, config["padding"], 1)


def _cropped(config: Config, shape: tuple[Axis, ...]) -> Shape:
    return _grown(config, shape, config["cropping"], -1)


def _grown(config: Config, shape: tuple[Axis, ...], by: Any, sign: int) -> Shape:
    sizes, channels = _parts(config, shape)
    edges = _edges(by, len(sizes))
    out = [None if size is None else size + sign * e for size, e in zip(sizes, edges, strict=True)]
    return _spatial(config, out, channels)


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

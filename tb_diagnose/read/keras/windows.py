"""Output shapes of Keras layers that slide a window: convolution, pooling, padding and the like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Axis = int | None
Shape = tuple[Axis, ...] | None
Config = Mapping[str, Any]


def rule(kind: str) -> Callable[[Config, tuple[Axis, ...]], Shape] | None:
    """How a layer of one of these families changes a shape, None for any other layer."""
    if kind.startswith("Global") and "Pooling" in kind:
        return _global_pooling
    if "Conv" in kind and kind.endswith("Transpose"):
        return _convolution_transpose
    for mark, found in (("Conv", _convolution), ("Pooling", _pooling), ("UpSampling", _upsampling),
                       ("ZeroPadding", _padded), ("Cropping", _cropped)):  # fmt: skip
        if mark in kind and kind[-1] == "D":
            return found
    return None


def _numbers(value: Any, rank: int) -> list[int]:
    """A size given once for all axes, or once for each."""
    return [int(value)] * rank if isinstance(value, int) else [int(each) for each in value]


def _joined(config: Config, sizes: list[Axis], channels: Axis) -> Shape:
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
    kernel = _numbers(config["kernel_size"], rank)
    stride, dilation = (
        _numbers(config.get(name) or 1, rank) for name in ("strides", "dilation_rate")
    )
    out = [_window(size, (k - 1) * d + 1, s, padding)
           for size, k, s, d in zip(sizes, kernel, stride, dilation, strict=True)]  # fmt: skip
    if "filters" in config:
        return _joined(config, out, int(config["filters"]))
    many = None if channels is None else channels * int(config.get("depth_multiplier", 1))
    return _joined(config, out, many)


def _convolution_transpose(config: Config, shape: tuple[Axis, ...]) -> Shape:
    sizes, _ = _parts(config, shape)
    rank = len(sizes)
    kernel, stride = (
        _numbers(config["kernel_size"], rank),
        _numbers(config.get("strides") or 1, rank),
    )
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
            out.append((size - 1) * s + k - cut + _numbers(extra, rank)[axis])
    return _joined(config, out, int(config["filters"]))


def _pooling(config: Config, shape: tuple[Axis, ...]) -> Shape:
    sizes, channels = _parts(config, shape)
    window = _numbers(config["pool_size"], len(sizes))
    stride = _numbers(config.get("strides") or config["pool_size"], len(sizes))
    padding = str(config.get("padding", "valid"))
    out = [_window(*each, padding) for each in zip(sizes, window, stride, strict=True)]
    return _joined(config, out, channels)


def _global_pooling(config: Config, shape: tuple[Axis, ...]) -> Shape:
    sizes, channels = _parts(config, shape)
    if config.get("keepdims"):
        return _joined(config, [1] * len(sizes), channels)
    return (channels,)


def _upsampling(config: Config, shape: tuple[Axis, ...]) -> Shape:
    sizes, channels = _parts(config, shape)
    factors = _numbers(config["size"], len(sizes))
    out = [None if size is None else size * by for size, by in zip(sizes, factors, strict=True)]
    return _joined(config, out, channels)


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
    return _joined(config, out, channels)

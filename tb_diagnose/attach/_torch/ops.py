"""``Ops`` for PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from tb_diagnose.attach._torch import names
from tb_diagnose.attach.core.ops import Axes, Tensor


class TorchOps:
    """Operations of PyTorch, on the device of the first tensor that is measured."""

    replicas = 1
    compiled = False

    def __init__(self, device: Any = None) -> None:
        self._device = device

    def scope(self) -> Any:
        return None

    def read(self, variable: Any) -> Tensor:
        return names.local(variable.detach()).clone()

    def barrier(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        detached = [names.local(tensor.detach()) for tensor in tensors]
        if self._device is None and detached:
            self._device = detached[0].device
        return [tensor.to_dense() if tensor.is_sparse else tensor for tensor in detached]

    def shape(self, x: Tensor) -> tuple[int | None, ...]:
        return tuple(x.shape)

    def count(self, x: Tensor) -> Tensor:
        return torch.tensor(float(len(x)), device=x.device)

    def dtype(self, x: Tensor) -> str:
        return str(x.dtype).removeprefix("torch.")

    def floats(self, x: Tensor) -> Tensor:
        return x.to(torch.float32)

    def integers(self, x: Tensor) -> Tensor:
        return x.to(torch.int32)

    def bits(self, x: Tensor) -> Tensor:
        return x.contiguous().view(torch.int32)

    def constant(self, values: Any, dtype: str) -> Tensor:
        return torch.as_tensor(values, dtype=getattr(torch, dtype), device=self._device)

    def finite(self, x: Tensor) -> Tensor:
        return torch.isfinite(x)

    def sum(self, x: Tensor, axis: Axes = None) -> Tensor:
        # Fingerprints need sums of integers that wrap; PyTorch would widen them.
        kind = None if x.is_floating_point() else x.dtype
        return torch.sum(x, dtype=kind) if axis is None else torch.sum(x, axis, dtype=kind)

    def mean(self, x: Tensor, axis: Axes = None) -> Tensor:
        return torch.mean(x) if axis is None else torch.mean(x, axis)

    def low(self, x: Tensor, axis: Axes = None) -> Tensor:
        return torch.amin(x, () if axis is None else axis)

    def high(self, x: Tensor, axis: Axes = None) -> Tensor:
        return torch.amax(x, () if axis is None else axis)

    def root(self, x: Tensor) -> Tensor:
        return torch.sqrt(x)

    def clipped(self, x: Tensor, limit: float) -> Tensor:
        return torch.clamp(x, -limit, limit)

    def largest(self, x: Tensor) -> Tensor:
        return torch.argmax(x, dim=-1).to(torch.int32)

    def reshape(self, x: Tensor, shape: tuple[int, ...]) -> Tensor:
        return x.reshape(shape)

    def stack(self, scalars: Sequence[Tensor]) -> Tensor:
        return torch.stack([scalar.to(self._device or scalar.device) for scalar in scalars])

    def join(self, vectors: Sequence[Tensor]) -> Tensor:
        return torch.cat([vector.to(self._device or vector.device) for vector in vectors])

    def quantiles(self, x: Tensor, probabilities: Sequence[float]) -> Tensor:
        q = self.constant(list(probabilities), "float32")
        return torch.quantile(x.reshape(-1), q, interpolation="nearest")

    def summed(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        return list(tensors)

    def gathered(self, vector: Tensor) -> Tensor:
        return vector

"""The few operations on tensors that the statistics are made of; a back end supplies them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

Tensor = Any
Axes = int | tuple[int, ...] | None


class Ops(Protocol):
    """Operations of one back end. Arithmetic and comparisons are the tensors' own operators."""

    @property
    def replicas(self) -> int:
        """How many replicas share the step."""

    @property
    def compiled(self) -> bool:
        """Whether a compiler fuses the step's operations, and rounds as it fuses."""

    def scope(self) -> Any:
        """What is being traced just now; tensors of an inner loop or branch cannot leave it."""

    def barrier(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """The same tensors, detached, behind which no compiler may fuse back into the step."""

    def read(self, variable: Any) -> Tensor:
        """A variable's value as it stands: what is assigned to it later does not change it."""

    def shape(self, x: Tensor) -> tuple[int | None, ...]:
        """Sizes of the axes; None where they are known only when the step runs."""

    def count(self, x: Tensor) -> Tensor:
        """Size of the first axis, float32."""

    def dtype(self, x: Tensor) -> str:
        """Such as ``float32``."""

    def floats(self, x: Tensor) -> Tensor:
        """As float32."""

    def integers(self, x: Tensor) -> Tensor:
        """As int32."""

    def bits(self, x: Tensor) -> Tensor:
        """The bits of float32 values as int32."""

    def constant(self, values: Any, dtype: str) -> Tensor:
        """A tensor of these values on the step's device."""

    def finite(self, x: Tensor) -> Tensor:
        """Boolean, true where neither NaN nor infinite."""

    def sum(self, x: Tensor, axis: Axes = None) -> Tensor: ...
    def mean(self, x: Tensor, axis: Axes = None) -> Tensor: ...
    def low(self, x: Tensor, axis: Axes = None) -> Tensor: ...
    def high(self, x: Tensor, axis: Axes = None) -> Tensor: ...
    def root(self, x: Tensor) -> Tensor: ...
    def clipped(self, x: Tensor, limit: float) -> Tensor: ...
    def largest(self, x: Tensor) -> Tensor:
        """Index of the largest value along the last axis, int32."""

    def reshape(self, x: Tensor, shape: tuple[int, ...]) -> Tensor: ...
    def stack(self, scalars: Sequence[Tensor]) -> Tensor:
        """Scalars as one vector."""

    def join(self, vectors: Sequence[Tensor]) -> Tensor:
        """Vectors one after the other."""

    def quantiles(self, x: Tensor, probabilities: Sequence[float]) -> Tensor:
        """The elements of a vector nearest to these quantiles."""

    def summed(self, tensors: Sequence[Tensor]) -> list[Tensor]:
        """Each tensor summed over the replicas that share the step."""

    def gathered(self, vector: Tensor) -> Tensor:
        """The vectors of all replicas, [replicas, n]; the vector itself where there is one."""

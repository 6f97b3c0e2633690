"""Keras on PyTorch: its steps run eagerly, so the step itself is recorded."""

from __future__ import annotations

from typing import Any

from tb_diagnose.attach._keras import instrumented_step
from tb_diagnose.attach._torch.ops import TorchOps
from tb_diagnose.attach.core.ops import Tensor
from tb_diagnose.attach.core.patches import patched

#: A callback that looks at the end of a step would make Keras wait for the device there.
SYNCHRONOUS = False


class Ops(TorchOps):
    """Operations of PyTorch, on the values of Keras' variables."""

    def __init__(self, *, compiled: bool) -> None:
        super().__init__()
        self.compiled = compiled

    def read(self, variable: Any) -> Tensor:
        return super().read(variable.value)


class InstrumentedStep(instrumented_step.InstrumentedStep):
    """Leaves models under ``torch.compile`` alone: hooks would be compiled in, or not run."""

    def _made(self) -> Any:
        model, name = self.model, f"{self.kind}_step"
        if model.jit_compile:
            raise RuntimeError("steps under torch.compile are not measured; use jit_compile=False")
        step, plain = self._step(getattr(model, name)), self.plain

        def function(data: Any) -> Any:
            # Keras looks train_step up when the function runs, not when it is made.
            with patched(model, name, step):
                return plain(data)

        return function

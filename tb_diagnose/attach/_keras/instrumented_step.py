"""A second compilation of a model's own step, with recorders on, swapped in for single steps."""

from __future__ import annotations

import logging
from typing import Any

import keras
import numpy as np

from tb_diagnose.attach._keras.hooks import KerasPatches
from tb_diagnose.attach._keras.names import optimizers
from tb_diagnose.attach._keras.ops import backend
from tb_diagnose.attach.core.patches import patched
from tb_diagnose.attach.core.recorder import Recorder
from tb_diagnose.attach.core.step_layout import Sample, StepLayouts

_log = logging.getLogger("tb_diagnose")


class InstrumentedStep:
    """The instrumented version of ``model.train_function`` or ``model.test_function``.

    The plain function stays what it is and runs every step but the sampled ones. ``fit`` looks the
    function up again for each step, so ``enable`` reaches the next step and no other.
    """

    def __init__(self, model: Any, kind: str = "train") -> None:
        self.model, self.kind = model, kind
        release(model, kind)
        self.plain = getattr(model, f"{kind}_function")
        self.broken = self.ran = False
        self._layouts = StepLayouts()
        self._hooks = KerasPatches(model, whole=kind == "train")
        self._vector: Any = None
        self._stand_in = self._run
        self._function = self._made()

    def ready(self) -> bool:
        """Whether the step has made all its variables.

        It makes them when it first runs, and that has to be the plain one's run: variables made
        while a trace runs that then fails would be left without a value.
        """
        return bool(self.model.built) and all(
            optimizer.built for optimizer in optimizers(self.model)
        )

    def enable(self) -> None:
        """The next step is sampled."""
        if not self.broken:
            setattr(self.model, f"{self.kind}_function", self._stand_in)

    def disable(self) -> None:
        """The model's function is its own."""
        if getattr(self.model, f"{self.kind}_function") is self._stand_in:
            setattr(self.model, f"{self.kind}_function", self.plain)

    def read_sample(self) -> Sample | None:
        """The numbers of the step that was sampled last, once."""
        vector, self._vector = self._vector, None
        if vector is None or self.broken:
            return None
        return self._layouts.read(np.asarray(keras.ops.convert_to_numpy(vector)))

    def _made(self) -> Any:
        model, kind = self.model, self.kind
        step = self._step(getattr(model, f"{kind}_step"))
        try:
            with patched(model, f"{kind}_step", step):
                getattr(model, f"make_{kind}_function")(force=True)
            return getattr(model, f"{kind}_function")
        finally:
            setattr(model, f"{kind}_function", self.plain)

    def _step(self, base: Any) -> Any:
        def step(data: Any) -> Any:
            recorder = self._recorder()
            with self._hooks.recording(recorder):
                logs = base(data)
            self._finish(recorder, data)
            return {"logs": logs, "diagnose": self._numbers(recorder)}

        return step

    def _recorder(self) -> Recorder:
        compiled = bool(self.model.jit_compile) and not self.model.run_eagerly
        return Recorder(backend().Ops(compiled=compiled))

    def _finish(self, recorder: Recorder, data: Any) -> None:
        """Record what ``train_step`` was given, and say what could not be measured."""
        if not recorder.has("loss"):
            recorder.skip(f"the loss: this model's {self.kind}_step calls no compute_loss")
        x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
        recorder.inputs(named(x), prints=self.kind == "train")

    def _numbers(self, recorder: Recorder) -> Any:
        """The statistics as one vector; where that fails, the step keeps its own result."""
        try:
            return recorder.vector(self._layouts)
        except Exception:  # noqa: BLE001 - the training must not notice
            self.broken = True
            _log.warning("tb-diagnose cannot measure this model and leaves it alone", exc_info=True)
            return recorder.ops.constant([-1.0], "float32")

    def _run(self, *arguments: Any) -> Any:
        self.disable()
        return self._attempt(*arguments)

    def _attempt(self, *arguments: Any) -> Any:
        return self._call(self._function, self.plain, *arguments)

    def _call(self, function: Any, plain: Any, *arguments: Any) -> Any:
        """A sampled step; where it cannot be traced, the plain one on the same data."""
        try:
            result = function(*arguments)
        except StopIteration:
            raise
        except Exception:
            if self.ran or self.broken:
                raise
            self.broken = True
            _log.warning("tb-diagnose cannot measure this model and leaves it alone", exc_info=True)
            return plain(*arguments)
        self.ran = True
        return self._unpacked(result)

    def _unpacked(self, result: Any) -> Any:
        """The step's own result, the statistics taken out of it."""
        self._vector = result["diagnose"]
        return result["logs"]


def release(model: Any, kind: str) -> None:
    """Disable what was enabled for a step that never came: another callback raised before."""
    left = getattr(getattr(model, f"{kind}_function"), "__self__", None)
    if isinstance(left, InstrumentedStep):
        left.disable()


def named(x: Any) -> dict[str, Any]:
    """Inputs by name: a dict's keys, positions, or ``input`` for a single one."""
    if isinstance(x, dict):
        return {str(name): tensor for name, tensor in x.items() if tensor is not None}
    if isinstance(x, tuple | list):
        return {f"input_{place}": tensor for place, tensor in enumerate(x) if tensor is not None}
    return {"input": x}

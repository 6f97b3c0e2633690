"""A second compilation of a model's own step, with recorders on, swapped in for single steps."""

from __future__ import annotations

import logging
from typing import Any

import keras
import numpy as np

from tb_diagnose.attach.hooks import replaced
from tb_diagnose.attach.keras_hooks import KerasHooks
from tb_diagnose.attach.keras_ops import KerasOps
from tb_diagnose.attach.plan import Plans, Sample
from tb_diagnose.attach.recorder import Recorder

_log = logging.getLogger("tb_diagnose")


class Twin:
    """The instrumented twin of ``model.train_function`` or ``model.test_function``.

    The plain function stays what it is and runs every step but the sampled ones. ``fit`` looks the
    function up anew for each step, so ``arm`` reaches the next step and no other.
    """

    def __init__(self, model: Any, kind: str = "train") -> None:
        self.model, self.kind = model, kind
        self.plain = getattr(model, f"{kind}_function")
        self.broken = self.ran = False
        self._plans = Plans()
        self._hooks = KerasHooks(model, whole=kind == "train")
        self._vector: Any = None
        self._stand_in = self._run
        self._function = self._made()

    def arm(self) -> None:
        """The next step is sampled."""
        if not self.broken:
            setattr(self.model, f"{self.kind}_function", self._stand_in)

    def disarm(self) -> None:
        """The model's function is its own."""
        if getattr(self.model, f"{self.kind}_function") is self._stand_in:
            setattr(self.model, f"{self.kind}_function", self.plain)

    def take(self) -> Sample | None:
        """The numbers of the step that was sampled last, once."""
        vector, self._vector = self._vector, None
        return (
            None
            if vector is None
            else self._plans.read(np.asarray(keras.ops.convert_to_numpy(vector)))
        )

    def _made(self) -> Any:
        model, kind = self.model, self.kind
        step = self._step(getattr(model, f"{kind}_step"))
        try:
            with replaced(model, f"{kind}_step", step):
                getattr(model, f"make_{kind}_function")(force=True)
            return getattr(model, f"{kind}_function")
        finally:
            setattr(model, f"{kind}_function", self.plain)

    def _step(self, base: Any) -> Any:
        def step(data: Any) -> Any:
            compiled = bool(self.model.jit_compile) and not self.model.run_eagerly
            recorder = Recorder(KerasOps(compiled=compiled))
            with self._hooks.recording(recorder):
                logs = base(data)
            if not recorder.has("loss"):
                recorder.skip(f"the loss: this model's {self.kind}_step calls no compute_loss")
            batch(recorder, data, prints=self.kind == "train")
            return {"logs": logs, "diagnose": recorder.vector(self._plans)}

        return step

    def _run(self, iterator: Any) -> Any:
        self.disarm()
        try:
            result = self._function(iterator)
        except StopIteration:
            raise
        except Exception:
            if self.ran or self.broken:
                raise
            # Tracing failed, so no data was taken and nothing was trained.
            self.broken = True
            _log.warning("tb-diagnose cannot measure this model and leaves it alone", exc_info=True)
            return self.plain(iterator)
        self.ran = True
        self._vector = result["diagnose"]
        return result["logs"]


def batch(recorder: Recorder, data: Any, *, prints: bool) -> None:
    """Record the inputs of a batch as ``train_step`` gets it."""
    x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
    recorder.inputs(named(x), prints=prints)


def named(x: Any) -> dict[str, Any]:
    """Inputs by name: a dict's keys, positions, or ``input`` for a single one."""
    if isinstance(x, dict):
        return {str(name): each for name, each in x.items() if each is not None}
    if isinstance(x, tuple | list):
        return {f"input_{place}": each for place, each in enumerate(x) if each is not None}
    return {"input": x}

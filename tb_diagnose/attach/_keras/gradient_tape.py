"""A training step of one's own around ``tf.GradientTape``, sampled now and then."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import update_wrapper
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from tb_diagnose.attach._keras import names
from tb_diagnose.attach._keras.hooks import KerasPatches
from tb_diagnose.attach._keras.instrumented_step import named
from tb_diagnose.attach._keras.setup import described
from tb_diagnose.attach._keras.targets import targets
from tb_diagnose.attach._keras.tensorflow import Ops
from tb_diagnose.attach.core.detach import detach_on_failure
from tb_diagnose.attach.core.live_monitor import OnFinding
from tb_diagnose.attach.core.options import checked_folder, described_error
from tb_diagnose.attach.core.recorder import Recorder
from tb_diagnose.attach.core.sampling_schedule import SamplingSchedule
from tb_diagnose.attach.core.sinks import FileSink, Sink, TensorFlowSink
from tb_diagnose.attach.core.step_layout import Sample, StepLayouts
from tb_diagnose.attach.core.step_tracker import StepTracker

_log = logging.getLogger("tb_diagnose")


class Step:
    """Called like the step it was made of; see ``tb_diagnose.attach.tf``.

    The step's first argument, or the first part of it, are the inputs, and what comes next the
    targets; the first single number that it returns is the loss. ``stop`` says whether
    ``on_finding="stop"`` found something critical.
    """

    def __init__(
        self, step: Callable[..., Any], model: Any, optimizers: Sequence[Any], loss: Any
    ) -> None:
        update_wrapper(self, getattr(step, "python_function", step))
        self.plain, self.model, self.loss = step, model, loss
        self.optimizers = list(optimizers)
        self.broken = False
        self.tracker: StepTracker | None = None
        self.stop = self._ran = False
        self._layouts = StepLayouts()
        self._hooks = KerasPatches(model, self.optimizers)
        self.compiled = bool(getattr(step, "_jit_compile", None))
        self._sampled = self._made()

    def detach(self) -> None:
        """Only the plain step is left."""
        self.tracker = None

    @detach_on_failure
    def close(self) -> None:
        """The training is over: examine it a last time, and measure nothing more."""
        if self.tracker is not None:
            self.tracker.finish()
            self.stop = self.tracker.stop
        self.detach()

    def new_epoch(self) -> None:
        """Tell that the data begins again."""
        if self.tracker is not None:
            self.tracker.new_epoch()

    def __call__(self, *arguments: Any, **named_arguments: Any) -> Any:
        if self.tracker is None or not self._should_sample():
            result = self.plain(*arguments, **named_arguments)
            self._done(None)
            return result
        try:
            result, vector = self._sampled(*arguments, **named_arguments)
        except Exception:
            if self._ran:
                raise
            self.broken = True  # it could not be traced, so nothing was trained
            self.detach()
            _log.warning("tb-diagnose cannot measure this step and leaves it alone", exc_info=True)
            return self.plain(*arguments, **named_arguments)
        self._ran = True
        self._done(vector)
        return result

    @detach_on_failure
    def _should_sample(self) -> bool:
        # The plain step has to make the variables, or a trace that fails leaves them without value.
        made = self.model.built and all(optimizer.built for optimizer in self.optimizers)
        return self.tracker is not None and made and self.tracker.should_sample()

    @detach_on_failure
    def _done(self, vector: Any) -> None:
        if self.tracker is None:
            return
        if self.tracker.step == 0:
            self.tracker.write_setup(described(self.model, self.optimizers, self.loss, "tf"))
        sample: Sample | None = None
        if vector is not None:
            sample = self._layouts.read(np.asarray(vector))
        self.tracker.done(sample, names.clipping(self.optimizers))
        self.stop = self.tracker.stop

    def _made(self) -> Callable[..., Any]:
        """The instrumented step: compiled as the plain one is, if it is."""
        inner = getattr(self.plain, "python_function", None)
        if inner is None:
            return self._instrumented(self.plain)
        if getattr(self.plain, "_autograph", False):
            inner = tf.autograph.to_graph(inner)
        traced: Callable[..., Any] = tf.function(
            self._instrumented(inner),
            autograph=False,
            jit_compile=getattr(self.plain, "_jit_compile", None),
            reduce_retracing=True,
        )
        return traced

    def _instrumented(self, step: Callable[..., Any]) -> Callable[..., Any]:
        def instrumented(*arguments: Any, **named_arguments: Any) -> Any:
            recorder = Recorder(Ops(compiled=self.compiled))
            with self._hooks.recording(recorder):
                result = step(*arguments, **named_arguments)
            batch = arguments or tuple(named_arguments.values())
            if len(batch) == 1 and isinstance(batch[0], tuple | list):
                batch = tuple(batch[0])
            self._record(recorder, batch, result, recorder.result)
            return result, recorder.vector(self._layouts)

        return instrumented

    def _record(self, recorder: Recorder, batch: Any, result: Any, y_pred: Any) -> None:
        if not recorder.has("loss"):
            numbers = [value for value in keras.tree.flatten(result) if _single(value)]
            if numbers:
                recorder.loss(numbers[0])
            else:
                recorder.skip("the loss: the step returns no single number")
        if len(batch) > 1 and not recorder.has("quantiles"):
            targets(recorder, self.loss, batch[1], y_pred)
        if batch:
            recorder.inputs({name: tf.convert_to_tensor(x) for name, x in named(batch[0]).items()})


def _single(x: Any) -> bool:
    return bool(keras.ops.is_tensor(x)) and len(x.shape) == 0 and x.dtype.is_floating


def attach(  # the arguments are those of tb_diagnose.attach.tf
    step: Callable[..., Any],
    model: Any,
    optimizer: Any,
    writer: Any,
    loss: Any,
    *,
    every: int | None,
    budget: float,
    folder: Path | None,
    on_finding: OnFinding,
) -> Step:
    """The step with a tracker of its own, without one where nothing is written."""
    made = Step(step, model, _checked(step, model, optimizer, loss), loss)
    if writer is None:
        return made
    sink: Sink
    if hasattr(writer, "as_default"):
        sink = TensorFlowSink(lambda: writer)
    else:
        folder = checked_folder(writer, "writer", "a tf.summary writer, a folder's path or None")
        sink = FileSink(folder)
    first = made.optimizers[0]
    schedule = SamplingSchedule(
        budget,
        every=every,
        stride=names.accumulated_steps(first),
        compiles=hasattr(step, "python_function"),
    )
    about = names.about(model, first, "tf", compiled=made.compiled)
    made.tracker = StepTracker(sink, schedule, folder=folder, on_finding=on_finding, about=about)
    return made


def _checked(step: Any, model: Any, optimizer: Any, loss: Any) -> list[Any]:
    """The optimizers. Raises TypeError where an argument is of the wrong kind."""
    if not callable(step) or isinstance(step, keras.Model):
        raise described_error("step", "a function of a batch", step)
    if not isinstance(model, keras.layers.Layer):
        raise described_error("model", "a keras.Model", model)
    several = list(optimizer) if isinstance(optimizer, list | tuple) else [optimizer]
    wrong = [one for one in several if not isinstance(one, keras.optimizers.Optimizer)]
    if wrong or not several:
        value = wrong[0] if wrong else optimizer
        raise described_error("optimizer", "a keras.optimizers.Optimizer or a list of them", value)
    if loss is not None and not (isinstance(loss, str | dict | list | tuple) or callable(loss)):
        raise described_error("loss", "a loss as compile takes it", loss)
    return several

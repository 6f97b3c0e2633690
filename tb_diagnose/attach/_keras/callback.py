"""The Keras callback: samples steps of ``fit`` and batches of the validation."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np

from tb_diagnose.attach._keras import names
from tb_diagnose.attach._keras.instrumented_step import InstrumentedStep, release
from tb_diagnose.attach._keras.ops import backend
from tb_diagnose.attach._keras.setup import described
from tb_diagnose.attach._keras.validation import Validation
from tb_diagnose.attach._keras.writers import flush, table_writers, tensorboard
from tb_diagnose.attach.core.detach import detach_on_failure
from tb_diagnose.attach.core.live_monitor import LiveMonitor, OnFinding
from tb_diagnose.attach.core.rolling_stats import RollingStats
from tb_diagnose.attach.core.sampling_schedule import SamplingSchedule
from tb_diagnose.attach.core.step_layout import Sample
from tb_diagnose.attach.core.table_writer import TableWriter
from tb_diagnose.attach.core.tables import layout_facts, tables

_log = logging.getLogger("tb_diagnose")


class KerasCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """See ``tb_diagnose.attach.keras``."""

    def __init__(
        self,
        logdir: Path | None,
        *,
        every: int | None,
        budget: float,
        on_finding: OnFinding,
    ) -> None:
        super().__init__()
        self.broken = False
        self._logdir, self._every, self._budget = logdir, every, budget
        self._on_finding = on_finding
        self._instrumented: InstrumentedStep | None = None
        self._validation: Validation | None = None
        self._beside: Any = None
        self._table_writer: TableWriter | None = None
        self._monitor: LiveMonitor | None = None
        self._schedule = SamplingSchedule()
        self._rolling = RollingStats()
        self._steps = 0  # of all epochs before this one
        self._batches = 0  # of this epoch, once it is over
        self._executions = 0
        self._step = -1
        self._began: float | None = None
        self._enabled = self._described = False

    def detach(self) -> None:
        """The model is as it was found, and nothing more is written."""
        for instrumented in (
            self._instrumented,
            self._validation and self._validation.instrumented,
        ):
            if instrumented:
                instrumented.disable()
        self._instrumented = self._validation = self._monitor = None

    @detach_on_failure
    def on_train_begin(self, logs: Any = None) -> None:
        self._open()
        release(self.model, "train")
        instrumented = self._instrumented
        known = instrumented is not None and instrumented.plain is self.model.train_function
        epochs, steps = self.params.get("epochs"), self.params.get("steps")
        together = self.model.steps_per_execution
        total = -(-steps * epochs // together) if steps and epochs else None
        if known:  # a further fit of the same model goes on where the last one ended
            self._schedule.resume(total)
        else:
            self._begin(total, epoch=-(-steps // together) if steps else 0)
        self._steps, self._batches, self._began = -1, 0, None

    def _begin(self, total: int | None, epoch: int) -> None:
        """Compile an instrumented step, and count from the start."""
        self._instrumented = backend().InstrumentedStep(self.model)
        self._rolling, self._executions = RollingStats(), 0
        stride = names.accumulated_steps(self.model.optimizer)
        self._schedule = SamplingSchedule(
            self._budget,
            every=self._every,
            total=total,
            stride=stride if self.model.steps_per_execution == 1 else 1,
            epoch=epoch,
            compiles=not self.model.run_eagerly,
        )

    def _open(self) -> None:
        """Find the writers, again for each training, as the TensorBoard callback opens new ones."""
        self._described = False
        self._beside = tensorboard()
        folder, self._table_writer, validation = table_writers(self._logdir, self._beside)
        self._validation = Validation(
            validation, self._validation.instrumented if self._validation else None
        )
        self._monitor = (
            LiveMonitor(folder, self._on_finding, self._monitor) if self._on_finding else None
        )

    @detach_on_failure
    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self._steps < 0:
            self._steps = self._taken()
            # Counted in this process, in step with the accumulation of gradients.
            self._executions += (self._steps - self._executions) % self._schedule.stride
        else:
            self._steps += self._batches
        self._batches = 0
        self._rolling.new_epoch()

    def _taken(self) -> int:
        """Steps that the optimizer had taken before: a training that is resumed counts on."""
        optimizer = names.innermost(self.model.optimizer)
        if optimizer is None:
            return 0
        taken = int(keras.ops.convert_to_numpy(optimizer.iterations))
        return taken * names.accumulated_steps(optimizer)

    @detach_on_failure
    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._close()
        if self._instrumented is None:
            return
        self._instrumented.disable()
        together = self.model.steps_per_execution
        self._step = self._steps + batch + together - 1
        self._batches = batch + together
        self._enabled = (
            self._schedule.should_sample(self._executions) and self._instrumented.ready()
        )
        if self._enabled:
            self._instrumented.enable()
        self._began = time.perf_counter()

    def _close(self) -> None:
        """Account for the step that is over, and write what was measured in it."""
        if self._began is None or self._instrumented is None:
            return
        if self._enabled and (sample := self._instrumented.read_sample()) is not None:
            self._write(self._with_skipped_steps(sample))
        self._write_setup()
        seconds = time.perf_counter() - self._began
        self._schedule.record_step(self._executions, seconds, sampled=self._enabled)
        self._executions += 1
        self._began, self._enabled = None, False

    def _write(self, sample: Sample) -> None:
        if self._table_writer is None:
            return
        self._rolling.add(sample)
        accumulates = self._schedule.stride > 1
        clipping = names.clipping([self.model.optimizer])
        written = tables(sample, self._rolling, clipping, accumulates=accumulates)
        self._table_writer.write(written, self._step, self.about(sample.layout.skipped))

    def _with_skipped_steps(self, sample: Sample) -> Sample:
        """Steps of this ``fit`` whose gradients were not finite under a loss scale."""
        if not isinstance(self.model.optimizer, keras.optimizers.LossScaleOptimizer):
            return sample
        skipped = np.array([self._step + 1 - self._taken()], np.float32)
        return replace(sample, numbers={**sample.numbers, "skipped steps": skipped})

    def _write_setup(self) -> None:
        """Describe the setup once in a training, as soon as the model is built."""
        if not self._described and self._table_writer is not None and self.model.built:
            self._described = True
            optimizers = names.optimizers(self.model)
            setup = described(self.model, optimizers, getattr(self.model, "loss", None))
            self._table_writer.write_setup(setup)

    @detach_on_failure
    def on_test_begin(self, logs: Any = None) -> None:
        self._close()
        if self._validation is None:  # an evaluate of its own
            self._open()
        if self._validation is not None:
            self._validation.begin(
                self.model, worth=self._schedule.compilation_pays() or self._steps <= 0
            )

    @detach_on_failure
    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        if self._validation is not None:
            self._validation.batch(batch)

    @detach_on_failure
    def on_test_end(self, logs: Any = None) -> None:
        if self._validation is not None:
            self._schedule.record_cost(self._validation.end(max(0, self._step), self.about))

    @detach_on_failure
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._close()
        self._examine()

    def _examine(self, *, last: bool = False) -> None:
        if self._monitor is not None:
            flush(self._beside)
            if self._monitor.check(last=last):
                self.model.stop_training = True

    @detach_on_failure
    def on_train_end(self, logs: Any = None) -> None:
        self._close()
        if self._instrumented is not None:
            self._instrumented.disable()
        self._examine(last=True)
        if (
            self._schedule.sampled == 0
            and self._instrumented is not None
            and not self._instrumented.broken
        ):
            _log.warning("tb-diagnose: %s", self._schedule.why_nothing_sampled())

    def about(self, skipped: tuple[str, ...]) -> dict[str, Any]:
        """What the layouts of all tables say."""
        compiled = bool(self.model.jit_compile) and not self.model.run_eagerly
        about = names.about(self.model, self.model.optimizer, "keras", compiled=compiled)
        return layout_facts(self._schedule.every, about, skipped)


class SynchronousKerasCallback(KerasCallback):
    """For a back end where Keras waits for every step anyway: a step is over when it ends."""

    @detach_on_failure
    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._close()
        loss = logs.get("loss") if isinstance(logs, dict) else None
        finite = loss is None or loss - loss == 0
        if not finite and not self._alarmed:
            self._schedule.sample_next()
        self._alarmed = not finite

    _alarmed = False


def callback(logdir: Path | None, **options: Any) -> KerasCallback:
    """The callback for Keras' current back end."""
    kind = SynchronousKerasCallback if backend().SYNCHRONOUS else KerasCallback
    return kind(logdir, **options)

"""The Keras callback: samples steps of ``fit`` and batches of the validation."""

from __future__ import annotations

import logging
import os
import time
from typing import Any

import keras

from tb_diagnose.attach import keras_names as names
from tb_diagnose.attach.cadence import Cadence
from tb_diagnose.attach.guard import guarded
from tb_diagnose.attach.keras_ops import shell
from tb_diagnose.attach.keras_twin import Twin, release
from tb_diagnose.attach.keras_validation import Validation
from tb_diagnose.attach.keras_writers import flush, journals, tensorboard
from tb_diagnose.attach.layout import Journal
from tb_diagnose.attach.loop import OnFinding, Watch
from tb_diagnose.attach.statistics import CAP
from tb_diagnose.attach.tables import Clipping, tables
from tb_diagnose.attach.window import WINDOW, Window

_log = logging.getLogger("tb_diagnose")


class KerasAttachment(keras.callbacks.Callback):  # type: ignore[misc]
    """See ``tb_diagnose.attach.keras``."""

    def __init__(
        self,
        logdir: str | os.PathLike[str] | None,
        *,
        every: int | None,
        budget: float,
        on_finding: OnFinding,
    ) -> None:
        super().__init__()
        self.broken = False
        self._logdir, self._every, self._budget = logdir, every, budget
        self._on_finding = on_finding
        self._twin: Twin | None = None
        self._validation: Validation | None = None
        self._beside: Any = None
        self._journal: Journal | None = None
        self._watch: Watch | None = None
        self._cadence = Cadence()
        self._window = Window()
        self._steps = 0  # of all epochs before this one
        self._batches = 0  # of this epoch, once it is over
        self._executions = 0
        self._step = -1
        self._began: float | None = None
        self._armed = False

    def give_up(self) -> None:
        """The model is as it was found, and nothing more is written."""
        for twin in (self._twin, self._validation and self._validation.twin):
            if twin:
                twin.disarm()
        self._twin = self._validation = self._watch = None

    @guarded
    def on_train_begin(self, logs: Any = None) -> None:
        self._open()
        release(self.model, "train")
        watched = self._twin is not None and self._twin.plain is self.model.train_function
        epochs, steps = self.params.get("epochs"), self.params.get("steps")
        together = self.model.steps_per_execution
        total = -(-steps * epochs // together) if steps and epochs else None
        if watched:  # a further fit of the same model goes on where the last one ended
            self._cadence.resume(total)
        else:
            self._begin(total, epoch=-(-steps // together) if steps else 0)
        self._steps, self._batches, self._began = -1, 0, None

    def _begin(self, total: int | None, epoch: int) -> None:
        """Compile a twin, and count from the start."""
        self._twin = shell().Twin(self.model)
        self._window, self._executions = Window(), 0
        inner = names.innermost(self.model.optimizer)
        stride = getattr(inner, "gradient_accumulation_steps", None) or 1
        self._cadence = Cadence(
            self._budget,
            every=self._every,
            total=total,
            stride=stride if self.model.steps_per_execution == 1 else 1,
            epoch=epoch,
            compiles=not self.model.run_eagerly,
        )

    def _open(self) -> None:
        """Find the writers; anew for each training, as the TensorBoard callback opens new ones."""
        self._beside = tensorboard(self)
        folder, self._journal, validation = journals(self._logdir, self._beside)
        self._validation = Validation(
            validation, self._validation.twin if self._validation else None
        )
        self._watch = Watch(folder, self._on_finding, self._watch) if self._on_finding else None

    @guarded
    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self._steps < 0:
            self._steps = self._taken()
            # Counted in this process, in step with the accumulation of gradients.
            self._executions += (self._steps - self._executions) % self._cadence.stride
        else:
            self._steps += self._batches
        self._batches = 0
        self._window.new_epoch()

    def _taken(self) -> int:
        """Steps that the optimizer had taken before: a training that is resumed counts on."""
        optimizer = names.innermost(self.model.optimizer)
        if optimizer is None:
            return 0
        taken = int(keras.ops.convert_to_numpy(optimizer.iterations))
        return taken * (getattr(optimizer, "gradient_accumulation_steps", None) or 1)

    @guarded
    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._close()
        if self._twin is None:
            return
        self._twin.disarm()
        together = self.model.steps_per_execution
        self._step = self._steps + batch + together - 1
        self._batches = batch + together
        self._armed = self._cadence.due(self._executions) and self._twin.ready()
        if self._armed:
            self._twin.arm()
        self._began = time.perf_counter()

    def _close(self) -> None:
        """Account for the step that is over, and write what was measured in it."""
        if self._began is None or self._twin is None:
            return
        if self._armed and (sample := self._twin.take()) is not None and self._journal is not None:
            self._window.add(sample)
            found = tables(
                sample, self._window, self._clipping(), accumulates=self._cadence.stride > 1
            )
            self._journal.write(found, self._step, self.about(sample.plan.skipped))
        seconds = time.perf_counter() - self._began
        self._cadence.took(self._executions, seconds, sampled=self._armed)
        self._executions += 1
        self._began, self._armed = None, False

    @guarded
    def on_test_begin(self, logs: Any = None) -> None:
        self._close()
        if self._validation is None:  # an evaluate of its own
            self._open()
        if self._validation is not None:
            self._validation.begin(self.model, worth=self._cadence.pays() or self._steps <= 0)

    @guarded
    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:
        if self._validation is not None:
            self._validation.batch(batch)

    @guarded
    def on_test_end(self, logs: Any = None) -> None:
        if self._validation is not None:
            self._cadence.spend(self._validation.end(max(0, self._step), self.about))

    @guarded
    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._close()
        self._examine()

    def _examine(self, *, last: bool = False) -> None:
        if self._watch is not None:
            flush(self._beside)
            if self._watch.look(last=last):
                self.model.stop_training = True

    @guarded
    def on_train_end(self, logs: Any = None) -> None:
        self._close()
        if self._twin is not None:
            self._twin.disarm()
        self._examine(last=True)
        if self._cadence.sampled == 0 and self._twin is not None and not self._twin.broken:
            _log.warning("tb-diagnose: %s", self._cadence.why_not())

    def _clipping(self) -> Clipping | None:
        optimizer = names.innermost(self.model.optimizer)
        if optimizer is None or self._cadence.stride > 1:
            return None
        limits = ("clipvalue", "clipnorm", "global_clipnorm")
        return Clipping(**{limit: getattr(optimizer, limit, None) for limit in limits})

    def about(self, skipped: tuple[str, ...]) -> dict[str, Any]:
        """What the layouts of all tables say."""
        optimizer = names.innermost(self.model.optimizer)
        return {
            "every": self._cadence.every,
            "window": WINDOW,
            "cap": CAP,
            "framework": "keras",
            "optimizer": type(optimizer).__name__.lower() if optimizer is not None else "",
            "policy": str(getattr(self.model.dtype_policy, "name", "")),
            "jit": bool(self.model.jit_compile) and not self.model.run_eagerly,
            "skipped": list(skipped),
        }


class SynchronousAttachment(KerasAttachment):
    """For a back end where Keras waits for every step anyway: a step is over when it ends."""

    @guarded
    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self._close()
        loss = logs.get("loss") if isinstance(logs, dict) else None
        finite = loss is None or loss - loss == 0
        if not finite and not self._alarmed:
            self._cadence.wake()
        self._alarmed = not finite

    _alarmed = False


def attachment(logdir: str | os.PathLike[str] | None, **options: Any) -> KerasAttachment:
    """The callback for Keras' current back end."""
    kind = SynchronousAttachment if shell().SYNCHRONOUS else KerasAttachment
    return kind(logdir, **options)

"""A callback for the Hugging Face Trainer; the model's own hook sees what it is fed."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from transformers import TrainerCallback
from transformers.trainer_callback import CallbackHandler

from tb_diagnose.attach.guard import guarded
from tb_diagnose.attach.layout import Sink
from tb_diagnose.attach.loop import OnFinding
from tb_diagnose.attach.sinks import FileSink, SummaryWriterSink
from tb_diagnose.attach.torch_watch import Watch


class Attachment(TrainerCallback):  # type: ignore[misc]
    """See ``tb_diagnose.attach.hugging_face``."""

    def __init__(self, *, every: int | None, budget: float, on_finding: OnFinding) -> None:
        self.broken = False
        self._every, self._budget, self._on_finding = every, budget, on_finding
        self._watch: Watch | None = None

    def give_up(self) -> None:
        """Take every hook off."""
        if self._watch is not None:
            self._watch.give_up()
            self._watch = None

    @guarded
    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self._watch is None:
            optimizer = kwargs["optimizer"]
            sink, folder = self._target(Path(getattr(args, "logging_dir", None) or args.output_dir))
            self._watch = Watch(
                kwargs["model"],
                getattr(optimizer, "optimizer", optimizer),  # accelerate wraps it
                sink,
                folder,
                every=self._every,
                budget=self._budget,
                on_finding=self._on_finding,
            )
            self._watch.session.step = state.global_step
        self._watch.new_epoch()

    @guarded
    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self._watch is not None and self._watch.stop:
            control.should_training_stop = True

    @guarded
    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def _target(self, folder: Path) -> tuple[Sink, Path]:
        """The writer of the TensorBoard callback in the same list, or a file of our own.

        Callbacks are not told of each other, so the list is looked up among the callers.
        """
        frame = inspect.currentframe()
        while frame is not None:
            caller = frame.f_locals.get("self")
            if isinstance(caller, CallbackHandler):
                for each in caller.callbacks:
                    if (writer := getattr(each, "tb_writer", None)) is not None:
                        return SummaryWriterSink(writer), Path(writer.log_dir)
            frame = frame.f_back
        return FileSink(folder / "diagnose"), folder / "diagnose"

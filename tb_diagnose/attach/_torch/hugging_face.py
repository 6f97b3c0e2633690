"""A callback for the Hugging Face Trainer; the model's own hook sees what it is fed."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

from transformers import TrainerCallback
from transformers.trainer_callback import CallbackHandler

from tb_diagnose.attach._torch.callback import TorchCallback
from tb_diagnose.attach.core.detach import detach_on_failure
from tb_diagnose.attach.core.sinks import FileSink, Sink, SummaryWriterSink


class Attachment(TorchCallback, TrainerCallback):  # type: ignore[misc]
    """See ``tb_diagnose.attach.hugging_face``."""

    @detach_on_failure
    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self._watch is None:
            optimizer = kwargs["optimizer"]
            optimizer = getattr(optimizer, "optimizer", optimizer)  # accelerate wraps it
            target = self._target(Path(getattr(args, "logging_dir", None) or args.output_dir))
            self._open(kwargs["model"], optimizer, target, state.global_step).new_epoch()
        else:
            self._watch.new_epoch()

    @detach_on_failure
    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self._watch is not None and self._watch.stop:
            control.should_training_stop = True

    @detach_on_failure
    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._close()

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

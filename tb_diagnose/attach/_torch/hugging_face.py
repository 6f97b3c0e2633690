"""A callback for the Hugging Face Trainer; the model's own hook sees what it is fed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import TrainerCallback
from transformers.trainer_callback import CallbackHandler

from tb_diagnose.attach._torch.callback import TorchCallback
from tb_diagnose.attach.core.callers import calling
from tb_diagnose.attach.core.detach import detach_on_failure
from tb_diagnose.attach.core.sinks import FileSink, Sink, SummaryWriterSink


class HuggingFaceCallback(TorchCallback, TrainerCallback):  # type: ignore[misc]
    """See ``tb_diagnose.attach.hugging_face``."""

    framework = "hugging_face"

    @detach_on_failure
    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if not state.is_world_process_zero:
            return
        if self._attachment is None:
            target = self._target(Path(getattr(args, "logging_dir", None) or args.output_dir))
            scheduler = kwargs.get("lr_scheduler")
            self._open(
                kwargs["model"],
                [kwargs["optimizer"]],
                target,
                step=state.global_step,
                schedulers=[] if scheduler is None else [scheduler],
                precision="bfloat16-mixed" if args.bf16 else "float16-mixed" if args.fp16 else "",
            )
        if self._attachment is not None:
            self._attachment.new_epoch()

    @detach_on_failure
    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if self._attachment is not None and self._attachment.stop:
            control.should_training_stop = True

    @detach_on_failure
    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        self._close()

    def _target(self, folder: Path) -> tuple[Sink, Path]:
        """The writer of the TensorBoard callback in the same list, or a file of our own.

        Callbacks are not told of each other, so the list is looked up among the callers.
        """
        handler = calling(CallbackHandler)
        for callback in handler.callbacks if handler is not None else ():
            if (writer := getattr(callback, "tb_writer", None)) is not None:
                return SummaryWriterSink(writer), Path(writer.log_dir)
        return FileSink(folder / "diagnose"), folder / "diagnose"

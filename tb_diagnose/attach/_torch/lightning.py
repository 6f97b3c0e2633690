"""A Lightning callback: tells the attachment where steps begin and what they are fed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tb_diagnose.attach._torch.callback import TorchCallback
from tb_diagnose.attach._torch.names import tensors
from tb_diagnose.attach.core.detach import detach_on_failure
from tb_diagnose.attach.core.sinks import FileSink, Sink, SummaryWriterSink

try:
    from lightning.pytorch import Callback
except ImportError:  # the package under its older name
    from pytorch_lightning import Callback


class LightningCallback(TorchCallback, Callback):  # type: ignore[misc]
    """See ``tb_diagnose.attach.lightning``."""

    framework = "lightning"

    @detach_on_failure
    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        if not trainer.is_global_zero or not trainer.optimizers:
            return
        self._open(
            pl_module,
            trainer.optimizers,
            _target(trainer),
            step=trainer.global_step,
            schedulers=[config.scheduler for config in trainer.lr_scheduler_configs],
            precision=str(trainer.precision),
            begins=True,
        )

    @detach_on_failure
    def on_train_epoch_start(self, trainer: Any, pl_module: Any) -> None:
        if self._attachment is not None:
            self._attachment.new_epoch()

    @detach_on_failure
    def on_train_batch_start(
        self,
        trainer: Any,
        pl_module: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        if self._attachment is not None and (inputs := fed(batch)):
            self._attachment.begin(inputs)

    @detach_on_failure
    def on_before_backward(self, trainer: Any, pl_module: Any, loss: Any) -> None:
        if self._attachment is not None:  # Lightning divides the loss by the parts of a batch
            self._attachment.batch(loss=loss * trainer.accumulate_grad_batches)

    @detach_on_failure
    def on_train_batch_end(
        self,
        trainer: Any,
        pl_module: Any,
        outputs: Any,
        batch: Any,
        batch_idx: int,
    ) -> None:
        if self._attachment is not None and self._attachment.stop:
            trainer.should_stop = True

    @detach_on_failure
    def on_validation_batch_start(
        self,
        trainer: Any,
        pl_module: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        checking = trainer.sanity_checking or dataloader_idx
        if self._attachment is not None and not checking and (inputs := fed(batch)):
            self._attachment.validate(inputs)

    @detach_on_failure
    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        self._close()

    def on_exception(self, trainer: Any, pl_module: Any, exception: Any) -> None:
        self.detach()


def _target(trainer: Any) -> tuple[Sink, Path | None]:
    """The TensorBoardLogger's writer, or a file of our own where there is none."""
    for logger in trainer.loggers:
        if type(logger).__name__ == "TensorBoardLogger":
            return SummaryWriterSink(logger.experiment), Path(logger.log_dir)
    folder = Path(trainer.log_dir or trainer.default_root_dir)
    return FileSink(folder / "diagnose"), folder / "diagnose"


def fed(batch: Any) -> dict[str, Any]:
    """A batch's inputs: a dict's tensors, or what comes before the targets."""
    if isinstance(batch, dict):
        return tensors((), {name: x for name, x in batch.items() if "label" not in name})
    if isinstance(batch, tuple | list):
        return tensors(batch[:-1] or batch, {})
    return tensors((batch,), {})

"""What the callbacks of PyTorch's trainers share: one attachment a training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tb_diagnose.attach._torch import names
from tb_diagnose.attach._torch.attachment import Attachment
from tb_diagnose.attach.core.sinks import Sink


class TorchCallback:
    """Holds the attachment of the training at hand; None before it and behind it."""

    framework = ""

    def __init__(self, **options: Any) -> None:
        self.broken = False
        self._options = options
        self._attachment: Attachment | None = None

    def detach(self) -> None:
        """Take every hook off."""
        if self._attachment is not None:
            self._attachment.detach()
            self._attachment = None

    def _open(
        self, model: Any, optimizers: Sequence[Any], target: tuple[Sink, Path | None], **facts: Any
    ) -> None:
        """Attach to ``model``, and write to a sink and its folder; ``facts`` as ``Attachment``."""
        optimizers = [names.unwrapped(optimizer) for optimizer in optimizers]
        options = {**self._options, "framework": self.framework, **facts}
        self._attachment = Attachment(model, optimizers, *target, **options)

    def _close(self) -> None:
        if self._attachment is not None:
            self._attachment.close()
            self._attachment = None

"""What the callbacks of PyTorch's trainers share: one attachment a training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tb_diagnose.attach._torch import names
from tb_diagnose.attach._torch.attachment import Attachment
from tb_diagnose.attach._torch.setup import SetupRecorder
from tb_diagnose.attach.core.live_monitor import OnFinding
from tb_diagnose.attach.core.sinks import Sink


class TorchCallback:
    """Holds the attachment of the training at hand; None before it and behind it."""

    framework = ""

    def __init__(self, *, every: int | None, budget: float, on_finding: OnFinding) -> None:
        self.broken = False
        self._every, self._budget, self._on_finding = every, budget, on_finding
        self._attachment: Attachment | None = None

    def detach(self) -> None:
        """Take every hook off."""
        if self._attachment is not None:
            self._attachment.detach()
            self._attachment = None

    def _open(
        self,
        model: Any,
        optimizers: Sequence[Any],
        target: tuple[Sink, Path | None],
        step: int,
        *,
        schedulers: Sequence[Any] = (),
        precision: str = "",
        begins: bool = False,
    ) -> Attachment:
        """Attach to ``model`` from ``step`` on, and write to a sink and its folder."""
        sink, folder = target
        optimizers = [names.unwrapped(optimizer) for optimizer in optimizers]
        self._attachment = Attachment(
            model,
            optimizers,
            sink,
            folder,
            every=self._every,
            budget=self._budget,
            on_finding=self._on_finding,
            begins=begins,
            setup=SetupRecorder(
                model,
                optimizers,
                framework=self.framework,
                schedulers=schedulers,
                precision=precision,
            ),
        )
        self._attachment.tracker.step = step
        return self._attachment

    def _close(self) -> None:
        if self._attachment is not None:
            self._attachment.close()
            self._attachment = None

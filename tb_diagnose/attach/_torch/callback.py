"""What the callbacks of PyTorch's trainers share: one watch, from the first step to the last."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tb_diagnose.attach._torch.attachment import LiveMonitor
from tb_diagnose.attach.core.live_monitor import OnFinding
from tb_diagnose.attach.core.sinks import Sink


class TorchCallback:
    """Holds the watch of the training at hand; None before it and behind it."""

    def __init__(self, *, every: int | None, budget: float, on_finding: OnFinding) -> None:
        self.broken = False
        self._every, self._budget, self._on_finding = every, budget, on_finding
        self._watch: LiveMonitor | None = None

    def detach(self) -> None:
        """Take every hook off."""
        if self._watch is not None:
            self._watch.detach()
            self._watch = None

    def _open(
        self, model: Any, optimizer: Any, target: tuple[Sink, Path | None], step: int
    ) -> LiveMonitor:
        """Watch ``model`` from ``step`` on, and write to ``target``: the sink and its folder."""
        sink, folder = target
        self._watch = LiveMonitor(
            model,
            optimizer,
            sink,
            folder,
            every=self._every,
            budget=self._budget,
            on_finding=self._on_finding,
        )
        self._watch.tracker.step = step
        return self._watch

    def _close(self) -> None:
        if self._watch is not None:
            self._watch.close()
            self._watch = None

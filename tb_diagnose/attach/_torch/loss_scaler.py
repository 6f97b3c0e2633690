"""The loss scale of a training in mixed precision, and the steps that were skipped for it."""

from __future__ import annotations

import math
from typing import Any

import torch

from tb_diagnose.attach.core.callers import calling
from tb_diagnose.attach.core.recorder import Recorder


class LossScaler:
    """The ``GradScaler`` that steps the optimizer, found among the callers of its ``step``.

    ``fresh`` says that the training begins: only then is the scale known that it began with.
    """

    def __init__(self, *, fresh: bool) -> None:
        self._fresh = fresh
        self._found: Any = None
        self._scale = math.nan
        self._skipped = 0

    def find(self) -> None:
        """Look for it; to be called from within ``step``."""
        if self._found is not None:
            return
        scaler = calling(torch.amp.GradScaler)
        if scaler is not None and scaler.is_enabled():
            self._found = scaler
            self._scale = float(getattr(scaler, "_init_scale", math.nan))

    def record(self, recorder: Recorder) -> None:
        """Its scale, and how many steps it has skipped at least: each one scaled it down."""
        if self._found is None:
            return
        scale = float(self._found.get_scale())
        if self._fresh and scale > 0 and self._scale > 0:
            fell = math.log(scale / self._scale) / math.log(self._found.get_backoff_factor())
            self._skipped += max(0, round(fell))
        self._fresh, self._scale = True, scale
        recorder.numbers("loss scale", scale)
        recorder.numbers("skipped steps", float(self._skipped))

"""What a PyTorch model sees while it is evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch

from tb_diagnose.attach.layout import Journal
from tb_diagnose.attach.merge import BATCHES, doubling, merged
from tb_diagnose.attach.plan import Plans, Sample
from tb_diagnose.attach.recorder import Recorder
from tb_diagnose.attach.session import Session
from tb_diagnose.attach.sinks import FileSink
from tb_diagnose.attach.tables import batch_tables
from tb_diagnose.attach.torch_ops import TorchOps
from tb_diagnose.attach.window import Window


class Validation:
    """Looks at a few batches of each evaluation and writes to ``<folder>/validation``.

    A ``SummaryWriter`` writes to one folder; the file in this other one is ours alone.
    """

    def __init__(self, folder: Path, session: Session) -> None:
        self._journal = Journal(FileSink(folder / "validation"))
        self._session = session
        self._plans = Plans()
        self._passes = self._seen = 0
        self._samples: list[Sample] = []

    def batch(self, inputs: Mapping[str, Any]) -> None:
        """A batch is evaluated."""
        batch, self._seen = self._seen, self._seen + 1
        if batch == 0:
            self._passes += 1
        looked = doubling(self._passes) and doubling(batch)
        if not looked or len(self._samples) >= BATCHES:
            return
        recorder = Recorder(TorchOps())
        with torch.no_grad():
            recorder.inputs(inputs, prints=False)
            vector = recorder.vector(self._plans).cpu().numpy()
        self._samples.append(self._plans.read(vector))

    def end(self) -> None:
        """Training goes on, or is over."""
        self._seen = 0
        if not self._samples:
            return
        whole = merged(self._samples)
        self._samples = []
        found = batch_tables(whole, Window())
        self._journal.write(found, max(0, self._session.step - 1), self._session.about(whole))

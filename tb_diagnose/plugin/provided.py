"""One run as TensorBoard's data provider knows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from tensorboard.data.provider import RunTagFilter

from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Histograms, Run, Series
from tb_diagnose.read.columns.histograms import columns, from_tensor, reduced
from tb_diagnose.read.keras.config import model_config
from tb_diagnose.read.sessions.hparams import hyperparameters

#: Points of each tag to ask for: more than providers keep.
_POINTS = 100_000
#: Run → tag → what was logged.
Read = Mapping[str, Mapping[str, Any]]


@dataclass
class Asked:
    """A provider, the experiment to ask it for, and the context of the latest request.

    Providers raise what TensorBoard answers with: not found, not permitted.
    """

    provider: Any
    experiment: str
    ctx: Any = None

    def runs(self) -> Sequence[Any]:
        """The provider's own runs, one for each folder."""
        return list(self.provider.list_runs(self.ctx, experiment_id=self.experiment))

    def stamps(self) -> dict[tuple[str, str, str], tuple[int, float]]:
        """Plugin, run and tag → the last step and moment."""
        stamps = {}
        for plugin, listed in (
            ("scalars", self.provider.list_scalars),
            ("histograms", self.provider.list_tensors),
        ):
            found: Read = listed(self.ctx, experiment_id=self.experiment, plugin_name=plugin)
            for name, tags in found.items():
                for tag, series in tags.items():
                    stamps[plugin, name, tag] = (series.max_step, series.max_wall_time)
        return stamps

    def read(self, kind: str, plugin: str, name: str, points: int) -> Mapping[str, Any]:
        """Tag → points of one of the provider's runs; ``kind`` is scalars, tensors or blobs."""
        found: Read = getattr(self.provider, f"read_{kind}")(
            self.ctx,
            experiment_id=self.experiment,
            plugin_name=plugin,
            downsample=points,
            run_tag_filter=RunTagFilter(runs=[name]),
        )
        return found.get(name, {})


def run(asked: Asked, name: str, folders: Mapping[str, str]) -> Run:
    """The run whose folders (``train``, ``""`` …) the provider knows by the given names."""
    scalars: list[Series] = []
    histograms: list[Histograms] = []
    texts: dict[str, str] = {}
    model: ModelConfig | None = None
    for folder, known in sorted(folders.items()):
        scalars += _scalars(asked, folder, known)
        histograms += _histograms(asked, folder, known)
        texts.update(_texts(asked, known))
        model = model or _model(asked, known)
    return Run(
        name,
        name,
        tuple(scalars),
        tuple(histograms),
        texts=texts,
        hparams=hyperparameters([], texts),
        model=model,
    )


def _scalars(asked: Asked, folder: str, name: str) -> Iterator[Series]:
    for tag, points in sorted(asked.read("scalars", "scalars", name, _POINTS).items()):
        if points:
            steps = np.array([each.step for each in points], np.int64)
            values = np.array([each.value for each in points], np.float32)
            yield Series(tag, folder, steps, values, _wall(points))


def _histograms(asked: Asked, folder: str, name: str) -> Iterator[Histograms]:
    for tag, points in sorted(asked.read("tensors", "histograms", name, _POINTS).items()):
        if points:
            steps = np.array([each.step for each in points], np.int64)
            tensors = (np.asarray(each.numpy, np.float64) for each in points)
            rows = np.concatenate([reduced(from_tensor(each)) for each in tensors])
            yield Histograms(tag, folder, steps, _wall(points), **columns(rows))


def _wall(points: Sequence[Any]) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.array([each.wall_time for each in points], np.float64)


def _texts(asked: Asked, name: str) -> dict[str, str]:
    found = asked.read("tensors", "text", name, 1)
    last = {tag: np.ravel(points[-1].numpy) for tag, points in found.items() if points}
    return {
        tag: bytes(value[0]).decode("utf-8", "replace")
        for tag, value in last.items()
        if len(value) and isinstance(value[0], bytes)
    }


def _model(asked: Asked, name: str) -> ModelConfig | None:
    """From the last ``keras`` summary that can be understood."""
    found = asked.read("blob_sequences", "graph_keras_model", name, 1)
    for points in found.values():
        for blob in points[-1].values if points else ():
            content = asked.provider.read_blob(asked.ctx, blob_key=blob.blob_key)
            if model := model_config(content):
                return model
    return None

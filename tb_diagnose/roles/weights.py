"""Which weight histograms are kernels, which layer each belongs to, and in what order they stand.

Biases start at zero, normalization scales at one, and running statistics are no weights at all:
whoever asks whether a network moves has to look at its kernels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from tb_diagnose.core.model import Layer, ModelConfig
from tb_diagnose.core.run import Histograms

#: Last word of a weight's name → what it is; ``W`` and ``weights`` are TensorFlow 1's and torch's.
KINDS = {
    "kernel": "kernel",
    "depthwise_kernel": "kernel",
    "pointwise_kernel": "kernel",
    "weight": "kernel",
    "weights": "kernel",
    "w": "kernel",
    "recurrent_kernel": "recurrent",
    "embeddings": "embeddings",
}
#: The same for a layer's biases.
_BIASES = frozenset(("bias", "biases", "b"))
#: Words that writers put behind a weight's name.
_BEHIND = frozenset("histogram summaries hist grad grads gradient gradients".split())
#: The ``_0`` or ``:0`` that a weight's name ends with in older Keras.
_COUNTER = re.compile(r"(_|:)\d+$")
#: Layers behind which the scale of the weights before them has no effect.
NORMALIZERS = frozenset(
    "BatchNormalization LayerNormalization GroupNormalization RMSNormalization "
    "UnitNormalization".split()
)
#: Kernels of which one unit is one column, so that the number of inputs is count / units.
_COUNTED = frozenset("Dense Conv1D Conv2D Conv3D".split())


class Kernel(NamedTuple):
    """The histograms of one kernel.

    Attributes:
        histograms: one for each time it was logged.
        kind: ``kernel``, ``recurrent`` or ``embeddings``.
        layer: from the model's configuration; None where that is not logged or not clear.
    """

    histograms: Histograms
    kind: str
    layer: Layer | None

    @property
    def name(self) -> str:
        """The name in TensorBoard."""
        return self.histograms.name

    @property
    def called(self) -> str:
        """The layer's name, or the name in TensorBoard where the layer is not known."""
        return self.layer.name if self.layer else self.name

    @property
    def trainable(self) -> bool:
        return self.layer is None or self.layer.trainable

    @property
    def inputs(self) -> int:
        """How many inputs each unit weighs (fan-in), 0 if unknown."""
        if self.layer is None or self.layer.kind not in _COUNTED or self.kind != "kernel":
            return 0
        units = self.layer.units
        return int(self.histograms.count[0]) // units if units and len(self.histograms) else 0


def kernels(weights: Sequence[Histograms], model: ModelConfig | None) -> tuple[Kernel, ...]:
    """The kernels of a run from its input to its output, as far as that is known."""
    if not weights:
        return ()
    found = [kernel for each in weights for one in _apart(each) for kernel in _kernel(one, model)]
    order = {layer.name: at for at, layer in enumerate(model.layers)} if model else {}

    def place(kernel: Kernel) -> tuple[int, list[tuple[int, str]]]:
        known = kernel.layer.name if kernel.layer else ""
        return order.get(known, len(order)), natural_key(kernel.name)

    return tuple(sorted(found, key=place))


def hidden(model: ModelConfig) -> list[Layer]:
    """The layers with a kernel that others with weights come behind, in order."""
    last = max((at for at, each in enumerate(model.layers) if each.parameters), default=0)
    return [
        each for each in model.layers[:last] if each.kind in _COUNTED and each not in model.outputs
    ]


def activation(model: ModelConfig, layer: Layer) -> str:
    """What a layer's output goes through, be it its own or that of a layer right behind it."""
    at = model.layers.index(layer)
    behind = next((each for each in model.layers[at + 1 : at + 3] if each.activation), None)
    if layer.activation not in ("", "linear") or behind is None or behind.parameters:
        return layer.activation
    return behind.activation


def is_normalized(model: ModelConfig | None, layer: Layer | None) -> bool:
    """Whether one of the two layers behind ``layer`` takes the scale out of what it gives."""
    if model is None or layer is None:
        return False
    at = model.layers.index(layer)
    return any(each.kind in NORMALIZERS for each in model.layers[at + 1 : at + 3])


def he_std(inputs: int) -> float:
    """Standard deviation that keeps a signal's size through ReLUs: sqrt(2 / fan-in).

    Source: He et al. 2015, "Delving deep into rectifiers", equation 10.
    """
    return float(np.sqrt(2 / inputs))


def bias_of(kernel: Kernel, weights: Sequence[Histograms]) -> Histograms | None:
    """The biases of the same layer, None where they were not logged."""
    own = kernel.histograms
    place = _words(own.tag)[:-1]
    for each in weights:
        if each.folder == own.folder and len(each):
            *words, last = _words(each.tag) or [""]
            if words == place and _COUNTER.sub("", last).lower() in _BIASES:
                return each
    return None


def kind_of(name: str) -> str | None:
    """``kernel``, ``recurrent`` or ``embeddings``; None for a weight that is none of them."""
    return _kind(_words(name))


def place_of(tag: str, layer: Layer | None) -> str:
    """The layer that a weight's tag belongs to: its name, or the words before the weight's own."""
    if layer is not None:
        return layer.name
    return "/".join(_words(tag)[:-1])


def natural_key(name: str) -> list[tuple[int, str]]:
    """A key that sorts ``dense_2`` before ``dense_10``, and ``dense`` before both."""
    pieces = re.findall(r"\d+|\D", name)
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in pieces]


def _words(name: str) -> list[str]:
    whole = re.sub(r"#\d+$", "", name)
    return [word for word in re.split(r"[/.]", whole) if word and word not in _BEHIND]


def _kind(words: list[str]) -> str | None:
    return KINDS.get(_COUNTER.sub("", words[-1]).lower()) if words else None


def _kernel(each: Histograms, model: ModelConfig | None) -> Iterator[Kernel]:
    words = _words(each.tag)
    kind = _kind(words)
    if kind is not None and len(each):
        layer = layer_of(each.tag, model)
        yield Kernel(each, kind, layer)


def layer_of(tag: str, model: ModelConfig | None) -> Layer | None:
    """The layer with the longest name that the words of a tag hold, one after the other."""
    words = [*_words(tag), ""]
    best: Layer | None = None
    for layer in model.layers if model else ():
        parts = layer.name.split("/")
        places = range(len(words) - len(parts) + 1)
        if any(words[at : at + len(parts)] == parts for at in places) and (
            best is None or len(layer.name) > len(best.name)
        ):
            best = layer
    return best


def _apart(each: Histograms) -> Iterator[Histograms]:
    """One tag under which several layers were logged at every step, taken apart."""
    _, times = np.unique(each.steps, return_counts=True)
    several = int(times[0]) if len(times) else 1
    if several == 1 or not (times == several).all():
        yield each
        return
    for one in range(several):
        yield replace(each.at(slice(one, None, several)), tag=f"{each.tag}#{one + 1}")

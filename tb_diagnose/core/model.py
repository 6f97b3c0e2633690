"""A model as its log describes it: layers, losses, optimizers. Nothing here judges.

Layers, activations and losses have Keras' names, whatever framework trained the model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class Layer(NamedTuple):
    """One layer of a model, as its configuration names it.

    Attributes:
        name: the layer's name, the second part of the tags of its weight histograms.
        kind: its class name, such as ``Dense``.
        activation: ``relu``, ``softmax`` …; ``linear`` where none is set; ``""`` for a layer that
            has no such thing.
        units: outputs per position (units of a Dense, filters of a convolution), 0 if unknown.
        input_shape, output_shape: without the batch axis; ``()`` if unknown. None = free size.
        parameters: how many weights it holds, -1 if it cannot be known from the configuration.
        config: the layer's own configuration, unchanged.
    """

    name: str
    kind: str
    activation: str
    units: int
    input_shape: tuple[int | None, ...]
    output_shape: tuple[int | None, ...]
    parameters: int
    config: Mapping[str, Any]

    @property
    def trainable(self) -> bool:
        return bool(self.config.get("trainable", True))


@dataclass(frozen=True)
class Loss:
    """A loss as the model was compiled with it: a canonical name such as ``mean_squared_error``."""

    name: str
    from_logits: bool = False
    output: str = ""
    config: Mapping[str, Any] = field(default_factory=dict)


class Optimizer(NamedTuple):
    """An optimizer as the training began, ``name`` in lower case.

    Attributes:
        learning_rate: None where a schedule decides it; PyTorch's, before its scheduler.
        schedule: class and settings of the schedule, None where there is none.
        config: its settings, by the names of its framework.
        parameters: the weights that it holds, as far as the log says.
        foreign: how many weights it holds that are no part of the model.
    """

    name: str
    learning_rate: float | None
    schedule: Mapping[str, Any] | None
    config: Mapping[str, Any]
    parameters: tuple[str, ...] = ()
    foreign: int = 0

    @property
    def class_name(self) -> str:
        """The name as one writes it in code: ``SGD``, ``Adam``; ``optimizer`` if unknown."""
        spellings = ("SGD", "RMSprop", "AdamW", "LossScaleOptimizer", "FTRL")
        known = {spelling.lower(): spelling for spelling in spellings}
        return known.get(self.name, self.name.capitalize()) or "optimizer"


class ModelConfig(NamedTuple):
    """What the log says about the model: the ``keras`` summary, or the setup that attach writes.

    Attributes:
        name, kind: the model's name and class (``Sequential``, ``Functional``).
        layers: in order, nested models flattened (names joined by ``/``).
        outputs: the layers whose output is the model's output, in order.
        input_shape: of the first input, without the batch axis.
        losses: as compiled, empty where the log does not say.
        optimizer: None where the log does not say (Keras 2 logs, uncompiled models).
        metrics: canonical names of the metrics as compiled.
        framework: ``keras``, ``tf``, ``torch``, ``lightning`` or ``hugging_face``.
        optimizers: all of them, ``optimizer`` the first.
        unoptimized: weights that require gradients and that no optimizer holds.
        batch_size: examples of a batch, None if unknown.
        precision: such as ``float32`` or ``bfloat16-mixed``, ``""`` if unknown.
        order_known: whether ``layers`` stand in the order in which they follow one another, with
            all that lies between them.
    """

    name: str
    kind: str
    layers: tuple[Layer, ...]
    outputs: tuple[Layer, ...]
    input_shape: tuple[int | None, ...]
    losses: tuple[Loss, ...]
    optimizer: Optimizer | None
    metrics: tuple[str, ...]
    framework: str = "keras"
    optimizers: tuple[Optimizer, ...] = ()
    unoptimized: tuple[str, ...] = ()
    batch_size: int | None = None
    precision: str = ""
    order_known: bool = True

    @property
    def parameters(self) -> int:
        """Number of weights, or -1 where one layer's cannot be known."""
        counts = [layer.parameters for layer in self.layers]
        return -1 if any(count < 0 for count in counts) else sum(counts)

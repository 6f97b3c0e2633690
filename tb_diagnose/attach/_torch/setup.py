"""What a PyTorch training is made of: modules as they follow one another, optimizers, loss."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from math import prod
from typing import Any

import torch
from torch.nn.modules.loss import _Loss

from tb_diagnose.attach._torch import names
from tb_diagnose.attach._torch.graph import origin
from tb_diagnose.attach.core.setup import group_settings, plain, setup_document

#: Modules that count as one layer although they have modules within.
WHOLE = frozenset({"MultiheadAttention"})


class SetupRecorder:
    """Follows the first step: which modules run, in which order, and what lies between them.

    What a model computes by functions shows in the graph for the gradients: ``through`` are the
    names of the operations on the way from one module's output to the next one's input.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        optimizers: Sequence[Any],
        *,
        framework: str = "torch",
        loss: Any = None,
        schedulers: Sequence[Any] = (),
        precision: str = "",
    ) -> None:
        self.framework = framework
        self._model, self._optimizers, self._schedulers = model, optimizers, schedulers
        self._loss = None if loss is None else _loss_named(loss)
        self._precision = precision
        self._batch: int | None = None
        self._layers: dict[str, dict[str, Any]] = {}
        self._incoming: dict[Any, list[Any]] = {}
        self._made: dict[Any, str] = {}  # node of the graph, or id of a tensor → layer
        self._kept: list[Any] = []  # an id is a name only while its tensor lives
        self._outputs: list[dict[str, Any]] = []
        fresh = not any(optimizer.state for optimizer in optimizers)
        self._initial = dict(_initial(model)) if fresh else {}

    def fed(self, inputs: Mapping[str, Any]) -> None:
        """The first batch."""
        first = next(iter(inputs.values()))
        self._batch = len(first) if first.dim() else None
        device = first.device.type
        if not self._precision and torch.is_autocast_enabled(device):
            self._precision = f"{names.dtype(torch.get_autocast_dtype(device))}-mixed"

    def entered(self, module: Any, arguments: tuple[Any, ...]) -> None:
        """A module of the model is called."""
        tensors = [x for x in arguments if isinstance(x, torch.Tensor)]
        self._incoming[module] = [(x.grad_fn, id(x)) for x in tensors]

    def left(self, module: Any, name: str | None, arguments: Any, output: Any) -> None:
        """A module of any model, or a loss, returns."""
        if isinstance(module, _Loss):
            self._called_loss(module, arguments)
            return
        incoming = self._incoming.pop(module, [])
        name = names.clean(name or "")
        if not name or not _is_layer(module):
            return
        if name not in self._layers:
            shape = next((x.shape for x in arguments if isinstance(x, torch.Tensor)), ())
            outputs = names.flat(output)
            self._layers[name] = {
                **self._described(name, module),
                "input_shape": list(shape[1:]),
                "output_shape": list(outputs[0].shape[1:]) if outputs else [],
                "from": [self._origin(*parts) for parts in incoming],
            }
        self._produced(name, output)

    def computed(self, output: Any) -> None:
        """The model returns: from which layers, and through which operations."""
        if self._outputs:
            return
        loss = names.loss_of(output)
        self.computed_loss(loss)
        tensors = [y for y in names.flat(output) if y is not loss and y.grad_fn is not None]
        self._outputs = [self._origin(y.grad_fn, id(y)) for y in tensors]
        for y in tensors:
            self._made.setdefault(y.grad_fn, "?")

    def computed_loss(self, loss: Any) -> None:
        """The loss was computed by a function: its operation is in the graph."""
        if self._loss is None and isinstance(loss, torch.Tensor) and loss.grad_fn is not None:
            described = self._origin(loss.grad_fn, id(loss))
            if described["through"]:
                self._loss = {"name": "", "config": {}, **described}

    def differentiated(self, loss: Any) -> None:
        """A backward pass of our output began at this tensor; another model may lie between."""
        if isinstance(loss, torch.Tensor) and not origin(loss.grad_fn, self._made).branches:
            self.computed_loss(loss)

    def described(self) -> dict[str, Any]:
        """The setup, as far as it was seen."""
        for name, module in self._model.named_modules():
            cleaned = names.clean(name)
            if cleaned and cleaned not in self._layers and _is_layer(module) and _has(module):
                self._layers[cleaned] = {**self._described(cleaned, module), "called": False}
        named = {
            id(weight): names.clean(name)
            for name, weight in self._model.named_parameters(remove_duplicate=False)
        }
        wanted = [id(weight) for weight in self._model.parameters() if weight.requires_grad]
        held = {id(weight) for optimizer in self._optimizers for weight in names.weights(optimizer)}
        return setup_document(
            framework=self.framework,
            model=type(self._model).__name__,
            layers=list(self._layers.values()),
            outputs=self._outputs,
            optimizers=[_optimizer(optimizer, named) for optimizer in self._optimizers],
            unoptimized=[named[weight] for weight in wanted if weight not in held],
            schedulers=[_scheduler(scheduler) for scheduler in self._schedulers],
            losses=[self._loss] if self._loss else [],
            batch_size=self._batch,
            precision=self._precision or _precision(self._model),
        )

    def _described(self, name: str, module: Any) -> dict[str, Any]:
        own = list(module.parameters(recurse=type(module).__name__ in WHOLE))
        constants = getattr(module, "__constants__", ())
        config = {key: plain(getattr(module, key, None)) for key in constants}
        return {
            "name": name,
            "kind": type(module).__name__,
            "activation": names.activation(module),
            "parameters": sum(prod(names.shape(weight)) for weight in own),
            "trainable": any(weight.requires_grad for weight in own) if own else True,
            "config": config,
            **({"initial": self._initial[name]} if name in self._initial else {}),
        }

    def _produced(self, name: str, output: Any) -> None:
        for y in names.flat(output):
            self._kept.append(y)
            self._made[id(y)] = name
            if y.grad_fn is not None:
                self._kept.append(y.grad_fn)
                self._made[y.grad_fn] = name

    def _origin(self, node: Any, tensor: int) -> dict[str, Any]:
        """The layer that a tensor comes from, and the operations in between.

        ``layer`` is None for data, and ``"?"`` where it cannot be told.
        """
        if node is None:
            return {"layer": self._made.get(tensor), "through": []}
        found = origin(node, self._made)
        layer = "?" if found.branches else self._made.get(found.node)
        return {"layer": layer, "through": found.through}

    def _called_loss(self, module: Any, arguments: Any) -> None:
        if self._loss is None and arguments and isinstance(arguments[0], torch.Tensor):
            y = arguments[0]
            self._loss = {**_loss_named(module), **self._origin(y.grad_fn, id(y))}


def _is_layer(module: Any) -> bool:
    whole = type(module).__name__ in WHOLE or next(module.children(), None) is None
    return (whole or bool(_has(module))) and not isinstance(module, _Loss)


def _has(module: Any) -> bool:
    return next(module.parameters(recurse=False), None) is not None


def _optimizer(optimizer: Any, named: Mapping[int, str]) -> dict[str, Any]:
    held = [named.get(id(weight)) for weight in names.weights(optimizer)]
    return {
        "name": type(optimizer).__name__,
        "settings": group_settings(optimizer.param_groups),
        "parameters": [name for name in held if name is not None],
        "foreign": held.count(None),
    }


def _scheduler(scheduler: Any) -> dict[str, Any]:
    state = {key: plain(value) for key, value in vars(scheduler).items() if key[0] != "_"}
    wanted = {key: value for key, value in state.items() if value is not None}
    return {"name": type(scheduler).__name__, "settings": wanted}


def _loss_named(loss: Any) -> dict[str, Any]:
    if not isinstance(loss, torch.nn.Module):
        return {"name": loss if isinstance(loss, str) else loss.__name__, "config": {}}
    constants = getattr(loss, "__constants__", ())
    config = {key: plain(getattr(loss, key, None)) for key in constants}
    config["weighted"] = getattr(loss, "weight", None) is not None
    return {"name": type(loss).__name__, "config": config}


def _precision(model: Any) -> str:
    weight = next(model.parameters(), None)
    return names.dtype(weight.dtype) if weight is not None else ""


def _initial(model: Any) -> Iterator[tuple[str, dict[str, float]]]:
    """How each layer's kernel begins, before the first step."""
    for name, module in model.named_modules():
        weight = getattr(module, "weight", None)
        if isinstance(weight, torch.nn.Parameter) and len(names.shape(weight)) > 1:
            with suppress(Exception), torch.no_grad():  # on no device
                kernel = names.local(weight).float()
                low, high = torch.aminmax(kernel)
                yield (
                    names.clean(name),
                    {
                        "mean": float(kernel.mean()),
                        "std": float(kernel.std()),
                        "low": float(low),
                        "high": float(high),
                    },
                )

"""Hooks on a PyTorch module and its optimizer, beside a ``SummaryWriter`` that is there."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import torch

from tb_diagnose.attach import torch_names as names
from tb_diagnose.attach.cadence import Cadence
from tb_diagnose.attach.guard import guarded
from tb_diagnose.attach.layout import Sink
from tb_diagnose.attach.loop import OnFinding
from tb_diagnose.attach.plan import Plans
from tb_diagnose.attach.recorder import Recorder
from tb_diagnose.attach.session import Session
from tb_diagnose.attach.torch_ops import TorchOps
from tb_diagnose.attach.torch_validation import Validation

_log = logging.getLogger("tb_diagnose")


class Watch:
    """See ``tb_diagnose.attach.torch``. Call ``close()`` when the training is over."""

    def __init__(
        self,
        model: torch.nn.Module,
        optimizer: torch.optim.Optimizer,
        sink: Sink,
        folder: Path | None,
        *,
        every: int | None = None,
        budget: float = 0.02,
        on_finding: OnFinding = None,
    ) -> None:
        self.broken = False
        self._model, self._optimizer = model, optimizer
        self._names = {id(each): name for name, each in model.named_parameters()}
        self._plans = Plans()
        self._recorder: Recorder | None = None
        self._layers = ExitStack()
        self._before: list[Any] = []
        self._begun = False
        cadence = Cadence(budget, every=every, compiles=False)
        about = {"framework": "torch", "optimizer": type(optimizer).__name__.lower(), "jit": False}
        self.session = Session(sink, cadence, folder=folder, on_finding=on_finding, about=about)
        self._validation = Validation(folder, self.session) if folder is not None else None
        self._hooks = [
            model.register_forward_pre_hook(self._forward, with_kwargs=True),
            optimizer.register_step_pre_hook(self._stepping),
            optimizer.register_step_post_hook(self._stepped),
        ]

    @property
    def stop(self) -> bool:
        """Whether ``on_finding="stop"`` found something critical."""
        return self.session.stop

    def close(self) -> None:
        """Write what is left and take every hook off."""
        if self._validation is not None and not self.broken:
            self._validation.end()
        self.give_up()

    def give_up(self) -> None:
        """The model and the optimizer are as they were found."""
        self._layers.close()
        for hook in self._hooks:
            hook.remove()
        self._hooks, self._recorder = [], None

    def new_epoch(self) -> None:
        """Tell that the data begins anew: from here on examples may come again."""
        self.session.new_epoch()

    @guarded
    def batch(
        self, labels: Any = None, losses: Any = None, loss: Any = None, classes: int = 0
    ) -> None:
        """Tell what hooks cannot see, between the loss and ``optimizer.step()``.

        Args:
            labels: [b] the targets.
            losses: [b] the loss of each example (``reduction="none"``).
            loss: the loss that is minimised; by default the mean of ``losses``.
            classes: how many classes the labels name, 0 for numbers.
        """
        recorder = self._recorder
        if recorder is None:
            return
        with torch.no_grad():
            if loss is None and losses is not None:
                loss = losses.detach().mean()
            if loss is not None:
                recorder.loss(loss)
            if losses is not None:
                recorder.examples_loss(lambda: losses.reshape(len(losses), -1).mean(1))
            if labels is not None:
                recorder.labels(labels, classes)

    @guarded
    def begin(self, inputs: Mapping[str, Any]) -> None:
        """A step begins with these inputs; called by the model's own hook where it runs."""
        if self._begun:  # a further part of a batch whose gradients are accumulated
            self._layers.close()
            return
        self._begun = True
        if self._validation is not None:
            self._validation.end()
        self._layers.close()
        self._recorder = None
        if not self.session.due():
            return
        self._recorder = recorder = Recorder(TorchOps())
        with torch.no_grad():
            recorder.inputs(inputs)
        for name, module in self._model.named_modules():
            if module is not self._model and type(module).__name__ not in names.MOVERS:
                hook = module.register_forward_hook(self._output(name, module, recorder))
                self._layers.callback(hook.remove)

    def _forward(self, module: Any, arguments: Any, named: Any) -> None:
        inputs = tensors(arguments, named)
        if not inputs:
            return
        if self._model.training and torch.is_grad_enabled():
            self.begin(inputs)
        else:
            self.validate(inputs)

    @guarded
    def validate(self, inputs: Mapping[str, Any]) -> None:
        """A batch is evaluated; called by the model's own hook where it runs."""
        if self._validation is not None and not self._model.training:
            self._validation.batch(inputs)

    def _output(self, name: str, module: Any, recorder: Recorder) -> Any:
        kind, activation = type(module).__name__, names.activation(module)

        def hook(module: Any, inputs: Any, y: Any) -> None:  # noqa: ARG001 - PyTorch's signature
            whole = y[0] if isinstance(y, tuple | list) and y else y
            if isinstance(whole, torch.Tensor):
                with torch.no_grad():
                    axis = names.unit_axis(whole, module)
                    recorder.output(name, kind, activation, whole, axis)

        return hook

    @guarded
    def _stepping(self, *_: Any) -> None:
        # With a closure the forward pass is still to come, and ``begin`` takes over.
        if not self._begun and self.session.due():
            self._recorder = Recorder(TorchOps())
            self._recorder.skip("layers and inputs: hooks do not run in a compiled model")
        if self._recorder is not None:
            self._before = [self._recorder.ops.read(each) for each in self._weights()]

    @guarded
    def _stepped(self, *_: Any) -> None:
        self._layers.close()
        recorder, self._recorder, self._begun = self._recorder, None, False
        if recorder is None:
            self.session.done()
            return
        weights = list(self._weights())
        known = [self._names.get(id(each), "weight") for each in weights]
        with torch.no_grad():
            recorder.weights(known, [each.grad for each in weights], self._before, weights)
            recorder.skip("the gradient norm before clipping: PyTorch clips before the optimizer")
            vector = recorder.vector(self._plans).cpu().numpy()
        self._before = []
        self.session.done(self._plans.read(vector))

    def _weights(self) -> Iterable[Any]:
        for group in self._optimizer.param_groups:
            yield from group["params"]


def tensors(arguments: Any, named: Any) -> dict[str, Any]:
    """The tensors that a model is called with, by name; ``input`` for a single one."""
    positional = [each for each in arguments if isinstance(each, torch.Tensor)]
    found = {f"input_{place}": each for place, each in enumerate(positional)}
    found |= {name: each for name, each in named.items() if isinstance(each, torch.Tensor)}
    if len(found) == 1 and positional:
        return {"input": positional[0]}
    return found


__all__ = ["Watch", "tensors"]

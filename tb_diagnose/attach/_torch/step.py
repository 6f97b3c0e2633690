"""What is known of one step of a PyTorch training, and recorded of it where it is sampled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import torch

from tb_diagnose.attach._torch import names
from tb_diagnose.attach._torch.graph import called_function, origin
from tb_diagnose.attach._torch.ops import TorchOps
from tb_diagnose.attach.core.options import described_error
from tb_diagnose.attach.core.recorder import Recorder
from tb_diagnose.attach.core.statistics import RANGES, RECTIFIERS
from tb_diagnose.read.setup.graph import function_name

#: Activations whose units can be dead or saturated.
MEASURED = frozenset({"softmax", *RECTIFIERS, *RANGES})


class Step:
    """From the end of the step before it to the last optimizer's.

    Attributes:
        recorder: None where the step is not sampled.
        begun: whether the model was called to train.
        entry: the module of ours that was called from outside and has not returned.
        stepped: the optimizers that have stepped, by ``id``.
    """

    def __init__(self) -> None:
        self.recorder: Recorder | None = None
        self.begun = False
        self.entry: Any = None
        self.stepped: set[int] = set()
        self._entries: set[Any] = set()
        self._again = self._fed = self._told = self._zeroed = False
        self._carried: Any = None
        self._before: list[Any] = []
        self._made: dict[Any, tuple[str, Any]] = {}  # node of the graph → layer's name and module
        self._criteria: list[tuple[Any, Any, Any, Any]] = []

    def sample(self) -> None:
        """Record from here on."""
        self.recorder = Recorder(TorchOps())

    def enter(self, module: Any) -> None:
        """A module is called from outside; a second time for a further part of the batch."""
        self._again = module in self._entries
        self._entries.add(module)

    def feed(self, inputs: Mapping[str, Any]) -> bool:
        """Record the inputs; False where that was done, or there are none."""
        if self._fed or not inputs:
            return False
        self._fed = True
        if self.recorder is not None:
            with torch.no_grad():
                self.recorder.inputs(inputs)
        return True

    def output(self, name: str, module: Any, output: Any) -> None:
        """Record what a module returned, in the first part of the batch."""
        y = output[0] if isinstance(output, tuple | list) and output else output
        kind = type(module).__name__
        if not self._listens() or not name or kind in names.MOVERS:
            return
        if isinstance(y, torch.Tensor):
            self._made.setdefault(y.grad_fn, (name, module))
            self._record_output(name, kind, names.activation(module), y, module)

    def called_with(self, arguments: Iterable[Any]) -> None:
        """Record the outputs of activations that were called as functions, between two modules."""
        if not self._listens():
            return
        for x in arguments:
            if isinstance(x, torch.Tensor) and (found := called_function(x.grad_fn, self._made)):
                (name, module), operation, activation = found
                if activation in MEASURED:
                    row = function_name(name, operation)
                    self._record_output(row, "Activation", activation, x, module)

    def _listens(self) -> bool:
        return self.recorder is not None and self.entry is not None and not self._again

    def _record_output(self, name: str, kind: str, activation: str, y: Any, module: Any) -> None:
        if self.recorder is not None:
            with torch.no_grad():
                self.recorder.output(name, kind, activation, y, names.unit_axis(y, module))

    def criterion(self, module: Any, arguments: Any, loss: Any) -> None:
        """Keep what a loss module of this training was given, for the end of the step."""
        if self.recorder is None or self._again or len(arguments) < 2:
            return
        y_pred, y = arguments[:2]
        tensors = isinstance(y_pred, torch.Tensor) and isinstance(y, torch.Tensor)
        if tensors and origin(y_pred.grad_fn, self._made).node is not None:
            self._criteria.append((module, y_pred, y, loss))

    def losses(self, labels: Any, losses: Any, loss: Any, classes: int) -> None:
        """Record labels and losses, of the first part of the batch; see ``Attachment.batch``."""
        recorder = self.recorder
        if recorder is None or self._told:
            return
        self._told = True
        with torch.no_grad():
            if loss is None and losses is not None:
                loss = losses.detach().mean()
            if loss is not None and not recorder.has("loss"):
                recorder.loss(torch.as_tensor(loss))
            if losses is not None:
                recorder.examples_loss(lambda: losses.reshape(len(losses), -1).mean(1))
            if labels is not None:
                recorder.labels(labels, classes)

    def _record_criterion(self, recorder: Recorder) -> None:
        """What nobody told by ``batch``: the labels, and the loss where there is only one."""
        module, y_pred, y, loss = self._criteria[0]
        if not recorder.has("loss") and len(self._criteria) == 1:
            if loss.dim():
                recorder.examples_loss(lambda: loss.reshape(len(loss), -1).mean(1))
            recorder.loss(loss.mean())
        if not (recorder.has("labels") or recorder.has("labels/mean")):
            classes = names.classes(module, y_pred, y)
            binary = classes == 2 and y.is_floating_point() and y.shape == y_pred.shape
            recorder.labels(y > 0.5 if binary else y, classes)

    def own_loss(self, output: Any) -> None:
        """Record the loss that a model computes by itself."""
        loss = names.loss_of(output) if self.recorder is not None else None
        if self.recorder is not None and loss is not None and not self.recorder.has("loss"):
            with torch.no_grad():
                self.recorder.loss(loss)

    def backward_begins(self, optimizers: Iterable[Any]) -> None:
        """Gradients that are there already were left over, or are accumulated on purpose."""
        if self.recorder is None or self._zeroed:
            return
        gradients = [w.grad for optimizer in optimizers for w in names.weights(optimizer)]
        left = [names.local(gradient) for gradient in gradients if gradient is not None]
        if not left:
            self._zeroed, self._carried = True, 0.0
            return
        with torch.no_grad():
            norms = [torch.linalg.vector_norm(gradient.float()) for gradient in left]
            squares = TorchOps(norms[0].device).stack(norms).square().sum()
            known = self._carried is not None
            self._carried = torch.minimum(self._carried, squares) if known else squares

    def before(self, optimizer: Any) -> None:
        """An optimizer is about to step: keep its weights."""
        if self.recorder is not None:
            here = filter(names.is_here, names.trained(optimizer))
            self._before = [self.recorder.ops.read(weight) for weight in here]

    def after(self, optimizer: Any, model: Any) -> None:
        """An optimizer has stepped: record its gradients and what became of its weights."""
        self.stepped.add(id(optimizer))
        if self.recorder is None:
            return
        every = list(names.trained(optimizer))
        here = list(filter(names.is_here, every))
        known = {id(weight): name for name, weight in model.named_parameters()}
        paths = [names.clean(known.get(id(weight), "weight")) for weight in here]
        scale = getattr(optimizer, "grad_scale", None)  # a fused optimizer unscales by itself
        with torch.no_grad():
            gradients = [weight.grad for weight in here]
            self.recorder.weights(paths, gradients, self._before, here, scale=scale)
        self._before = []
        if len(here) < len(every) or any(map(names.is_sharded, here)):
            self.recorder.skip("other processes' shards: norms are those of this process's part")

    def end(self) -> None:
        """Record what is known only now."""
        if self.recorder is None:
            return
        if self._criteria:
            self._record_criterion(self.recorder)
        if self._carried is not None:
            self.recorder.numbers("carried", self._carried)
        if not self.begun:
            self.recorder.skip("layers and inputs: the model is compiled, or not in training mode")
        self.recorder.skip("the gradient norm before clipping: PyTorch clips before the step")


def check_batch(labels: Any, losses: Any, loss: Any, classes: Any) -> None:
    """Raises TypeError or ValueError where an argument of ``Attachment.batch`` makes no sense."""
    for name, value in (("labels", labels), ("losses", losses)):
        if not (value is None or isinstance(value, torch.Tensor)):
            raise described_error(name, "a tensor with one entry per example", value)
    if losses is not None and losses.dim() == 0:
        raise ValueError('losses must be one per example (reduction="none"); a mean goes to loss=')
    if not (loss is None or isinstance(loss, torch.Tensor | int | float)):
        raise described_error("loss", "a number or a tensor of one", loss)
    if isinstance(classes, bool) or not isinstance(classes, int) or classes < 0:
        raise TypeError(f"classes must be how many classes the labels name, not {classes!r}")

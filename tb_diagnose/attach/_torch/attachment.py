"""One PyTorch training: what its steps are, what is recorded of them, and when."""

from __future__ import annotations

import math
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from tb_diagnose.attach._torch import names
from tb_diagnose.attach._torch.calls import ModuleCalls, is_compiled, is_compiled_in_place
from tb_diagnose.attach._torch.ops import TorchOps
from tb_diagnose.attach._torch.setup import SetupRecorder
from tb_diagnose.attach._torch.validation import Validation
from tb_diagnose.attach.core.callers import calling
from tb_diagnose.attach.core.detach import detach_on_failure
from tb_diagnose.attach.core.live_monitor import OnFinding
from tb_diagnose.attach.core.recorder import Recorder
from tb_diagnose.attach.core.sampling_schedule import SamplingSchedule
from tb_diagnose.attach.core.sinks import Sink
from tb_diagnose.attach.core.step_layout import StepLayouts
from tb_diagnose.attach.core.step_tracker import StepTracker

#: Steps without a call of the model after which calls are no longer waited for (chosen: it is
#: compiled into a larger function, and each wait costs all other modules time).
PATIENCE = 3


class Attachment:
    """See ``tb_diagnose.attach.torch``. Call ``close()`` when the training is over.

    A step is what happens until each optimizer has stepped once. It begins with the first call of
    the model in training mode; ``loops`` says that a trainer tells of its beginning instead.
    """

    def __init__(
        self,
        model: torch.nn.Module,
        optimizers: Sequence[torch.optim.Optimizer],
        sink: Sink,
        folder: Path | None,
        *,
        every: int | None = None,
        budget: float = 0.02,
        on_finding: OnFinding = None,
        setup: SetupRecorder,
        begins: bool = False,
    ) -> None:
        self.broken = False
        self.model, self._optimizers, self._begins = model, list(optimizers), begins
        self._modules = {module: name for name, module in model.named_modules()}
        self._layouts = StepLayouts()
        self._setup: SetupRecorder | None = setup
        self._waited, self._called = 0, False
        self._reset()
        about = {"framework": setup.framework, "optimizer": names.kind(optimizers[0]), "jit": False}
        schedule = SamplingSchedule(budget, every=every, compiles=False)
        self.tracker = StepTracker(
            sink, schedule, folder=folder, on_finding=on_finding, about=about
        )
        self._validation = Validation(folder, self.tracker) if folder is not None else None
        self._scaler = LossScaler(fresh=not any(each.state for each in optimizers))
        self._calls = ModuleCalls(self)
        self._silent = is_compiled(model)
        self._handles = [
            handle
            for optimizer in self._optimizers
            for handle in (
                optimizer.register_step_pre_hook(self._stepping),
                optimizer.register_step_post_hook(self._stepped),
            )
        ]
        self._listen()

    def _reset(self) -> None:
        """Nothing of a step has happened yet."""
        self._recorder: Recorder | None = None
        self._begun = False
        self._stepped_already: set[int] = set()
        self._before: list[Any] = []
        self._carried: Any = None
        self._entry: Any = None
        self._entries: set[Any] = set()
        self._fed = self._told = self._again = False

    @property
    def stop(self) -> bool:
        """Whether ``on_finding="stop"`` found something critical."""
        return self.tracker.stop

    def __enter__(self) -> Attachment:  # noqa: PYI034 - typing has no Self in Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write what is left and take every hook off."""
        self._finish()
        self.detach()

    @detach_on_failure
    def _finish(self) -> None:
        if self._stepped_already:
            self._end_step()
        self._write_setup()
        if self._validation is not None:
            self._validation.end()

    def detach(self) -> None:
        """Nothing is listened to any more."""
        self._calls.close()
        for handle in self._handles:
            handle.remove()
        self._handles, self._setup = [], None
        self._reset()

    def new_epoch(self) -> None:
        """Tell that the data begins anew: from here on examples may come again."""
        self.tracker.new_epoch()

    @detach_on_failure
    def batch(
        self, labels: Any = None, losses: Any = None, loss: Any = None, classes: int = 0
    ) -> None:
        """Tell what cannot be seen from outside, between the loss and ``optimizer.step()``.

        Args:
            labels: [b] the targets.
            losses: [b] the loss of each example (``reduction="none"``).
            loss: the loss that is minimized; by default the mean of ``losses``.
            classes: how many classes the labels name, 0 for numbers.
        """
        if self._setup is not None:
            self._setup.computed_loss(loss if loss is not None else losses)
        recorder = self._recorder
        if recorder is None or self._told:
            return
        self._told = True
        with torch.no_grad():
            if loss is None and losses is not None:
                loss = losses.detach().mean()
            if loss is not None:
                recorder.loss(loss)
            if losses is not None:
                recorder.examples_loss(lambda: losses.reshape(len(losses), -1).mean(1))
            if labels is not None:
                recorder.labels(labels, classes)

    # What is called, and when. -------------------------------------------------------------------

    def _listen(self) -> None:
        """Wait for the next call of the model, if there is a use in it."""
        # A model compiled in place shows it only now.
        self._silent = self._silent or is_compiled_in_place(self._modules)
        idle = self._begins and self._recorder is None and self._setup is None
        if self._silent or self._waited >= PATIENCE or idle:
            self._calls.stop()
        else:
            self._calls.listen(results=self._setup is not None)

    def compiled(self, module: Any) -> None:
        """Calls are not listened to any more where one of ours is compiled."""
        if module in self._modules or any(each is self.model for each in module.modules()):
            self._silent = True
            self._calls.stop()

    @detach_on_failure
    def begin(self, inputs: Mapping[str, Any]) -> None:
        """A trainer tells that a step, or a further part of its batch, begins with these inputs."""
        if self._stepped_already:
            self._end_step()
        self._begin_step()
        self._listen()
        self._feed(inputs)

    @detach_on_failure
    def entered(self, module: Any, arguments: tuple[Any, ...]) -> None:
        """A module is called: the first one of ours begins something."""
        if module not in self._modules:
            return
        if self._setup is not None:
            self._setup.entered(module, arguments)
        if self._entry is not None:
            return
        self._entry, self._waited = module, 0
        if not module.training:
            self._validate(tensors(arguments, {}))
            return
        if not torch.is_grad_enabled():  # such as a generator's images for the discriminator
            self._entry = None
            return
        if not self._begins:
            self._begin_step()
        if self._recorder is None and self._setup is None:
            self._calls.stop()
            self._entry = None
            return
        self._calls.listen(results=True)
        self._again = module in self._entries  # a further part of an accumulated batch
        self._entries.add(module)
        self._feed(tensors(arguments, {}))

    @detach_on_failure
    def left(self, module: Any, arguments: Any, named: dict[str, Any], output: Any) -> None:
        """A module has returned: what it did is recorded."""
        if self._setup is not None:
            self._setup.left(module, self._modules.get(module), arguments, output)
        if module not in self._modules:
            return
        recorder = self._recorder
        if recorder is not None and self._entry is not None and not self._again:
            self._output(recorder, module, output)
        if module is not self._entry:
            return
        self._entry = None
        if not module.training:
            self._record_validation(tensors(arguments, named))
            return
        self._feed(tensors(arguments, named))
        if self._setup is not None:
            self._setup.computed(output)
        if recorder is not None:
            loss = names.loss_of(output)
            if loss is not None and not recorder.has("loss"):
                recorder.loss(loss)
            for y in names.flat(output):
                if y.requires_grad and y.grad_fn is not None:
                    y.register_hook(_telling(weakref.ref(self), self.tracker.step))

    def _begin_step(self) -> None:
        if self._begun:
            return
        self._begun = True
        if self._validation is not None:
            self._validation.end()
        self._recorder = Recorder(TorchOps()) if self.tracker.should_sample() else None

    def _feed(self, inputs: Mapping[str, Any]) -> None:
        """Record the step's inputs, once."""
        if self._fed or not inputs:
            return
        self._fed = True
        if self._setup is not None:
            self._setup.fed(inputs)
        if self._recorder is not None:
            with torch.no_grad():
                self._recorder.inputs(inputs)

    def _output(self, recorder: Recorder, module: Any, output: Any) -> None:
        y = output[0] if isinstance(output, tuple | list) and output else output
        kind = type(module).__name__
        name = names.clean(self._modules[module])
        if name and isinstance(y, torch.Tensor) and kind not in names.MOVERS:
            with torch.no_grad():
                axis = names.unit_axis(y, module)
                recorder.output(name, kind, names.activation(module), y, axis)

    def _validate(self, inputs: Mapping[str, Any]) -> None:
        """The model is called to evaluate: look at this batch, or at none of this pass."""
        validation = None if self._begins else self._validation
        if validation is None or not validation.begin_batch():
            self._entry = None
            if self._setup is None:
                self._calls.stop()
        else:
            self._calls.listen(results=True)  # it ends, and what it is called with by name shows
            self._record_validation(inputs)

    def _record_validation(self, inputs: Mapping[str, Any]) -> None:
        if self._validation is not None and inputs:
            self._validation.record(inputs)

    @detach_on_failure
    def validate(self, inputs: Mapping[str, Any]) -> None:
        """A trainer tells that a batch is evaluated."""
        if self._validation is not None and self._validation.begin_batch():
            self._record_validation(inputs)

    # The optimizers. -----------------------------------------------------------------------------

    @detach_on_failure
    def backward_begins(self, step: int) -> None:
        """Gradients that are there already were left over, or are accumulated on purpose."""
        if step != self.tracker.step or self._recorder is None or self._carried is _ZERO:
            return
        gradients = [w.grad for each in self._optimizers for w in weights(each)]
        left = [names.local(each) for each in gradients if each is not None]
        if not left:
            self._carried = _ZERO
            return
        with torch.no_grad():
            norms = [torch.linalg.vector_norm(each.float()) for each in left]
            squares = TorchOps(norms[0].device).stack(norms).square().sum()
            known = self._carried is not None
            self._carried = torch.minimum(self._carried, squares) if known else squares

    @detach_on_failure
    def _stepping(self, optimizer: Any, *_: Any) -> None:
        if id(optimizer) in self._stepped_already:
            self._end_step()
        # With a closure the call of the model is still to come, and ``_begin_step`` takes over.
        if not self._begun and self._recorder is None and self.tracker.should_sample():
            self._recorder = Recorder(TorchOps())
        if self._recorder is not None:
            self._scaler.find()
            held = filter(names.is_here, weights(optimizer))
            self._before = [self._recorder.ops.read(each) for each in held]

    @detach_on_failure
    def _stepped(self, optimizer: Any, *_: Any) -> None:
        self._stepped_already.add(id(optimizer))
        if self._recorder is not None:
            self._weights(self._recorder, optimizer)
        if len(self._stepped_already) == len(self._optimizers):
            self._end_step()

    def _weights(self, recorder: Recorder, optimizer: Any) -> None:
        every = list(weights(optimizer))
        found = list(filter(names.is_here, every))
        known = {id(weight): name for name, weight in self.model.named_parameters()}
        paths = [names.clean(known.get(id(weight), "weight")) for weight in found]
        scale = getattr(optimizer, "grad_scale", None)  # a fused optimizer unscales by itself
        with torch.no_grad():
            gradients = [weight.grad for weight in found]
            recorder.weights(paths, gradients, self._before, found, scale=scale)
        self._before = []
        if len(found) < len(every) or any(map(names.is_sharded, found)):
            recorder.skip("other processes' shards: norms are those of this process's part")

    def _end_step(self) -> None:
        self._write_setup()
        recorder, called = self._recorder, self._begun
        self._called |= called
        if self._called and not called:  # it was, unheard: a validation lay before it
            recorder = None
        if recorder is not None:
            with torch.no_grad():
                self._scaler.record(recorder)
                if self._carried is not None:
                    recorder.numbers("carried", self._carried)
                if not called:
                    recorder.skip(
                        "layers and inputs: the model is compiled, or not in training mode"
                    )
                recorder.skip("the gradient norm before clipping: PyTorch clips before the step")
                vector = recorder.vector(self._layouts).cpu().numpy()
        self._waited += not called
        self._reset()
        self._listen()
        self.tracker.done(self._layouts.read(vector) if recorder is not None else None)

    def _write_setup(self) -> None:
        setup, self._setup = self._setup, None
        if setup is not None:
            self.tracker.write_setup(setup.described())


_ZERO = 0.0


def _telling(attachment: weakref.ref[Attachment], step: int) -> Callable[[Any], None]:
    """A hook on a tensor, which is part of no model.

    It keeps nothing alive: what a graph holds in a circle is never freed.
    """

    def begins(_: Any) -> None:
        told = attachment()
        if told is not None:
            told.backward_begins(step)

    return begins


class LossScaler:
    """The ``GradScaler`` that steps the optimizer, found among the callers of its ``step``."""

    def __init__(self, *, fresh: bool) -> None:
        self._fresh = fresh
        self._found: Any = None
        self._scale = math.nan
        self._skipped = 0

    def find(self) -> None:
        """Look for it; to be called from within ``step``."""
        if self._found is None and (caller := calling(torch.amp.GradScaler)) is not None:
            self._found = caller
            self._scale = float(getattr(caller, "_init_scale", math.nan))

    def record(self, recorder: Recorder) -> None:
        """Its scale, and how many steps it has skipped: each one scaled it down."""
        if self._found is None:
            return
        scale = float(self._found.get_scale())
        if (self._fresh or self._skipped) and scale > 0:
            fell = math.log(scale / self._scale) / math.log(self._found.get_backoff_factor())
            self._skipped += max(0, round(fell))
        self._fresh, self._scale = True, scale
        recorder.numbers("loss scale", scale)
        recorder.numbers("skipped steps", float(self._skipped))


def weights(optimizer: Any) -> Iterator[Any]:
    """Every parameter that an optimizer holds."""
    for group in optimizer.param_groups:
        yield from group["params"]


def tensors(arguments: Any, named: Mapping[str, Any]) -> dict[str, Any]:
    """The tensors that a model is called with, by name; ``input`` for a single one."""
    positional = [each for each in arguments if isinstance(each, torch.Tensor)]
    found = {f"input_{place}": each for place, each in enumerate(positional)}
    found |= {name: each for name, each in named.items() if isinstance(each, torch.Tensor)}
    if len(found) == 1 and positional:
        return {"input": positional[0]}
    return found

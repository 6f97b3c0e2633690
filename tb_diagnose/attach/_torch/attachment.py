"""One PyTorch training: what its steps are, which are sampled, and what is listened to."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import get_ident
from typing import Any

import torch
from torch.nn.modules.loss import _Loss as Loss

from tb_diagnose.attach._torch import names
from tb_diagnose.attach._torch.calls import ModuleCalls, is_compiled, is_compiled_in_place
from tb_diagnose.attach._torch.graph import differentiated
from tb_diagnose.attach._torch.loss_scaler import LossScaler
from tb_diagnose.attach._torch.names import tensors
from tb_diagnose.attach._torch.setup import SetupRecorder
from tb_diagnose.attach._torch.step import Step, check_batch
from tb_diagnose.attach._torch.validation import Validation
from tb_diagnose.attach.core.detach import detach_on_failure
from tb_diagnose.attach.core.live_monitor import OnFinding
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
    the model in training mode; ``begins`` says that a trainer tells of its beginning instead.
    ``step`` is the number of the first one, and ``facts`` are what ``SetupRecorder`` takes.
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
        step: int = 0,
        begins: bool = False,
        **facts: Any,
    ) -> None:
        self.broken = False
        self.model, self._optimizers, self._begins = model, list(optimizers), begins
        self._modules = {module: name for name, module in model.named_modules()}
        self._layouts = StepLayouts()
        setup = SetupRecorder(model, optimizers, **facts)
        self._setup: SetupRecorder | None = setup
        self._waited, self._called = 0, False
        self._step = Step()
        about = {"framework": setup.framework, "optimizer": names.kind(optimizers[0]), "jit": False}
        schedule = SamplingSchedule(budget, every=every, compiles=False)
        self.tracker = StepTracker(
            sink, schedule, step=step, folder=folder, on_finding=on_finding, about=about
        )
        self._validation = Validation(folder, self.tracker) if folder is not None else None
        self._scaler = LossScaler(fresh=not any(optimizer.state for optimizer in optimizers))
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

    @property
    def stop(self) -> bool:
        """Whether ``on_finding="stop"`` found something critical."""
        return self.tracker.stop

    def __enter__(self) -> Attachment:  # noqa: PYI034 - typing has no Self in Python 3.10
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write what is left, examine it a last time, and take every hook off."""
        if self._handles:
            self._finish()
        self.detach()

    @detach_on_failure
    def _finish(self) -> None:
        if self._step.stepped:
            self._end_step()
        self._write_setup()
        if self._validation is not None:
            self._validation.end()
        self.tracker.finish()

    def detach(self) -> None:
        """Nothing is listened to any more."""
        self._calls.close()
        for handle in self._handles:
            handle.remove()
        self._handles, self._setup, self._step = [], None, Step()

    def new_epoch(self) -> None:
        """Tell that the data begins again: from here on examples may come again."""
        self.tracker.new_epoch()

    def batch(
        self, labels: Any = None, losses: Any = None, loss: Any = None, classes: int = 0
    ) -> None:
        """Tell what cannot be seen from outside, between the loss and ``optimizer.step()``.

        Args:
            labels: [b] the targets.
            losses: [b] the loss of each example (``reduction="none"``).
            loss: the loss that is minimized; by default the mean of ``losses``.
            classes: how many classes the labels name, 0 for numbers.

        Raises:
            TypeError, ValueError: where an argument makes no sense.
        """
        check_batch(labels, losses, loss, classes)
        self._record_batch(labels, losses, loss, classes)

    @detach_on_failure
    def _record_batch(self, labels: Any, losses: Any, loss: Any, classes: int) -> None:
        if self._setup is not None:
            self._setup.computed_loss(loss if loss is not None else losses)
        self._step.losses(labels, losses, loss, classes)

    @detach_on_failure
    def begin(self, inputs: Mapping[str, Any]) -> None:
        """A trainer tells that a step, or a further part of its batch, begins with these inputs."""
        if self._step.stepped:
            self._end_step()
        self._begin_step()
        self._listen()
        self._feed(inputs)

    @detach_on_failure
    def validate(self, inputs: Mapping[str, Any]) -> None:
        """A trainer tells that a batch is evaluated."""
        if self._validation is not None and self._validation.begin_batch():
            self._record_validation(inputs)

    # Told by ``ModuleCalls``. --------------------------------------------------------------------

    @detach_on_failure
    def entered(self, module: Any, arguments: tuple[Any, ...]) -> None:
        """A module is called: the first one of ours begins something."""
        if module not in self._modules:
            return
        if self._setup is not None:
            self._setup.entered(module, arguments)
        if self._step.entry is not None:
            self._step.called_with(arguments)
            return
        self._waited = 0
        if not module.training:
            self._evaluated(module, tensors(arguments, {}))
        elif torch.is_grad_enabled():  # unlike a generator's images for the discriminator
            self._trained(module, tensors(arguments, {}))

    def _trained(self, module: Any, inputs: Mapping[str, Any]) -> None:
        if not self._begins:
            self._begin_step()
        if self._step.recorder is None and self._setup is None:
            self._calls.stop()
            return
        self._calls.listen(results=True)
        self._step.entry = module
        self._step.enter(module)
        self._feed(inputs)

    def _evaluated(self, module: Any, inputs: Mapping[str, Any]) -> None:
        """Look at this batch, or at none of this pass."""
        validation = None if self._begins else self._validation
        if validation is not None and validation.begin_batch():
            self._calls.listen(results=True)  # it ends, and what it is called with by name shows
            self._step.entry = module
            self._record_validation(inputs)
        elif self._setup is None:
            self._calls.stop()

    @detach_on_failure
    def left(self, module: Any, arguments: Any, named: dict[str, Any], output: Any) -> None:
        """A module has returned: what it did is recorded."""
        name = self._modules.get(module)
        if self._setup is not None:
            self._setup.left(module, name, arguments, output)
        if isinstance(module, Loss):
            self._step.criterion(module, arguments, output)
        if name is None:
            return
        if module.training:
            self._step.output(names.clean(name), module, output)
        if module is not self._step.entry:
            return
        if not module.training:
            self._step.entry = None
            self._record_validation(tensors(arguments, named))
            return
        self._step.called_with(names.flat(output))
        self._step.entry = None
        self._feed(tensors(arguments, named))
        if self._setup is not None:
            self._setup.computed(output)
        self._step.own_loss(output)
        for y in names.flat(output):
            if y.requires_grad and y.grad_fn is not None:
                y.register_hook(_telling(weakref.ref(self), self.tracker.step))

    def compiled(self, module: Any) -> None:
        """Calls are not listened to any more where one of ours is compiled."""
        if module in self._modules or any(inner is self.model for inner in module.modules()):
            self._silent = True
            self._calls.stop()

    def _listen(self) -> None:
        """Wait for the next call of the model, if there is a use in it."""
        # A model compiled in place shows it only now.
        self._silent = self._silent or is_compiled_in_place(self._modules)
        idle = self._begins and self._step.recorder is None and self._setup is None
        if self._silent or self._waited >= PATIENCE or idle:
            self._calls.stop()
        else:
            self._calls.listen(results=self._setup is not None)

    def _feed(self, inputs: Mapping[str, Any]) -> None:
        if self._step.feed(inputs) and self._setup is not None:
            self._setup.fed(inputs)

    def _record_validation(self, inputs: Mapping[str, Any]) -> None:
        if self._validation is not None and inputs:
            self._validation.record(inputs)

    # Told by tensors and optimizers. -------------------------------------------------------------

    @detach_on_failure
    def backward_begins(self, step: int, thread: int) -> None:
        """Of the step with this number, if it still runs; the model was called in ``thread``."""
        if step == self.tracker.step:
            if self._setup is not None:
                self._setup.differentiated(differentiated(thread))
            self._step.backward_begins(self._optimizers)

    @detach_on_failure
    def _stepping(self, optimizer: Any, *_: Any) -> None:
        if id(optimizer) in self._step.stepped:
            self._end_step()
        # With a closure the call of the model is still to come, and ``_begin_step`` takes over.
        if not self._step.begun and self._step.recorder is None and self.tracker.should_sample():
            self._step.sample()
        if self._step.recorder is not None:
            self._scaler.find()
            self._step.before(optimizer)

    @detach_on_failure
    def _stepped(self, optimizer: Any, *_: Any) -> None:
        self._step.after(optimizer, self.model)
        if len(self._step.stepped) == len(self._optimizers):
            self._end_step()

    def _begin_step(self) -> None:
        step = self._step
        if step.begun:
            return
        step.begun, step.recorder = True, None
        if self._validation is not None:
            self._validation.end()
        if self.tracker.should_sample():
            step.sample()

    def _end_step(self) -> None:
        self._write_setup()
        step, self._step = self._step, Step()
        self._called |= step.begun
        if self._called and not step.begun:  # it was, unheard: a validation lay before it
            step.recorder = None
        sample = None
        if step.recorder is not None:
            with torch.no_grad():
                step.end()
                self._scaler.record(step.recorder)
                vector = step.recorder.vector(self._layouts).cpu().numpy()
            sample = self._layouts.read(vector)
        self._waited += not step.begun
        self._listen()
        self.tracker.done(sample)

    def _write_setup(self) -> None:
        setup, self._setup = self._setup, None
        if setup is not None:
            self.tracker.write_setup(setup.described())


def _telling(attachment: weakref.ref[Attachment], step: int) -> Callable[[Any], None]:
    """A hook on a tensor, which is part of no model.

    It keeps nothing alive: what a graph holds in a circle is never freed.
    """

    thread = get_ident()

    def begins(_: Any) -> None:
        listener = attachment()
        if listener is not None:
            listener.backward_begins(step, thread)

    return begins

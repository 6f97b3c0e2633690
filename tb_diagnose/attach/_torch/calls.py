"""Listens to the calls of one model's modules without leaving anything in the model.

A hook on a module is copied, pickled, scripted and exported with it. So this uses PyTorch's hooks
for all modules, and only while there is something to listen for: the modules of other models, and
of this one in between, are called as if nothing were attached.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any, Protocol

import torch
from torch.nn.modules import module as module_calls
from torch.nn.modules.module import (
    register_module_forward_hook,
    register_module_forward_pre_hook,
    register_module_module_registration_hook,
)


class Listener(Protocol):
    """Is told of calls, outside of tracing and compiling."""

    def entered(self, module: Any, arguments: tuple[Any, ...]) -> None: ...
    def left(self, module: Any, arguments: Any, named: dict[str, Any], output: Any) -> None: ...
    def compiled(self, module: Any) -> None:
        """``torch.compile`` wraps this module; the wrapper warns where calls are listened to."""


class ModuleCalls:
    """Tells ``listener`` of the calls of all modules in this process, while it is on.

    It does not keep the listener alive, and ends with it.
    """

    def __init__(self, listener: Listener) -> None:
        self._listener = weakref.ref(listener)
        self._handles: dict[str, Any] = {}
        self._registration = register_module_module_registration_hook(self._registered)
        weakref.finalize(listener, _remove, self._handles)
        weakref.finalize(listener, self._registration.remove)

    def listen(self, *, results: bool = False) -> None:
        """Tell of calls as they begin, and with ``results`` also as they end."""
        if "begin" not in self._handles:
            self._handles["begin"] = register_module_forward_pre_hook(self._hook("entered"))
        if not results and "end" in self._handles:
            _remove({"end": self._handles.pop("end")})
        if results and "end" not in self._handles:
            hook = register_module_forward_hook(self._hook("left"), with_kwargs=True)
            self._handles["end"] = hook

    def stop(self) -> None:
        """Tell of no more calls."""
        _remove(self._handles)

    def close(self) -> None:
        """Tell of nothing any more."""
        self.stop()
        self._registration.remove()

    def _registered(self, _: Any, name: str, module: Any) -> None:
        listener = self._listener()
        if name == "_orig_mod" and module is not None and listener is not None:
            listener.compiled(module)

    def _hook(self, method: str) -> Any:
        listener = self._listener

        def hook(module: Any, *call: Any) -> None:
            # Constant while torch.compile traces this: then nothing of it is compiled in.
            if torch.compiler.is_compiling() or torch.jit.is_tracing():
                return
            owner = listener()
            if owner is not None:
                getattr(owner, method)(module, *call)

        return hook


def is_compiled(model: Any) -> bool:
    """Whether some of its modules are what ``torch.compile`` returned."""
    return any(type(module).__name__ == "OptimizedModule" for module in model.modules())


def is_compiled_in_place(modules: Iterable[Any]) -> bool:
    """Whether ``.compile()`` was called of one of the modules; quick, for each step."""
    return any(module._compiled_call_impl is not None for module in modules)  # noqa: SLF001


def _remove(handles: dict[str, Any]) -> None:
    while handles:
        handle = handles.popitem()[1]
        handle.remove()
        # PyTorch forgets this entry, and then takes the hook for one that is still there.
        getattr(module_calls, "_global_forward_hooks_with_kwargs", {}).pop(handle.id, None)

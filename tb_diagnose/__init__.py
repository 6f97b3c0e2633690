"""Names what is wrong with a training run, from the TensorBoard event files it writes anyway."""

import importlib
from typing import Any

__version__ = "0.1.0"

#: Name → the module that holds it, imported when it is first asked for.
_LAZY = {"attach": "tb_diagnose.attach"}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(_LAZY[name])
    return module if _LAZY[name].endswith(f".{name}") else getattr(module, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})

"""Names what is wrong with a training run, from the TensorBoard event files it writes anyway.

    import tb_diagnose
    report = tb_diagnose.diagnose("logs")

Importing it is cheap: what a name needs is imported when the name is first used.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tb_diagnose import attach
    from tb_diagnose.api import Finding, Report, Run, diagnose

__version__ = "0.2.0"
__all__ = ["Finding", "Report", "Run", "attach", "diagnose"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "attach":
        return importlib.import_module("tb_diagnose.attach")
    return getattr(importlib.import_module("tb_diagnose.api"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

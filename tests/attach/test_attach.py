"""The ways in, where their frameworks are missing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

import tb_diagnose
from tb_diagnose import attach

WAYS: dict[str, tuple[str, Callable[[], Any]]] = {
    "Keras 3": ("keras", lambda: attach.keras("logs")),
    "TensorFlow": ("tensorflow", lambda: attach.tf(print, None, None, writer=None)),
    "PyTorch": ("torch", lambda: attach.torch(None, None, None)),
    "Lightning": ("pytorch_lightning", attach.lightning),
    "the Hugging Face Trainer": ("transformers", attach.hugging_face),
}


@pytest.mark.parametrize("name", WAYS)
def test_a_missing_framework_is_named_with_the_cure(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    package, call = WAYS[name]
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setattr(attach, "find_spec", lambda _: None)
    with pytest.raises(ImportError, match=f"^attaching to {name} needs it installed: pip install"):
        call()


def test_importing_attach_imports_no_framework() -> None:
    code = (
        "import sys, tb_diagnose.attach; "
        "print(sorted({'tensorflow', 'keras', 'torch', 'tensorboard'} & set(sys.modules)))"
    )
    told = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert told.stdout.strip() == "[]"


def test_attach_is_there_once_the_package_is_imported() -> None:
    code = (
        "import sys, tb_diagnose; assert 'tb_diagnose.attach' not in sys.modules; "
        "print(tb_diagnose.attach.torch.__name__, 'attach' in dir(tb_diagnose))"
    )
    told = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert told.stdout.split() == ["torch", "True"]


def test_what_the_package_does_not_have_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'detach'"):
        tb_diagnose.detach  # noqa: B018

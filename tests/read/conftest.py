"""Reading by the compiled library and by Python alone: both have to read the same."""

from __future__ import annotations

import pytest

from tb_diagnose.read.native import binding


@pytest.fixture(params=["library", "python"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Which of the two reads in a test."""
    if request.param == "python":
        monkeypatch.setattr(binding, "library", lambda: None)
    elif binding.library() is None:
        pytest.skip("the library was not built: no C compiler when the package was installed")
    return str(request.param)

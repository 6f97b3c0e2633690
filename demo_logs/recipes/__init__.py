"""The trainings behind the demonstration logs, one function a run; docstrings say what is true.

Importing this package fills `RECIPES`.
"""

from __future__ import annotations

from recipes import attached, causes, given, healthy, progress, records, stability  # noqa: F401
from recipes.workshop import RECIPES, Recipe

__all__ = ["RECIPES", "Recipe"]

"""The trainings behind the demonstration logs: one function a run, its docstring says what is true of it.

Importing this package fills `RECIPES`, in the order in which the runs are made.
"""

from __future__ import annotations

from recipes import given, healthy, stability, progress, causes, records  # noqa: F401, I001
from recipes.workshop import RECIPES, Recipe

__all__ = ["RECIPES", "Recipe"]

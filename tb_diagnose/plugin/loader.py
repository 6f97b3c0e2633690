"""The entry point: an error in here would keep TensorBoard from starting, so there is little."""

from __future__ import annotations

from typing import Any

from tensorboard.plugins.base_plugin import TBLoader


class DiagnoseLoader(TBLoader):  # type: ignore[misc]
    """Makes the plugin; whatever is raised in ``load``, TensorBoard logs and goes on without it."""

    def load(self, context: Any) -> Any:
        from tb_diagnose.plugin.tab import DiagnosePlugin

        return DiagnosePlugin(context)

"""Read a finished log back with TensorBoard's own reader: the figures that the README quotes."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util


def figures(run: Path) -> Iterator[str]:
    """Yield one line for each scalar of each event directory below `run`."""
    for folder in sorted({path.parent for path in run.rglob("*tfevents*")}):
        reader = EventAccumulator(str(folder), size_guidance={"tensors": 0})
        reader.Reload()
        for tag in reader.Tags()["tensors"]:
            plugin = reader.SummaryMetadata(tag).plugin_data.plugin_name
            if plugin == "scalars" and not tag.startswith("evaluation_"):
                values = [
                    tensor_util.make_ndarray(e.tensor_proto).item() for e in reader.Tensors(tag)
                ]
                yield f"  {folder.relative_to(run)!s:<11} {tag:<22} {summary(values)}"


def summary(values: list[float]) -> str:
    """First, lowest, highest and last value of a curve; NaN and infinity are counted apart."""
    finite = [value for value in values if math.isfinite(value)] or [math.nan]
    lost = len(values) - sum(map(math.isfinite, values))
    inner = f"min {min(finite):.4g}, max {max(finite):.4g}"
    ends = f"first {values[0]:.4g}, {inner}, last {values[-1]:.4g}"
    return f"{len(values)} points: {ends}" + (f"; {lost} not finite" if lost else "")

"""The setup of a training as one JSON document, the same for every framework."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

#: ``v`` of the document.
VERSION = 1


def setup_document(
    *,
    framework: str,
    model: str,
    layers: Sequence[Mapping[str, Any]],
    outputs: Sequence[Mapping[str, Any]],
    optimizers: Sequence[Mapping[str, Any]],
    unoptimized: Sequence[str],
    schedulers: Sequence[Mapping[str, Any]],
    losses: Sequence[Mapping[str, Any]],
    batch_size: int | None,
    precision: str,
) -> dict[str, Any]:
    """What is written under ``diagnose/setup``.

    Args:
        framework: ``keras``, ``tf``, ``torch``, ``lightning`` or ``hugging_face``.
        model: the model's class.
        layers: ``name``, ``kind``, ``activation``, ``parameters``, ``trainable``, ``config``,
            ``input_shape``, ``output_shape``; of PyTorch's also ``from``, ``initial``, ``called``.
        outputs: the layers whose output is the model's, each with what it goes ``through``.
        optimizers: ``name``, ``settings``, names of the ``parameters`` that it holds, and how many
            ``foreign`` ones, of no part of the model.
        unoptimized: trainable parameters that no optimizer holds.
        schedulers: ``name`` and ``settings``.
        losses: ``name``, ``config``, ``output``; of PyTorch's also where its input comes from.
        batch_size: examples of the first batch.
        precision: ``float32``, ``bfloat16-mixed`` …
    """
    return {
        "v": VERSION,
        "framework": framework,
        "model": model,
        "layers": list(layers),
        "outputs": list(outputs),
        "optimizers": list(optimizers),
        "unoptimized": list(unoptimized),
        "schedulers": list(schedulers),
        "losses": list(losses),
        "batch_size": batch_size,
        "precision": precision,
    }


def plain(value: Any) -> Any:
    """A setting as JSON has it; None for what is no setting."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, bool | int | float | str) or value is None:
        return value
    if isinstance(value, tuple | list) and len(value) <= 16:
        return [plain(entry) for entry in value]
    if getattr(value, "shape", None) == () and hasattr(value, "item"):
        return plain(value.item())
    return None


def group_settings(groups: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The settings of parameter groups: the first one's, with a list where others differ."""
    settings = {}
    for key in groups[0]:
        values = [plain(group.get(key)) for group in groups]
        if key != "params" and values[0] is not None:
            alike = all(value == values[0] for value in values)
            settings[key] = values[0] if alike else values
    return settings

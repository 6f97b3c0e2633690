"""The images are almost, but not quite, of a conventional size.

Why it matters:
    220 where everybody uses 224 is mostly a slip. Pretrained weights, published results and
    augmentations assume the conventional size, and five halvings of 220 leave an uneven border.

How it is judged:
    The model's input is a square image whose side is within 3 % of a size that published
    architectures use, without being one of them.

When it stays silent:
    The configuration names no image input; the side is free, far from any conventional one, or
    one of them.

What to try:
    Resize to the size named here, in training and in validation alike.

Sources:
    Input sizes of the models in ``keras.applications``; LeCun et al. 1998 (28, 32).
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import Thresholds, diagnosis, limit

CONVENTIONAL = (
    28, 32, 64, 96, 112, 128, 160, 192, 224, 227, 240, 256, 260, 288, 299, 300, 320, 331, 380,
    384, 416, 448, 456, 480, 512, 528, 600, 608, 640, 768, 1024,
)  # fmt: skip


class Limits(Thresholds):
    """How near is a near miss."""

    near: float = limit(0.03, unit="of the side", source="chosen: 220 is 1.8 % from 224")


@diagnosis(family="configuration", severity=Severity.INFO, since="0.1")
def unconventional_input_size(model: ModelConfig, limits: Limits) -> Iterator[Evidence]:
    """Square images of one, three or four channels."""
    side = _side(model.input_shape)
    if side is None or side in CONVENTIONAL:
        return
    usual = min(CONVENTIONAL, key=lambda size: abs(size - side))
    miss = abs(side - usual) / usual
    if miss <= limits.near:
        yield Evidence(
            message=f"The input is {side} × {side}, a near miss of the usual {usual} × {usual}.",
            suggestion=f"tf.image.resize(image, ({usual}, {usual})) and an input of that size, if {side} "
            "is not meant.",
            tag="keras",
            measured=miss,
            limit=limits.near,
            unit="of the side",
        )


def _side(shape: tuple[int | None, ...]) -> int | None:
    if len(shape) != 3 or None in shape:
        return None
    sides = shape[:2] if shape[2] in (1, 3, 4) else shape[1:] if shape[0] in (1, 3, 4) else ()
    return sides[0] if sides and sides[0] == sides[1] else None

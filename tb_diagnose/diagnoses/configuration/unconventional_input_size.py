"""The images are almost, but not quite, of a conventional size.

Why it matters:
    220 where everybody uses 224 is mostly a slip. Pretrained weights, published results and
    augmentations assume the conventional size, and five halvings of 220 leave an uneven border.

How it is judged:
    The model takes a square image whose side is within 3 % of a size that published architectures
    use, without being one of them.

When it stays silent:
    The configuration names no image input, or its side is free, far from any conventional one, or
    one of them.

What to try:
    Resize to the conventional size, in training and in validation alike.

Sources:
    Input sizes of the models in keras.applications; LeCun et al. 1998 (28, 32).
"""

from __future__ import annotations

from collections.abc import Iterator

from tb_diagnose.core.finding import Evidence, Severity
from tb_diagnose.core.model import ModelConfig
from tb_diagnose.engine.contract import diagnosis, limit, method
from tb_diagnose.roles.architecture import CONVENTIONAL_SIDES, image_side


def _no_image(model: ModelConfig | None = None) -> str:
    return "" if model is None or image_side(model) else "the model takes no square images"


@diagnosis(family="configuration", severity=Severity.INFO, since="0.1", concerns=_no_image)
class UnconventionalInputSize:
    near = limit(0.03, alarm="<=", unit="of the side", source="220 is 1.8 % from 224")

    @method("the input of the model")
    def by_shape(self, model: ModelConfig) -> Iterator[Evidence]:
        side = image_side(model) or 0
        usual = min(CONVENTIONAL_SIDES, key=lambda size: abs(size - side))
        miss = abs(side - usual) / usual
        if side != usual and self.near.exceeded(miss):
            yield Evidence(
                message=f"The input is {side} × {side}, close to the usual {usual} × {usual}.",
                suggestion=f"If {side} is not meant, resize the images to {usual} × {usual}.",
                tag="keras",
                comparison=self.near.compare(miss),
            )

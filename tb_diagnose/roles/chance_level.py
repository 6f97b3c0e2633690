"""What guessing would score: the number of classes, from the model's own output."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from math import log
from typing import NamedTuple

from tb_diagnose.core.model import ModelConfig
from tb_diagnose.core.run import Run
from tb_diagnose.roles.patterns import is_accuracy

#: The loss of guessing among a million classes, in nats; there are no more.
MANY_CLASSES = 14.0

CROSS_ENTROPIES = {
    "categorical_crossentropy": True,
    "sparse_categorical_crossentropy": True,
    "binary_crossentropy": False,
    "binary_focal_crossentropy": False,
    "categorical_focal_crossentropy": True,
}


class ChanceLevel(NamedTuple):
    """What a guess among ``classes`` equally likely classes scores.

    Attributes:
        classes: K >= 2.
        loss: ln K, the cross-entropy of an even guess, in nats.
        accuracy: 1 / K.
        cross_entropy: whether the loss in the log is a cross-entropy, so that ln K is its level.
        reason: where K was read.
    """

    classes: int
    cross_entropy: bool
    reason: str

    @property
    def loss(self) -> float:
        return log(self.classes)

    @property
    def accuracy(self) -> float:
        return 1 / self.classes

    def on_the_way(self, share: float) -> float:
        """The accuracy that lies ``share`` of the way from guessing to perfect."""
        return self.accuracy + share * (1 - self.accuracy)


def chance_level(run: Run) -> ChanceLevel | None:
    """Chance level of a run's classifier, or None where the log does not say it is one."""
    if run.model is not None:
        counted = any(is_accuracy(series.tag) for series in run.scalars)
        return _of_keras(run.model, counted=counted)
    labels = _labels(run.texts)
    if labels:
        return ChanceLevel(labels, True, f"the model configuration names {labels} labels")
    return None


def _of_keras(model: ModelConfig, *, counted: bool) -> ChanceLevel | None:
    """``counted``: an accuracy is logged, so that several outputs are classes even if linear."""
    if len(model.outputs) != 1 or len(model.losses) > 1:
        return None
    last = model.outputs[0]
    loss = model.losses[0].name if model.losses else ""
    classifies = last.activation in ("softmax", "sigmoid") or (counted and last.units > 1)
    if last.units < 1 or not (loss in CROSS_ENTROPIES or classifies):
        return None
    if last.activation == "sigmoid" and last.units > 1 and loss not in CROSS_ENTROPIES:
        return None  # several labels, or one of several classes
    many = CROSS_ENTROPIES.get(loss, last.activation != "sigmoid")
    if many and last.units == 1:
        return None
    return ChanceLevel(
        last.units if many else 2,
        # A log that does not name the loss is an old one; a softmax is trained by cross-entropy.
        cross_entropy=loss in CROSS_ENTROPIES or (not loss and many),
        reason=f"{last.kind}({last.units}, {last.activation}) with {loss or 'its loss'}",
    )


def _labels(texts: Mapping[str, str]) -> int:
    """Number of labels in a Hugging Face model configuration, 0 if there is none."""
    text = texts.get("model_config/text_summary", "")
    if "ForSequenceClassification" not in text and "ForImageClassification" not in text:
        return 0
    found = re.search(r'"id2label":\s*(\{[^}]*\})', text)
    try:
        return len(json.loads(found.group(1))) if found else 2
    except ValueError:
        return 0

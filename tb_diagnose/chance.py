"""What guessing would score: the number of classes, from the model's own output."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import log

from tb_diagnose.runs import ModelConfig, Run

CROSS_ENTROPIES = {
    "categorical_crossentropy": True,
    "sparse_categorical_crossentropy": True,
    "binary_crossentropy": False,
    "binary_focal_crossentropy": False,
    "categorical_focal_crossentropy": True,
}


@dataclass(frozen=True)
class Chance:
    """What a guess among ``classes`` equally likely classes scores.

    Attributes:
        classes: K >= 2.
        loss: ln K, the cross-entropy of an even guess, in nats.
        accuracy: 1 / K.
        cross_entropy: whether the loss in the log is a cross-entropy, so that ln K is its level.
        why: where K was read.
    """

    classes: int
    cross_entropy: bool
    why: str

    @property
    def loss(self) -> float:
        return log(self.classes)

    @property
    def accuracy(self) -> float:
        return 1 / self.classes


def chance(run: Run) -> Chance | None:
    """Chance level of a run's classifier, or None where the log does not say it is one."""
    if run.model is not None:
        return _of_keras(run.model)
    labels = _labels(run.texts)
    if labels:
        return Chance(labels, True, f"the model configuration names {labels} labels")
    return None


def _of_keras(model: ModelConfig) -> Chance | None:
    if len(model.outputs) != 1 or len(model.losses) > 1:
        return None
    last = model.outputs[0]
    loss = model.losses[0].name if model.losses else ""
    if loss in CROSS_ENTROPIES or last.activation in ("softmax", "sigmoid"):
        many = CROSS_ENTROPIES.get(loss, last.activation == "softmax")
        classes = last.units if many and last.units > 1 else 2
        if last.units < 1 or (many and last.units == 1):
            return None
        return Chance(
            classes,
            cross_entropy=loss in CROSS_ENTROPIES,
            why=f"{last.kind}({last.units}, {last.activation}) with {loss or 'its loss'}",
        )
    return None


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

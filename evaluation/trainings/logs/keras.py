"""The log of Keras 3's TensorBoard callback."""

from __future__ import annotations

from pathlib import Path

from trainings.logs.events import TENSORFLOW, EventFile, Value, histogram, keras_model, scalar
from trainings.logs.keras_config import layers, model
from trainings.logs.told import Told


def write(folder: Path, told: Told) -> None:
    """``train`` and, where it was validated, ``validation``; a point an epoch."""
    train = EventFile(_path(folder / "train", told, 0), told.begin, TENSORFLOW)
    if told.style.config:
        content = model(told.plan, told.metric if told.style.score else None)
        train.add(0, told.begin, [keras_model(content)])
    curves = told.trained()
    curves["loss"] = curves["loss"] + told.record.epochs(told.record.penalty)
    names = {weight: _tag(told, *weight) for weight in _weights(told)}
    for epoch in told.span:
        wall = told.wall((epoch + 1) * told.plan.steps)
        for name in _logged(told):
            train.add(epoch, wall, [scalar(f"epoch_{name}", curves[name][epoch])])
        rate = told.record.rate[(epoch + 1) * told.plan.steps - 1]
        train.add(epoch, wall, [scalar("epoch_learning_rate", rate)])
        for value in _histograms(told, names, epoch):
            train.add(epoch, wall, [value])
    train.close()
    if told.style.validation:
        _validation(folder, told)


def _validation(folder: Path, told: Told) -> None:
    file = EventFile(_path(folder / "validation", told, 1), told.begin, TENSORFLOW)
    record = told.record
    curves = {"loss": record.val_loss, told.metric: record.val_score}
    for epoch in told.span:
        if not told.validated(epoch):
            break
        values = {name: float(curves[name][epoch]) for name in _logged(told)}
        values["loss"] += record.val_penalty[epoch]
        step = (epoch + 1) * told.plan.steps
        for name, value in values.items():
            tag = f"evaluation_{name}_vs_iterations"
            file.add(step, told.wall(step), [scalar(tag, value)])
        for name, value in values.items():
            file.add(epoch, told.wall(step), [scalar(f"epoch_{name}", value)])
    file.close()


def _logged(told: Told) -> list[str]:
    """In the order of the alphabet, as Keras has it."""
    return sorted(["loss", *([told.metric] if told.style.score else [])])


def _path(folder: Path, told: Told, number: int) -> Path:
    place = f"{int(told.begin)}.host.{1000 + told.number}.{number}"
    return folder / f"events.out.tfevents.{place}.v2"


def _weights(told: Told) -> list[tuple[int, str]]:
    return [(each.layer, each.name) for each in told.record.histograms]


def _tag(told: Told, layer: int, weight: str) -> str:
    names = {number: (name, kind) for number, name, kind in _named(told)}
    name, kind = names[layer]
    cell = f"{name}/{kind}_cell" if kind in ("gru", "simple_rnn") else name
    return f"sequential/{cell}/{weight}/histogram"


def _named(told: Told) -> list[tuple[int, str, str]]:
    return [
        (number, name, {"rnn": "simple_rnn"}.get(layer.kind, layer.kind))
        for number, name, layer in layers(told.plan)
        if layer.kind != "activation"
    ]


def _histograms(told: Told, names: dict[tuple[int, str], str], epoch: int) -> list[Value]:
    if not told.style.histograms:
        return []
    return [
        histogram(names[each.layer, each.name], each.low[epoch], each.high[epoch],
                  each.counts[epoch])
        for each in told.record.histograms
    ]  # fmt: skip

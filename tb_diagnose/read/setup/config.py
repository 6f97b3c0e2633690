"""The text summary ``diagnose/setup`` → a ``ModelConfig`` in Keras' words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tb_diagnose.core.model import Layer, Loss, ModelConfig, Optimizer
from tb_diagnose.core.vitals import SETUP_TAG
from tb_diagnose.read.keras.names import canonical
from tb_diagnose.read.setup import layers as layer_of
from tb_diagnose.read.setup.graph import chained
from tb_diagnose.read.setup.losses import torch_loss
from tb_diagnose.read.wire import foreign_json

#: The document that this reader understands, by its ``v``.
VERSION = 1
#: What comes of a document that is not what the attached training writes.
_BROKEN = (
    ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
)  # fmt: skip
_KERAS = ("keras", "tf")
_ORDERED = ("Sequential", "Functional")


def with_setup(model: ModelConfig | None, texts: Mapping[str, str]) -> ModelConfig | None:
    """The model with all that an attached training says about it.

    ``model`` is what the ``keras`` summary says, which knows more of the layers and of the
    metrics; ``texts`` are the run's text summaries.
    """
    setup = _parsed(texts.get(SETUP_TAG, ""))
    if setup is None:
        return model
    try:
        described = _model(setup)
    except _BROKEN:
        return model
    if model is None:
        return described
    return described._replace(
        name=model.name,
        kind=model.kind,
        layers=model.layers,
        outputs=model.outputs,
        input_shape=model.input_shape,
        losses=model.losses or described.losses,
        optimizer=model.optimizer or described.optimizer,
        metrics=model.metrics,
        order_known=model.order_known,
    )


def _parsed(text: str) -> Mapping[str, Any] | None:
    try:
        setup = foreign_json.parse(text)
    except ValueError:
        return None
    return setup if isinstance(setup, dict) and setup.get("v") == VERSION else None


def _model(setup: Mapping[str, Any]) -> ModelConfig:
    framework, kind = str(setup["framework"]), str(setup["model"])
    keras = framework in _KERAS
    called = [row for row in setup["layers"] if row.get("called", True)]
    flat: list[Layer]
    if keras:
        flat = [layer_of.keras_layer(row) for row in called]
        by_name = {layer.name: layer for layer in flat}
        outputs = [by_name[row["layer"]] for row in setup["outputs"] if row["layer"] in by_name]
        known = kind in _ORDERED
    else:
        flat, outputs, known = chained(called, setup["outputs"])
    losses = tuple(_losses(setup["losses"], outputs, keras=keras))
    optimizers = tuple(_optimizers(setup["optimizers"], setup["schedulers"]))
    return ModelConfig(
        name=kind,
        kind=kind,
        layers=tuple(flat),
        outputs=tuple(outputs),
        input_shape=flat[0].input_shape if flat else (),
        losses=losses,
        optimizer=optimizers[0] if optimizers else None,
        metrics=(),
        framework=framework,
        optimizers=optimizers,
        unoptimized=tuple(map(str, setup["unoptimized"])),
        batch_size=setup["batch_size"],
        precision=str(setup["precision"]),
        order_known=known,
    )


def _losses(
    rows: Sequence[Mapping[str, Any]], outputs: list[Layer], *, keras: bool
) -> Iterator[Loss]:
    for row in rows:
        config = dict(row["config"])
        if keras:
            from_logits = bool(config.get("from_logits", False))
            yield Loss(canonical(row["name"]), from_logits, row.get("output", ""), config)
        elif (loss := torch_loss(row, outputs)) is not None:
            yield loss


def _optimizers(
    rows: Sequence[Mapping[str, Any]], schedulers: Sequence[Mapping[str, Any]]
) -> Iterator[Optimizer]:
    for row in rows:
        settings = dict(row["settings"])
        schedule: Mapping[str, Any] | None = None
        if schedulers:
            first = schedulers[0]
            schedule = {"class_name": first["name"], "config": first["settings"]}
        elif "initial_lr" in settings:  # PyTorch's schedulers leave it behind
            schedule = {}
        rate = settings.get("learning_rate", settings.get("initial_lr", settings.get("lr")))
        yield Optimizer(
            name=str(row["name"]).lower(),
            learning_rate=_highest(rate),
            schedule=schedule,
            config=settings,
            parameters=tuple(map(str, row["parameters"])),
            foreign=int(row["foreign"]),
        )


def _highest(rate: Any) -> float | None:
    """A rate as typed; the highest one of several groups' rates; None for a schedule."""
    rates = rate if isinstance(rate, list) else [rate]
    numbers = [float(f"{one:.7g}") for one in rates if isinstance(one, int | float)]
    return max(numbers, default=None)

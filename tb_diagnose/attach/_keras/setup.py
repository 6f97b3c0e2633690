"""What a Keras training is made of: layers, optimizers, losses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

import keras

from tb_diagnose.attach._keras import names
from tb_diagnose.attach.core.setup import plain, setup_document

#: What a layer's configuration says of itself that is said elsewhere, or is of no use here.
_LEFT_OUT = frozenset({"name", "dtype", "build_config", "registered_name", "module"})


def described(
    model: Any, optimizers: Sequence[Any], loss: Any, framework: str = "keras"
) -> dict[str, Any]:
    """The setup of a built model."""
    held = {id(variable) for optimizer in optimizers for variable in _variables(optimizer)}
    own = {id(variable) for variable in model.trainable_variables}
    built = bool(optimizers) and all(optimizer.built for optimizer in optimizers)
    left = [variable.path for variable in model.trainable_variables if id(variable) not in held]
    return setup_document(
        framework=framework,
        model=type(model).__name__,
        layers=[_layer(path, layer) for path, layer in names.walk(model) if _is_leaf(layer)],
        outputs=[
            {"layer": _path(model, tensor), "through": []}
            for tensor in keras.tree.flatten(getattr(model, "outputs", None) or [])
        ],
        optimizers=[_optimizer(optimizer, own) for optimizer in optimizers],
        unoptimized=left if built else [],
        schedulers=[
            schedule for one in optimizers if (schedule := _schedule(names.innermost(one)))
        ],
        losses=list(_losses(loss)),
        batch_size=None,
        precision=str(getattr(getattr(model, "dtype_policy", None), "name", "")),
    )


def _is_leaf(layer: Any) -> bool:
    return not isinstance(layer, keras.Model) and type(layer).__name__ != "InputLayer"


def _layer(path: str, layer: Any) -> dict[str, Any]:
    config: Mapping[str, Any] = {}
    with suppress(Exception):  # a layer of the user's own need not have one
        config = layer.get_config()
    return {
        "name": path,
        "kind": type(layer).__name__,
        "activation": names.activation(layer),
        "parameters": int(layer.count_params()) if layer.built else -1,
        "trainable": bool(layer.trainable),
        "config": {key: _plain(value) for key, value in config.items() if key not in _LEFT_OUT},
        "input_shape": _shape(layer, "input"),
        "output_shape": _shape(layer, "output"),
    }


def _plain(value: Any) -> Any:
    """A setting; a serialized object is its class and its own settings."""
    if isinstance(value, Mapping):
        keys = ("class_name", "config") if "class_name" in value else tuple(value)
        return {str(key): _plain(value[key]) for key in keys if key in value}
    return plain(value)


def _shape(layer: Any, side: str) -> list[int | None]:
    with suppress(Exception):  # a layer that was only called within another one has none
        tensor = keras.tree.flatten(getattr(layer, side))[0]
        return list(tensor.shape[1:])
    return []


def _path(model: Any, tensor: Any) -> str:
    made_by = tensor._keras_history.operation  # noqa: SLF001 - as Keras itself finds it
    return next((path for path, layer in names.walk(model) if layer is made_by), made_by.name)


def _variables(optimizer: Any) -> Sequence[Any]:
    return getattr(names.innermost(optimizer), "_trainable_variables", ())


def _optimizer(optimizer: Any, own: set[int]) -> dict[str, Any]:
    inner = names.innermost(optimizer)
    config = inner.get_config()
    if isinstance(rate := config.get("learning_rate"), Mapping):
        config["learning_rate"] = _plain(rate)
    held = _variables(optimizer)
    return {
        "name": type(inner).__name__,
        "settings": {k: _plain(v) for k, v in config.items() if _plain(v) is not None},
        "parameters": [variable.path for variable in held if id(variable) in own],
        "foreign": sum(id(variable) not in own for variable in held),
    }


def _schedule(optimizer: Any) -> dict[str, Any] | None:
    rate = getattr(optimizer, "_learning_rate", None)
    if not isinstance(rate, keras.optimizers.schedules.LearningRateSchedule):
        return None
    return {"name": type(rate).__name__, "settings": _plain(rate.get_config())}


def _losses(loss: Any) -> Iterator[dict[str, Any]]:
    if isinstance(loss, Mapping):
        for output, part in loss.items():
            yield from ({**one, "output": str(output)} for one in _losses(part))
    elif isinstance(loss, list | tuple):
        for part in loss:
            yield from _losses(part)
    elif name := names.loss_name(loss):
        config = loss.get_config() if isinstance(loss, keras.losses.Loss) else {}
        yield {"name": name, "config": {k: plain(v) for k, v in config.items() if k != "name"}}

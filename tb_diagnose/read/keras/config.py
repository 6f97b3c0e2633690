"""The ``keras`` summary: the JSON of a model, of Keras 3 and of Keras 2, to a ``ModelConfig``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tb_diagnose.core.model import Layer, ModelConfig
from tb_diagnose.read.keras.compiled import compiled
from tb_diagnose.read.keras.names import activation, config_of
from tb_diagnose.read.keras.shapes import output_shape, parameters
from tb_diagnose.read.keras.windows import Shape
from tb_diagnose.read.wire import foreign_json

#: What comes of a configuration that is not what Keras writes.
_BROKEN = (
    ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
)  # fmt: skip
_INPUT = "InputLayer"


def model_config(content: bytes) -> ModelConfig | None:
    """What the JSON in ``content`` says about the model; None where it cannot be understood."""
    try:
        model = foreign_json.parse(content)
        built = _Model(_layers(model))
        built.flatten("", _declared(model))
        outputs = tuple(built.ends)
        losses, optimizer, metrics = compiled(model, [each.name for each in outputs])
        return ModelConfig(
            name=str(config_of(model).get("name", "")),
            kind=str(model["class_name"]).rpartition(">")[2],
            layers=tuple(built.flat),
            outputs=outputs,
            input_shape=_known(built.first_input),
            losses=losses,
            optimizer=optimizer,
            metrics=metrics,
        )
    except _BROKEN:
        return None


def _layers(model: Mapping[str, Any]) -> Mapping[str, Any]:
    """The configuration of a model; the oldest Sequential is just a list of layers."""
    config = model["config"]
    return {"layers": config} if isinstance(config, list) else config


def _declared(model: Mapping[str, Any]) -> Shape:
    """The input shape that a model was built with, where the JSON says."""
    build = model.get("build_config")
    return _shape(build.get("input_shape")) if isinstance(build, Mapping) else None


def _known(shape: Shape) -> tuple[int | None, ...]:
    return shape if shape is not None else ()


def _shape(value: Any) -> Shape:
    """A shape with the batch axis → one without; None where it is no single shape."""
    if not isinstance(value, list) or not value:
        return None
    if isinstance(value[0], list):
        return _shape(value[0])
    if all(size is None or isinstance(size, int) for size in value):
        return tuple(value[1:])
    return None


@dataclass
class _Model:
    """A model that is being flattened into a list of layers.

    Attributes:
        config: of the model, with ``layers`` in it.
        flat: the layers so far, those of nested models included.
        ends: the layers whose output is the model's.
        first_input: shape of the first input.
    """

    config: Mapping[str, Any]
    flat: list[Layer] = field(default_factory=list)
    ends: list[Layer] = field(default_factory=list)
    first_input: Shape = None
    _shapes: dict[str, Shape] = field(default_factory=dict)
    _last: dict[str, list[Layer]] = field(default_factory=dict)

    def flatten(self, prefix: str, given: Shape) -> Shape:
        """Goes through all layers in order; returns the shape of the (first) output."""
        items = [item for item in self.config["layers"] if isinstance(item, Mapping)]
        self.first_input = given
        hints = dict(_hints(items))
        previous = ""
        for item in items:
            name = str(item.get("name") or config_of(item).get("name", ""))
            sources = [source for source, _ in references(item.get("inbound_nodes", []))]
            inputs = [self._shapes.get(source) for source in sources or [previous] if source]
            if not previous and not sources:
                inputs = [given if given is not None else _batch_shape(config_of(item))]
            shape = self._add(item, prefix, name, inputs)
            self._shapes[name] = shape if shape is not None else hints.get(name)
            previous = name
        names = self._output_names() or [previous]
        self.ends = [layer for name in names for layer in self._last.get(name, ())]
        return self._shapes.get(names[0])

    def _add(self, item: Mapping[str, Any], prefix: str, name: str, inputs: list[Shape]) -> Shape:
        """Appends one layer, or all those of a nested model; returns its output shape."""
        kind = str(item["class_name"]).rpartition(">")[2]
        config = config_of(item)
        build = item.get("build_config")
        if isinstance(build, Mapping) and (built := _shape(build.get("input_shape"))) is not None:
            inputs = [built, *inputs[1:]]
        if kind == _INPUT:
            shape = _batch_shape(config)
            shape = shape if shape is not None else (inputs[0] if inputs else None)
            if self.first_input is None:
                self.first_input = shape
            return shape
        if isinstance(_layers(item), Mapping) and isinstance(_layers(item).get("layers"), list):
            inner = _Model(_layers(item), self.flat)
            shape = inner.flatten(f"{prefix}{name}/", inputs[0] if inputs else None)
            self._last[name] = inner.ends
            if self.first_input is None:
                self.first_input = inner.first_input
            return shape
        if self.first_input is None and not self.flat and inputs:
            self.first_input = inputs[0]
        layer = _layer(f"{prefix}{name}", kind, config, inputs)
        self.flat.append(layer)
        self._last[name] = [layer]
        return layer.output_shape or None

    def _output_names(self) -> list[str]:
        outputs = self.config.get("output_layers", [])
        return list(dict.fromkeys(name for name, _ in references(outputs)))


def _layer(name: str, kind: str, config: Mapping[str, Any], inputs: list[Shape]) -> Layer:
    try:
        shape = output_shape(kind, config, inputs)
        count = parameters(kind, config, inputs)
    except _BROKEN:
        shape, count = None, -1
    return Layer(
        name=name,
        kind=kind,
        activation=activation(kind, config),
        units=_units(config, shape),
        input_shape=_known(inputs[0] if inputs else None),
        output_shape=_known(shape),
        parameters=count,
        config=config,
    )


def _units(config: Mapping[str, Any], shape: Shape) -> int:
    """Outputs per position of a layer that has such a number."""
    for key in ("units", "filters", "output_dim"):
        if isinstance(config.get(key), int):
            return int(config[key])
    inner = config_of(config.get("layer"))
    if "units" in inner or "filters" in inner:
        known = shape[-1] if shape else inner.get("units") or inner.get("filters")
        return int(known or 0)
    # An activation, a dropout: as many as come in.
    return int(shape[-1] or 0) if shape else 0


def _batch_shape(config: Mapping[str, Any]) -> Shape:
    return _shape(config.get("batch_shape") or config.get("batch_input_shape"))


def _hints(items: list[Mapping[str, Any]]) -> Iterator[tuple[str, Shape]]:
    """Keras 3 writes with each use of a tensor what its shape is."""
    for item in items:
        for source, shape in references(item.get("inbound_nodes", [])):
            if shape is not None:
                yield source, shape


def references(nodes: Any) -> Iterator[tuple[str, Shape]]:
    """(layer, shape of its output or None) for each tensor named in ``nodes``.

    Keras 3 names a tensor by ``{"keras_history": [layer, node, tensor], "shape": …}``, Keras 2 by
    ``[layer, node, tensor, …]``.
    """
    if isinstance(nodes, Mapping):
        history = nodes.get("keras_history")
        if isinstance(history, list) and history:
            yield str(history[0]), _shape(nodes.get("shape"))
            return
        for value in nodes.values():
            yield from references(value)
    elif isinstance(nodes, list):
        numbered = len(nodes) >= 3 and all(type(index) is int for index in nodes[1:3])
        if numbered and isinstance(nodes[0], str):
            yield nodes[0], None
            nodes = nodes[3:]
        for value in nodes:
            yield from references(value)

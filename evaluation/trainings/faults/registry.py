"""The registry of faults."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from trainings.plan import Framework, Plan

#: Where the harm is looked for: in the score on data never seen; in the validation score as logged;
#: in a validation score that promises more than the other keeps; or nowhere, as only the log errs.
Harm = Literal["test", "validation", "promise", "log"]
Inject = Callable[[Plan, Any], Plan]
Applies = Callable[[Plan, Framework], bool]


@dataclass(frozen=True)
class Fault:
    """One fault at several severities, mildest first.

    Attributes:
        types: its classes in the words of published benchmarks, separated by blanks.
        levels: what ``inject`` is called with; ``unit`` says what they are.
        expects: diagnoses that name this fault itself, not merely what it leads to.
        applies: whether a healthy plan can have it.
        harm: where it is looked for.
        told_by: the part of a log that shows it outright: config (of a Keras model), rate, or none.
        often: how many times as often as the others it is drawn, as it is met in the world.
    """

    name: str
    types: str
    levels: tuple[Any, ...]
    unit: str
    expects: tuple[str, ...]
    inject: Inject
    applies: Applies
    harm: Harm
    told_by: str
    often: float = 1.0

    def severity(self, level: Any) -> str:
        """A level as a part of a name: 0.1, 1000, tanh."""
        return level if isinstance(level, str) else f"{level:g}"


#: Filled by the decorator as the modules beside this one are imported.
Registry = dict[str, Fault]


def register(faults: Registry) -> Callable[..., Callable[[Inject], Inject]]:
    """A decorator that enters faults into the registry under their function's name."""

    def fault(
        types: str,
        levels: tuple[Any, ...],
        unit: str = "",
        expects: str = "",
        applies: Applies = lambda *_: True,
        harm: Harm = "test",
        told_by: str = "",
        often: float = 1.0,
    ) -> Callable[[Inject], Inject]:
        def enter(inject: Inject) -> Inject:
            name = inject.__name__.replace("_", "-")
            faults[name] = Fault(
                name, types, levels, unit, tuple(expects.split()), inject, applies, harm, told_by,
                often,
            )  # fmt: skip
            return inject

        return enter

    return fault


def has(kind: str) -> Applies:
    """Whether the network has a layer of this kind."""
    return lambda plan, _: any(layer.kind == kind for layer in plan.layers)


def task(*names: str) -> Applies:
    """Whether the task is one of these."""
    return lambda plan, _: plan.task in names


def union(*registries: Mapping[str, Fault]) -> Registry:
    """All of them in one."""
    return {name: fault for registry in registries for name, fault in registry.items()}

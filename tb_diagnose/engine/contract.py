"""The contract of a diagnosis: ``@diagnosis``, ``limit()`` and the registry they fill.

A diagnosis is one function in one file under ``diagnoses/<family>/``. Its name is its id, its
module's docstring is its documentation, its parameters are the roles it needs, its ``Limits`` are
its thresholds. It yields ``Evidence``; yielding nothing means *clear*.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, TypeVar

from tb_diagnose.core.finding import Evidence, Severity

Judge = Callable[..., Iterable[Evidence]]
J = TypeVar("J", bound=Judge)

_registry: dict[str, Diagnosis] = {}


class Need(NamedTuple):
    """One role a diagnosis reads: its name and whether it can do without."""

    role: str
    optional: bool


class Threshold(NamedTuple):
    """One declared limit: its default, its unit and where the number comes from."""

    name: str
    default: float
    unit: str
    source: str


class Thresholds:
    """What every ``Limits`` is: fields that are a ``limit()``, with their defaults if not given.

    What ``dataclass`` writes for each of sixty such classes takes longer to compile than a run
    takes to read and to judge.
    """

    declared: ClassVar[tuple[Threshold, ...]]

    def __init_subclass__(cls) -> None:
        fields = {name: each for name, each in vars(cls).items() if isinstance(each, Threshold)}
        cls.declared = tuple(each._replace(name=name) for name, each in fields.items())
        for name, each in fields.items():
            setattr(cls, name, each.default)

    def __init__(self, **given: float) -> None:
        if unknown := given.keys() - {each.name for each in self.declared}:
            raise TypeError(f"there is no limit {min(unknown)!r}")
        vars(self).update(given)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a limit is not to be changed: {name}")


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """One registered diagnosis.

    Attributes:
        id: ``loss-divergence``; the function's name with dashes.
        family: the folder it lives in.
        severity: of a typical case.
        leads_to: ids of findings this one causes.
        since: the version that brought it.
        needs: the roles it reads, in the order of its parameters, without ``limits``.
        limits: its ``Limits`` class, or None.
        judge: the function itself.
        several: True for a comparison of several runs.
        text: its module's docstring.
    """

    id: str
    family: str
    severity: Severity
    leads_to: tuple[str, ...]
    since: str
    needs: tuple[Need, ...]
    limits: type[Thresholds] | None
    judge: Judge
    several: bool
    text: str

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """The names of all roles it reads."""
        return tuple(need.role for need in self.needs)

    @cached_property
    def defaults(self) -> Any:
        """Its limits as they are where nobody sets them, or None."""
        return self.limits and self.limits()

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The names of the roles it cannot do without."""
        return tuple(need.role for need in self.needs if not need.optional)


def limit(default: float, *, unit: str, source: str) -> Any:
    """A threshold, for a field of a ``Limits`` class: its default, its unit, its source."""
    return Threshold("", default, unit, source)


def diagnosis(
    *, family: str, severity: Severity, since: str, leads_to: tuple[str, ...] = ()
) -> Callable[[J], J]:
    """Register a function as the diagnosis of one run that its name says."""
    return _register(family, severity, since, leads_to, several=False)


def comparison(
    *, family: str, severity: Severity, since: str, leads_to: tuple[str, ...] = ()
) -> Callable[[J], J]:
    """Register a function that judges several runs together."""
    return _register(family, severity, since, leads_to, several=True)


def registry() -> Mapping[str, Diagnosis]:
    """Every diagnosis of the package by id, in the order of families and then of names."""
    _import_all()
    return _ordered(tuple(_registry.values()))


@lru_cache(maxsize=1)
def _ordered(every: tuple[Diagnosis, ...]) -> Mapping[str, Diagnosis]:
    """By id; asked for by every run, and put in order once."""
    ordered = sorted(every, key=lambda each: (each.family, each.id))
    return MappingProxyType({each.id: each for each in ordered})


def registered(identity: str) -> Diagnosis | None:
    """The diagnosis of that id, or None; the registry is not put in order for it."""
    _import_all()
    return _registry.get(identity)


def _register(
    family: str, severity: Severity, since: str, leads_to: tuple[str, ...], *, several: bool
) -> Callable[[J], J]:
    def register(judge: J) -> J:
        identity = judge.__name__.replace("_", "-")
        module = sys.modules[judge.__module__]
        _registry[identity] = Diagnosis(
            id=identity,
            family=family,
            severity=severity,
            leads_to=leads_to,
            since=since,
            needs=_needs(judge),
            limits=getattr(module, "Limits", None),
            judge=judge,
            several=several,
            text=inspect.cleandoc(module.__doc__ or ""),
        )
        return judge

    return register


def _needs(judge: Any) -> tuple[Need, ...]:
    """Its parameters, by their hints as they stand in the source: to evaluate those takes long."""
    code = judge.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return tuple(
        Need(name, optional="None" in str(judge.__annotations__.get(name, "")).split(" | "))
        for name in names
        if name != "limits"
    )


@cache
def _import_all() -> None:
    import tb_diagnose.diagnoses as house

    for module in pkgutil.walk_packages(house.__path__, house.__name__ + "."):
        importlib.import_module(module.name)

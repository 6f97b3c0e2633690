"""The contract of a diagnosis: ``@diagnosis``, ``@method``, ``limit()`` and the registry.

A diagnosis is one class in one file under ``diagnoses/<family>/``. The file's name is its id, the
module's docstring its documentation, its ``limit()`` attributes the thresholds a user may set. It
has one or more methods, the surest first; the parameters of a method are the roles that it needs,
those with a default the ones that it can do without. A method yields ``Evidence``; yielding
nothing means *clear*. Which method judges a run, and why none can, the engine decides.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from tb_diagnose.core.finding import OPERATORS, Comparison, Evidence, Severity

if TYPE_CHECKING:
    from typing_extensions import Self

T = TypeVar("T", bound=type)
M = TypeVar("M", bound=Callable[..., Any])
#: A function of roles that gives the reason why something cannot be judged, or "".
Reason = Callable[..., str]

_registry: dict[str, Diagnosis] = {}

#: So many times beyond its limit a value is far beyond it.
_FAR = 10.0


class Limit(NamedTuple):
    """One declared limit.

    Attributes:
        name: as ``--limit ID.NAME=VALUE`` takes it.
        default: its value unless the settings say otherwise.
        unit: of the value.
        source: where the number comes from.
        alarm: ``>``, ``>=``, ``<`` or ``<=``: on which side of it the alarm is; ``""`` for a size
            that is no alarm, such as a number of points.
    """

    name: str
    default: float
    unit: str
    source: str
    alarm: str = ""


class Bound(float):
    """A limit's value in one examination: a number that knows what it is the limit of."""

    declared: Limit

    def __new__(cls, declared: Limit, value: float | None = None) -> Self:
        bound = super().__new__(cls, declared.default if value is None else value)
        bound.declared = declared
        return bound

    def exceeded(self, value: float) -> bool:
        """Whether a value is on the alarm's side of the limit; not so for NaN."""
        return bool(OPERATORS[self.declared.alarm or ">="](float(value), self))

    @property
    def far(self) -> float:
        """What is far beyond the limit: the one rule for the severer grade of a case.

        Ten times the limit, or a tenth of it where small values are the alarm. Of a share, whose
        limit is below 1, the same of its odds, so that it stays one: 0.1 becomes 0.53, 0.5 0.91.
        """
        times = 1 / _FAR if self._is_least else _FAR
        if not 0 < self < 1:
            return self * times
        odds = times * self / (1 - self)
        return odds / (1 + odds)

    def far_exceeded(self, value: float) -> bool:
        """Whether a value is that far beyond the limit or farther; not so for NaN."""
        return float(value) <= self.far if self._is_least else float(value) >= self.far

    @property
    def _is_least(self) -> bool:
        """Whether the alarm is below."""
        return self.declared.alarm.startswith("<")

    def compare(self, value: float) -> Comparison:
        """The value beside the limit, as evidence shows it."""
        limit = self.declared
        return Comparison(float(value), limit.alarm or ">=", float(self), limit.unit, limit.name)


class Parameter(NamedTuple):
    """One role a method reads, and whether it can do without."""

    role: str
    optional: bool


@dataclass(frozen=True, eq=False)
class Method:
    """One way to come to a diagnosis.

    Attributes:
        name: what it judges by, for people: ``the training loss``.
        judge: the function, with the diagnosis' instance as its first argument.
        parameters: the roles that it reads.
        points: role → how many finite values the curve must have.
        unless: gives the reason why this run cannot be judged in this way, or ``""``.
    """

    name: str
    judge: Callable[..., Iterable[Evidence]]
    parameters: tuple[Parameter, ...]
    points: Mapping[str, int] = field(default_factory=dict)
    unless: Reason | None = None

    @cached_property
    def required(self) -> tuple[str, ...]:
        return tuple(parameter.role for parameter in self.parameters if not parameter.optional)


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """One registered diagnosis.

    Attributes:
        id: ``loss-divergence``; the file's name with dashes.
        family: the folder it lives in.
        severity: of a typical case.
        leads_to: ids of findings this one causes.
        since: the version that brought it.
        methods: the surest first.
        limits: what a user may set.
        kind: the class itself.
        concerns: gives the reason why a run is of a kind that this does not concern, or ``""``.
        several: True for a comparison of several runs.
        text: its module's docstring.
    """

    id: str
    family: str
    severity: Severity
    leads_to: tuple[str, ...]
    since: str
    methods: tuple[Method, ...]
    limits: tuple[Limit, ...]
    kind: type
    concerns: Reason | None
    several: bool
    text: str

    @cached_property
    def roles(self) -> tuple[Parameter, ...]:
        """All roles that it reads; optional where one method can do without."""
        found: dict[str, bool] = {}
        for method in self.methods:
            for role, optional in method.parameters:
                found[role] = optional or (role in found and found[role])
        required = [set(method.required) for method in self.methods]
        everywhere = set.intersection(*required) if required else set()
        return tuple(Parameter(role, role not in everywhere) for role in found)

    def instance(self, values: Mapping[str, float] | None = None) -> Any:
        """The class with its limits set; raises TypeError for a limit that there is not."""
        values = values or {}
        if unknown := values.keys() - {limit.name for limit in self.limits}:
            raise TypeError(f"{self.id} has no limit {min(unknown)!r}")
        return self.default if not values else _instance(self, values)

    @cached_property
    def default(self) -> Any:
        """The class with its limits as they are where nobody sets them."""
        return _instance(self, {})


def _instance(diagnosis: Diagnosis, values: Mapping[str, float]) -> Any:
    made = diagnosis.kind()
    for limit in diagnosis.limits:
        setattr(made, limit.name, Bound(limit, values.get(limit.name)))
    return made


def limit(default: float, *, unit: str, source: str, alarm: str = "") -> Any:
    """A limit, for an attribute of a diagnosis: its default, unit, source and alarm's side."""
    return Limit("", default, unit, source, alarm)


def method(
    name: str, *, points: Mapping[str, int] | None = None, unless: Reason | None = None
) -> Callable[[M], M]:
    """Mark a method of a diagnosis as a way to judge; the first that a run allows is used."""

    def mark(function: M) -> M:
        function.method = Method(  # type: ignore[attr-defined]
            name, function, parameters_of(function, skip=1), points or {}, unless
        )
        return function

    return mark


@cache
def parameters_of(function: Callable[..., Any], *, skip: int = 0) -> tuple[Parameter, ...]:
    """The roles that a function reads: those with a default are optional."""
    code, defaults = function.__code__, function.__defaults__ or ()
    names = code.co_varnames[skip : code.co_argcount]
    required = len(names) - len(defaults)
    return tuple(Parameter(name, at >= required) for at, name in enumerate(names))


def diagnosis(
    *,
    family: str,
    severity: Severity,
    since: str,
    leads_to: tuple[str, ...] = (),
    concerns: Reason | None = None,
) -> Callable[[T], T]:
    """Register a class as the diagnosis of one run that its file's name says."""
    return _register(family, severity, since, leads_to, concerns, several=False)


def comparison(
    *, family: str, severity: Severity, since: str, leads_to: tuple[str, ...] = ()
) -> Callable[[T], T]:
    """Register a class that judges several runs together."""
    return _register(family, severity, since, leads_to, None, several=True)


def registry() -> Mapping[str, Diagnosis]:
    """Every diagnosis of the package by id, in the order of families and then of names."""
    _import_all()
    return _ordered(tuple(_registry.values()))


@lru_cache(maxsize=1)
def _ordered(diagnoses: tuple[Diagnosis, ...]) -> Mapping[str, Diagnosis]:
    """By id; asked for by every run, and put in order once."""
    ordered = sorted(diagnoses, key=lambda diagnosis: (diagnosis.family, diagnosis.id))
    return MappingProxyType({diagnosis.id: diagnosis for diagnosis in ordered})


def registered(identity: str) -> Diagnosis | None:
    """The diagnosis of that id, or None; the registry is not put in order for it."""
    _import_all()
    return _registry.get(identity)


def _register(
    family: str,
    severity: Severity,
    since: str,
    leads_to: tuple[str, ...],
    concerns: Reason | None,
    *,
    several: bool,
) -> Callable[[T], T]:
    def register(kind: T) -> T:
        module = sys.modules[kind.__module__]
        identity = _identity(kind)
        members = vars(kind)
        _registry[identity] = Diagnosis(
            id=identity,
            family=family,
            severity=severity,
            leads_to=leads_to,
            since=since,
            methods=tuple(
                member.method for member in members.values() if hasattr(member, "method")
            ),
            limits=tuple(
                member._replace(name=name)
                for name, member in members.items()
                if isinstance(member, Limit)
            ),
            kind=kind,
            concerns=concerns,
            several=several,
            text=inspect.cleandoc(module.__doc__ or ""),
        )
        return kind

    return register


def _identity(kind: Any) -> str:
    """The file's name with dashes; elsewhere than in the package, the class' own words."""
    if kind.__module__.startswith("tb_diagnose."):
        return str(kind.__module__).rpartition(".")[2].replace("_", "-")
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", kind.__name__)
    return words.replace("_", "-").lower()


@cache
def _import_all() -> None:
    import tb_diagnose.diagnoses as package

    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)

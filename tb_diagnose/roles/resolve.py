"""Curves with a meaning: which tag plays which role, and why.

A diagnosis asks for roles by name; this module finds the curve that plays each. Losses of
reinforcement learning and of adversarial training are never ``train_loss``: they do not fall when
all is well. What one run calls a role and what a diagnosis gets is decided here, once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from tb_diagnose.core.run import Histograms, Run, Series, Vitals
from tb_diagnose.roles.chance_level import ChanceLevel, chance_level
from tb_diagnose.roles.curves import curve_roles
from tb_diagnose.roles.frameworks import framework
from tb_diagnose.roles.optimizer import optimizer_of
from tb_diagnose.roles.tags import parse_tag
from tb_diagnose.roles.weights import kernels

#: (tag, written while validating) → role of what an attached training writes.
VITALS = {
    ("diagnose/layers", False): "layer_vitals",
    ("diagnose/weights", False): "weight_vitals",
    ("diagnose/step", False): "step_vitals",
    ("diagnose/inputs", False): "input_vitals",
    ("diagnose/inputs", True): "input_vitals_val",
    ("diagnose/labels", False): "label_vitals",
}

#: The roles that histograms play, all of a sort together.
_SORTS = ("weights", "gradients", "activations")
#: What the variables of a layer are called, at the end of a tag.
_VARIABLE = re.compile(
    r"(?<![a-z])(kernel|bias|weights?|gamma|beta|embeddings?|(moving|running)_(mean|var(iance)?))"
    r"(_\d+)?(:0)?(/histogram)?$"
)


class RoleAssignment(NamedTuple):
    """One role as it was given out: its name, the curve (or config entry) and the reason."""

    name: str
    tag: str
    reason: str


class RoleMap(NamedTuple):
    """What the roles of one run are: for diagnoses (``values``) and for people (``named``)."""

    values: Mapping[str, Any]
    named: tuple[RoleAssignment, ...]
    framework: str


def resolve_roles(run: Run, overrides: Mapping[str, str]) -> RoleMap:
    """Give out the roles of one run; ``overrides`` (role → tag) wins over what the words say."""
    values = role_values(run, overrides)
    return RoleMap(values, _named(values, overrides), framework(run))


def role_values(run: Run, overrides: Mapping[str, str]) -> dict[str, Any]:
    """The roles as diagnoses get them, without what is said of them to people."""
    curves, reinforcement = curve_roles(run.scalars)
    values: dict[str, Any] = {
        "facts": run.facts,
        "scalars": run.scalars,
        "histograms": run.histograms,
        "model": run.model,
        **_distributions(run.histograms),
        **_vitals(run.vitals),
        **curves,
    }
    if overrides:
        values |= _overridden(run, overrides)
    values["kernels"] = kernels(values["weights"], run.model)
    values["hparams"] = run.hparams or None
    values["optimizer"] = optimizer_of(run, values["learning_rate"])
    values["chance"] = chance_level(run)
    values["reinforcement"] = reinforcement
    return values


def _distributions(histograms: tuple[Histograms, ...]) -> dict[str, tuple[Histograms, ...]]:
    if not histograms:
        return dict.fromkeys(_SORTS, ())
    sorts: dict[str, list[Histograms]] = {sort: [] for sort in _SORTS}
    for each in histograms:
        tag = each.name.lower()
        if "grad" in tag:
            sorts["gradients"].append(each)
        elif _VARIABLE.search(tag):  # bert.output.dense.weight is no output
            sorts["weights"].append(each)
        elif any(word in tag for word in ("activation", "output", "act/", "/act")):
            sorts["activations"].append(each)
        else:
            sorts["weights"].append(each)
    return {name: tuple(found) for name, found in sorts.items()}


def _vitals(vitals: tuple[Vitals, ...]) -> dict[str, Vitals | None]:
    """Each kind of vitals by its role; of several layouts of one kind the last."""
    roles: dict[str, Vitals | None] = dict.fromkeys(VITALS.values())
    for each in sorted(vitals, key=lambda one: float(one.wall[-1])):
        held_out = parse_tag(each.folder, each.tag).split == "validation"
        roles[VITALS.get((each.tag.split("@")[0], held_out), "")] = each
    roles.pop("", None)
    return roles


def _overridden(run: Run, overrides: Mapping[str, str]) -> dict[str, Series | None]:
    by_name = {s.tag: s for s in run.scalars} | {s.name: s for s in run.scalars}
    return {role: by_name.get(tag) for role, tag in overrides.items()}


def _named(values: Mapping[str, Any], overrides: Mapping[str, str]) -> tuple[RoleAssignment, ...]:
    named = []
    for name, value in values.items():
        if isinstance(value, Series):
            means = parse_tag(value.folder, value.tag)
            reason = "as configured" if name in overrides else f"its words say {means.reason}"
            if " + " in value.tag:
                reason = "no total is logged: the sum of the parts"
            named.append(RoleAssignment(name, value.name, reason))
        elif isinstance(value, ChanceLevel):
            named.append(RoleAssignment(name, "keras", value.reason))
    if values["model"] is not None:
        named.append(RoleAssignment("model", "keras", "the model's configuration"))
    return tuple(sorted(named, key=lambda role: role.name))

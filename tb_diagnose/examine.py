"""Runs × diagnoses → outcomes: the only caller of a diagnosis."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tb_diagnose.diagnosis import Diagnosis, registry
from tb_diagnose.findings import Evidence, NotApplicable, Outcome, Severity, Verdict
from tb_diagnose.roles import ENABLE, Roles, assign
from tb_diagnose.runs import Run, Series
from tb_diagnose.settings import Settings


@dataclass(frozen=True, eq=False)
class Examination:
    """One run, what its curves were taken for, and what every diagnosis came to."""

    run: Run
    roles: Roles
    outcomes: tuple[Outcome, ...]


def examine(run: Run, settings: Settings) -> Examination:
    """Put every selected diagnosis of one run to it."""
    roles = assign(run, settings.roles)
    chosen = [each for each in registry().values() if not each.several and wanted(each, settings)]
    outcomes = [judge(each, roles.values, settings) for each in chosen]
    dated = [_dated(outcome, run, settings) for outcome in outcomes]
    return Examination(run, roles, grouped(dated))

"""The few phrases that every face for people needs: counts, durations, steps, the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise, takewhile

from tb_diagnose.core.format import plural
from tb_diagnose.report.document.schema import (
    MeasurePart,
    ModelPart,
    Number,
    OutcomePart,
    RunPart,
    Summary,
)


def brief(value: Number) -> str:
    """Four digits of a number at most: 11.1, 1.58, 1.1e15, 0.001, 1e-05, NaN."""
    if isinstance(value, str):
        return {"NaN": "NaN", "Infinity": "∞", "-Infinity": "−∞"}.get(value, value)
    return f"{value:.4g}".replace("e+", "e").replace("e0", "e").replace("e-0", "e-")


_SIDES = {">": "above", ">=": "from", "<": "below", "<=": "up to"}


def measured(comparison: MeasurePart | None) -> str:
    """``Measured 13.5 × ln K, alarm above 3``; ``""`` where nothing was compared."""
    if comparison is None:
        return ""
    side = _SIDES[comparison["operator"]]
    value = f"{brief(comparison['value'])} {comparison['unit']}".rstrip()
    return f"Measured {value}, alarm {side} {brief(comparison['limit'])}"


def many(count: int) -> str:
    """A count for people: 812, 11.1 k, 1.2 M."""
    size = float(count)
    for unit in ("", " k", " M", " G"):
        if size < 999.5 or unit == " G":
            break
        size /= 1000
    return f"{size:.3g}{unit}"


def duration(seconds: Number) -> str:
    """Wall time for people: 0.3s, 2m 41s, 3h 5m, 2d 4h."""
    if isinstance(seconds, str):
        return "an unknown time"
    whole = round(seconds)
    if whole < 10:
        return f"{seconds:.1f}s"
    units = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
    for (big, size), (small, part) in pairwise(units):
        if whole >= size:
            rest = whole % size // part
            return f"{whole // size}{big} {rest}{small}" if rest else f"{whole // size}{big}"
    return f"{whole}s"


def span(steps: Sequence[int], counted_in: str, last: int | None = None) -> str:
    """``epoch 3``, ``epochs 0–3``, or ``from epoch 9`` where it lasts until the ``last`` step."""
    if not steps:
        return ""
    unit = counted_in.removesuffix("s")
    low, high = min(steps), max(steps)
    if low == high:
        return f"{unit} {low:,}"
    return f"from {unit} {low:,}" if high == last else f"{unit}s {low:,}–{high:,}"


def about(run: RunPart) -> str:
    """One line on what the run is: framework, model, optimizer, length."""
    parts = [run["framework"], _model(run["model"]), _optimizer(run["model"]), _length(run)]
    return " · ".join(part for part in parts if part)


def ledger(outcomes: Sequence[OutcomePart], runs: int = 1) -> str:
    """``24 checks clear, 18 not logged, 9 not applicable``, on average of so many runs."""
    verdicts: Counter[str] = Counter(outcome["verdict"] for outcome in outcomes)
    names = (("clear", "clear"), ("not-logged", "not logged"), ("not-applicable", "not applicable"))
    counts = [(round(verdicts[verdict] / max(1, runs)), name) for verdict, name in names]
    text = ", ".join(f"{count} {name}" for count, name in counts if count)
    return f"Checks per run, on average: {text}" if runs > 1 else f"Checks: {text}"


def grouped(outcomes: Iterable[OutcomePart]) -> list[tuple[OutcomePart, list[OutcomePart]]]:
    """Findings that stand for themselves, each with its consequences, which follow it in order.

    Findings come before all that was not found.
    """
    groups: list[tuple[OutcomePart, list[OutcomePart]]] = []
    for outcome in takewhile(lambda one: one["verdict"] == "found", outcomes):
        if outcome["caused_by"] is None:
            groups.append((outcome, []))
        else:
            groups[-1][1].append(outcome)
    return groups


def labels(runs: Sequence[RunPart]) -> list[str]:
    """The runs' names, or their paths where two runs of different folders share a name."""
    times = Counter(run["name"] for run in runs)
    return [run["name"] if times[run["name"]] == 1 else run["path"] for run in runs]


def total(summary: Summary) -> str:
    """``11 runs: 2 critical, 4 warning, 5 healthy · 1.2 M points``."""
    ends = (
        ("critical", summary["critical"]),
        ("unreadable", summary["unreadable"]),
        ("warning", summary["warning"]),
        ("info", summary["info"]),
        ("undecided", summary["undecided"]),
        ("healthy", summary["healthy"]),
    )
    counts = ", ".join(f"{count} {name}" for name, count in ends if count)
    parts = [plural(summary["runs"], "run") + (f": {counts}" if counts else "")]
    if summary["problems"]:
        parts.append(f"{plural(summary['problems'], 'path')} not read")
    return " · ".join([*parts, f"{many(summary['points'])} points"])


def _model(model: ModelPart | None) -> str:
    if model is None:
        return ""
    weights = model["parameters"]
    size = f", {many(weights)} parameters" if weights is not None else ""
    return plural(model["layers"], "layer") + size


def _optimizer(model: ModelPart | None) -> str:
    if model is None or model["optimizer"] is None:
        return ""
    rate = model["learning_rate"]
    return model["optimizer"] + (f" {brief(rate)}" if rate is not None else "")


def _length(run: RunPart) -> str:
    if (steps := run["steps"]) is None:
        return ""
    first, last = steps["first"], steps["last"]
    if steps["counted_in"] == "epochs":
        length = plural(last - first + 1, "epoch")
    else:
        length = f"step {last:,}" if first == last else f"steps {first:,}–{last:,}"
    return f"{length} in {duration(run['seconds'])}" if run["seconds"] else length

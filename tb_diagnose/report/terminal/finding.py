"""One finding for a terminal: what, where, the proof, the cure, and what it led to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from tb_diagnose.report.document.schema import CurvePart, EvidencePart, OutcomePart
from tb_diagnose.report.text.phrases import duration, measured, span
from tb_diagnose.report.text.screen import Screen, columns, plain, wrapped
from tb_diagnose.report.text.sparkline import caption, sparkline

COLORS = {"critical": "red", "warning": "yellow", "info": "blue"}
_INDENT = "    "
#: Evidence told in full; the rest is named in one line (chosen: more buries the cure).
_SHOWN = 3
#: Columns of a sparkline at most and at least (chosen: what it takes to show a curve's form).
_SPARK, _LEAST = 40, 8
#: Shorter waits are not worth a word (chosen).
_WORTH = 60


def finding(
    head: OutcomePart,
    led: Sequence[OutcomePart],
    curves: Sequence[CurvePart],
    last: int | None,
    screen: Screen,
) -> Iterator[str]:
    """The lines of a finding and of those in ``led``, its consequences, in a run until ``last``."""
    yield from _title(head, screen)
    shown = head["evidence"] if screen.verbose else head["evidence"][:_SHOWN]
    for evidence in shown:
        yield from wrapped(plain(evidence["message"]), screen.prose, _INDENT)
        yield from _seen(evidence, head["severity"], curves, screen)
        proof = (measured(evidence["comparison"]), evidence["confidence"])
        yield from labeled("Proof", " · ".join(part for part in proof if part), screen)
    rest = [proof["tag"] for proof in head["evidence"][len(shown) :]]
    if rest:
        more = f"and {len(rest)} more: {', '.join(dict.fromkeys(rest))}"
        yield from wrapped(plain(more), screen.prose, _INDENT)
    for fix in dict.fromkeys(proof["suggestion"] for proof in shown):
        yield from labeled("Try", fix, screen, "bold")
    if led:
        told = " · ".join(_consequence(effect, head, last) for effect in led)
        for line in wrapped(plain(told), screen.prose, f"{_INDENT}└ "):
            yield screen.paint(line, "dim")


def labeled(
    label: str, text: str, screen: Screen, style: str = "dim", pad: int = 6
) -> Iterator[str]:
    """``    Try   …``, wrapped behind the label; nothing where there is no text."""
    lead = f"{_INDENT}{label:<{pad}}"
    for place, line in enumerate(wrapped(plain(text), screen.prose, lead)):
        yield line if place else screen.paint(lead, style) + line[len(lead) :]


def _title(outcome: OutcomePart, screen: Screen) -> Iterator[str]:
    where = _where(outcome)
    name = f"{outcome['severity'].upper():<8}  {outcome['id']}"
    gap = screen.prose - 2 - columns(name) - columns(where)
    painted = screen.paint(name[:8], COLORS[outcome["severity"]], "bold") + "  "
    painted += screen.paint(outcome["id"], "bold")
    if not where or gap < 2:
        yield f"  {painted}"
        yield from (screen.paint(line, "dim") for line in wrapped(where, screen.prose, _INDENT))
    else:
        yield f"  {painted}{' ' * gap}{screen.paint(where, 'dim')}"


def _where(outcome: OutcomePart) -> str:
    first = outcome["evidence"][0]
    where = span(first["steps"], first["counted_in"])
    onset, wasted = outcome["detected_step"], outcome["seconds_after_detection"]
    if onset is not None and [onset] != first["steps"]:
        since = f"detected at {span([onset], first['counted_in'])}"
        where = f"{where}, {since}" if where else since
    if isinstance(wasted, int | float) and wasted >= _WORTH:
        where += f"{', ' if where else ''}{duration(wasted)} before the end"
    return where


def _seen(
    evidence: EvidencePart, severity: str, curves: Sequence[CurvePart], screen: Screen
) -> Iterator[str]:
    tag, also = evidence["tag"], evidence["related"]
    more = f", and {len(also)} more" if also else ""
    curve = _curve(tag, curves)
    if curve is None or len(curve["steps"]) + len(curve["nonfinite"]) <= 1:
        yield from labeled("Seen", tag + more, screen)
        return
    start, end = caption(curve)
    words = plain(f"{tag}  {start} ").split(" ")
    room = screen.prose - len(_INDENT) - 6 - columns(" ".join(words)) - columns(f" {end}{more}")
    if room < _LEAST:  # the name takes a line of its own
        yield from labeled("Seen", tag, screen)
        words = ["", *plain(f"{start} ").split(" ")]
        end, more = end.partition(",")[0], ""
        room = screen.prose - len(_INDENT) - 10 - columns(f"{start} {end}")
    line, marked = sparkline(curve, max(_LEAST, min(_SPARK, room)), evidence["steps"])
    drawn = "".join(
        screen.paint("".join(line[at] for at in part), COLORS[severity] if hot else "dim")
        for hot, part in groupby(range(len(line)), lambda at: at in marked)
    )
    label = "Seen" if words[0] else ""
    lead = screen.paint(f"{_INDENT}{label:<6}", "dim")
    yield f"{lead}{' '.join(words)}{drawn} {end}{more}"


def _curve(tag: str, curves: Sequence[CurvePart]) -> CurvePart | None:
    """The curve of that name, or of that bare tag, one with a role first."""
    whole = next((curve for curve in curves if curve["name"] == tag), None)
    if whole is not None:
        return whole
    first = tag.partition(" + ")[0]
    bare = [curve for curve in curves if curve["name"].endswith(f"/{first}") and first]
    return min(bare, key=lambda curve: curve["role"] is None, default=None)


def _consequence(outcome: OutcomePart, head: OutcomePart, last: int | None) -> str:
    """Its id and where it shows; its severity where it is worse than that of its cause."""
    ranks = list(COLORS)
    worse = ranks.index(outcome["severity"]) < ranks.index(head["severity"])
    name = f"{outcome['severity'].upper()} {outcome['id']}" if worse else outcome["id"]
    first = outcome["evidence"][0]
    where = span(first["steps"], first["counted_in"], last)
    places = sum(1 + len(evidence["related"]) for evidence in outcome["evidence"])
    if places > 1:
        where = f"{where} in {places} curves".strip()
    return f"{name} {where}".rstrip()

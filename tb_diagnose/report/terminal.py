"""The report for a terminal: worst run first, in each the root findings, their proof and cure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from tb_diagnose.report.finding import finding, labelled
from tb_diagnose.report.phrases import about, grouped, labels, ledger, total
from tb_diagnose.report.schema import Document, OutcomePart, Problem, RunPart
from tb_diagnose.report.screen import Screen, columns, plain, wrapped

MARKS = {
    "critical": ("✗", "red"),
    "warning": ("▲", "yellow"),
    "info": ("●", "blue"),
    "healthy": ("✓", "green"),
    "undecided": ("○", "dim"),
    "unreadable": ("✗", "red"),
}
#: Names longer than this do not push the other lines' second column (chosen).
_NAME = 40

_LEDGER = len("Not checkable") + 2
#: Columns that a text beside a name needs; with fewer it goes below (chosen: a few words).
_BESIDE = 36


def terminal(document: Document, screen: Screen) -> str:
    """The whole report, ending with a newline."""
    names = [plain(label) for label in labels(document["runs"])]
    pad = _column(document["runs"], names, screen)
    blocks = [
        list(_run(run, name, pad, screen))
        for run, name in zip(document["runs"], names, strict=True)
    ]
    blocks.append(list(_comparisons(document, screen)))
    blocks.append([line for each in document["problems"] for line in _problem(each, screen)])
    blocks.append([screen.paint(total(document["summary"]), "bold")])
    return screen.finish("\n".join([*_spaced([each for each in blocks if each]), ""]))


def _spaced(blocks: Sequence[Sequence[str]]) -> Iterator[str]:
    """A blank line between blocks, but not between the one-line blocks of quiet runs."""
    for place, block in enumerate(blocks):
        quiet = place and len(block) == len(blocks[place - 1]) == 1
        if place and not (quiet and place < len(blocks) - 1):
            yield ""
        yield from block


def _column(runs: Sequence[RunPart], names: Sequence[str], screen: Screen) -> int:
    """Width of the names of the runs that get one line, so that their second column aligns."""
    pairs = zip(runs, names, strict=True)
    widths = (columns(name) for run, name in pairs if not grouped(run["outcomes"]))
    return min(_NAME, screen.width // 3, max(widths, default=0))


def _run(run: RunPart, name: str, pad: int, screen: Screen) -> Iterator[str]:
    roots = grouped(run["outcomes"])
    if not roots:
        name += " " * (pad - columns(name))
    if not roots and not screen.verbose:
        yield from header(run, name, _quiet(run), screen)
        yield from _failed(run["outcomes"], screen)
        return
    message = about(run) if roots else f"{_quiet(run)} · {about(run)}".removesuffix(" · ")
    yield from header(run, name, message, screen)
    last = run["steps"]["last"] if run["steps"] else None
    for root, led in roots:
        yield ""
        yield from finding(root, led, run["curves"], last, screen)
    if run["outcomes"] or run["facts"]:
        yield ""
    yield from _failed(run["outcomes"], screen)
    yield from (
        _told(run, screen)
        if screen.verbose
        else wrapped(plain(ledger(run["outcomes"])), screen.prose, "  ")
    )


def header(run: RunPart, name: str, message: str, screen: Screen) -> Iterator[str]:
    mark, colour = MARKS[run["verdict"]]
    lead = f"{mark} {name}    "
    beside = screen.width - columns(lead) >= _BESIDE
    lines = list(wrapped(plain(message), screen.width, lead if beside else "    "))
    head = lines.pop(0) if beside and lines else lead.rstrip()
    painted = f"{screen.paint(mark, colour, 'bold')} {screen.paint(name.rstrip(), 'bold')}"
    yield painted + head[2 + len(name.rstrip()) :]
    yield from lines


def _quiet(run: RunPart) -> str:
    if run["verdict"] == "healthy":
        return f"healthy · {ledger(run['outcomes'], cure=False)}"
    return f"{run['verdict']} · {run['headline']}"


def _failed(outcomes: Sequence[OutcomePart], screen: Screen) -> Iterator[str]:
    """A diagnosis that broke is always told: what it would have found is not known."""
    for each in outcomes:
        if each["verdict"] == "failed":
            for line in wrapped(
                plain(f"{each['id']} failed: {each['reason']}"), screen.prose, "  "
            ):
                yield screen.paint(line, "red")


def _told(run: RunPart, screen: Screen) -> Iterator[str]:
    """The whole ledger: what was read as what, what is true of the log, what came to which end."""
    for role in run["roles"]:
        told = f"{role['tag']} as {role['role']}: {role['reason']}"
        yield from labelled("Read", told, screen, pad=_LEDGER)
    for fact in run["facts"]:
        yield from labelled(
            "Log", f"{fact['where']}: {fact['message']}".lstrip(": "), screen, pad=_LEDGER
        )
    clear = [each["id"] for each in run["outcomes"] if each["verdict"] == "clear"]
    yield from labelled("Clear", " · ".join(clear), screen, pad=_LEDGER)
    reasons: dict[tuple[str, str], list[str]] = defaultdict(list)
    for each in run["outcomes"]:
        if each["verdict"] in ("not-applicable", "not-logged"):
            reasons[each["reason"], each["how_to_enable"]].append(each["id"])
    for (reason, enable), ids in reasons.items():
        cure = f"; to enable: {enable}" if enable else ""
        yield from labelled(
            "Not checkable", f"{' · '.join(ids)}: {reason}{cure}", screen, pad=_LEDGER
        )


def _comparisons(document: Document, screen: Screen) -> Iterator[str]:
    roots = grouped(document["comparisons"])
    if roots:
        yield screen.paint("Across runs", "bold")
    for root, led in roots:
        yield ""
        yield from finding(root, led, [], None, screen)
    yield from _failed(document["comparisons"], screen)


def _problem(problem: Problem, screen: Screen) -> Iterator[str]:
    for place, line in enumerate(wrapped(plain(problem["message"]), screen.width, "✗ ")):
        yield line if place else screen.paint("✗", "red", "bold") + line[1:]

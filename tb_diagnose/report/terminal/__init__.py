"""The report for a terminal: of many runs first what they share, then the worst in full."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from tb_diagnose.core.format import plural
from tb_diagnose.report.document.schema import Document, OutcomePart, Problem, RunPart
from tb_diagnose.report.terminal.finding import COLORS, finding, labeled
from tb_diagnose.report.terminal.fleet import Shared, shared_findings
from tb_diagnose.report.text.phrases import about, grouped, labels, ledger, total
from tb_diagnose.report.text.screen import Screen, columns, plain, shortened, wrapped

MARKS = {
    "critical": ("✗", "red"),
    "warning": ("▲", "yellow"),
    "info": ("●", "blue"),
    "healthy": ("✓", "green"),
    "undecided": ("○", "dim"),
    "unreadable": ("✗", "red"),
}
#: More runs than these begin with what they share, and of them so many are shown in full (chosen).
_MANY, _FULL = 10, 5
#: Names longer than this do not push the other lines' second column (chosen).
_NAME = 40

_LEDGER = len("Not applicable") + 2
#: Columns that a text beside a name needs; with fewer it goes below (chosen: a few words).
_BESIDE = 36
_Named = tuple[RunPart, str]


def terminal(
    document: Document,
    screen: Screen,
    *,
    by_finding: bool = False,
    ignored: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """The whole report, ending with a newline.

    Args:
        document: what is shown.
        screen: what can be shown of it.
        by_finding: whether to list the runs of each finding instead of the findings of each run.
        ignored: what the settings ignore, and why.
    """
    runs = document["runs"]
    named = list(zip(runs, map(plain, labels(runs)), strict=True))
    if screen.quiet:
        blocks = [list(_lines(named, screen))]
    elif by_finding:
        blocks = [*_by_finding(named, screen), _quiet_runs(named, screen)]
    elif len(runs) > _MANY and not screen.verbose:
        sick = _examples(named)
        rest = [entry for entry in named if entry not in sick]
        full = [list(_run(run, name, screen)) for run, name in sick]
        blocks = [list(_fleet(runs, screen)), *full, list(_lines(rest, screen))]
    else:
        sick = [entry for entry in named if grouped(entry[0]["outcomes"]) or screen.verbose]
        full = [list(_run(run, name, screen)) for run, name in sick]
        blocks = [*full, _quiet_runs(named, screen)] if not screen.verbose else full
    blocks.append(list(_comparisons(document, screen)))
    blocks.append([line for problem in document["problems"] for line in _problem(problem, screen)])
    end = [screen.paint(line, "bold") for line in wrapped(total(document["summary"]), screen.width)]
    blocks.append(end if screen.quiet else [*end, *_hint(runs, screen), *_ignored(ignored, screen)])
    text = "\n\n".join("\n".join(block) for block in blocks if block)
    return screen.finish(f"{text}\n")


def _examples(named: Sequence[_Named]) -> list[_Named]:
    """The runs that are shown in full: the worst, each finding once before any comes again."""
    shown: dict[int, _Named] = {}
    seen: set[str] = set()
    for place, entry in enumerate(named):
        roots = {root["id"] for root, _ in grouped(entry[0]["outcomes"])}
        if roots - seen and len(shown) < _FULL:
            shown[place] = entry
            seen |= roots
    return [shown[place] for place in sorted(shown)]


def _quiet_runs(named: Sequence[_Named], screen: Screen) -> list[str]:
    """One line for each run in which nothing was found."""
    return list(_lines([entry for entry in named if not grouped(entry[0]["outcomes"])], screen))


def _lines(named: Sequence[_Named], screen: Screen) -> Iterator[str]:
    """One line a run, names in one column, and below it whatever broke."""
    pad = min(_NAME, screen.width // 3, max((columns(name) for _, name in named), default=0))
    for run, name in named:
        mark, color = MARKS[run["verdict"]]
        short = shortened(name, max(pad, screen.width // 2))
        lead = f"{mark} {short}{' ' * (pad - columns(short))}  "
        room = screen.width - columns(lead)
        text = shortened(plain(run["headline"]), room)
        yield f"{screen.paint(mark, color, 'bold')} {lead[2:]}{text}".rstrip()
        yield from _failed(run["outcomes"], screen)


def _fleet(runs: Sequence[RunPart], screen: Screen) -> Iterator[str]:
    """The table of findings: in how many runs, how severe at worst, and where."""
    findings = shared_findings(runs)
    if not findings:
        return
    count = max(len("Runs"), len(f"{len(runs):,}"))
    worst = len("critical")
    width = max(len("Finding"), *(len(shared.id) for shared in findings))
    width = min(width, screen.width - count - worst - 2 * 3)
    head = f"  {'Finding':<{width}}  {'Runs':>{count}}  {'Worst':<{worst}}  Where"
    room = screen.width - columns(head) + len("Where")
    beside = room >= _BESIDE // 2
    yield screen.paint(head if beside else head.removesuffix("  Where").rstrip(), "dim")
    for shared in findings:
        line = f"  {shortened(shared.id, width):<{width}}  {len(shared.cases):>{count},}  "
        where = plain(shared.where)
        severity = screen.paint(f"{shared.worst:<{worst}}", COLORS[shared.worst])
        yield (line + severity + (f"  {shortened(where, room)}" if beside else "")).rstrip()
        if not beside:
            yield screen.paint(f"    {shortened(where, screen.width - 4)}", "dim")


def _by_finding(named: Sequence[_Named], screen: Screen) -> Iterator[list[str]]:
    """Each finding with the runs that have it, and a sentence of each."""
    names = {id(run): name for run, name in named}
    for shared in shared_findings([run for run, _ in named]):
        yield list(_cases(shared, [names[id(run)] for run, _ in shared.cases], screen))


def _cases(shared: Shared, names: Sequence[str], screen: Screen) -> Iterator[str]:
    label = f"{shared.worst.upper():<8}"
    runs = plural(len(shared.cases), "run")
    where = shortened(plain(shared.where), max(0, screen.width - columns(shared.id + runs) - 16))
    title = f"{screen.paint(label, COLORS[shared.worst], 'bold')}  "
    yield title + screen.paint(shared.id, "bold") + screen.paint(f"  {runs}  {where}", "dim")
    for (_, outcome), name in zip(shared.cases, names, strict=True):
        text = f"{name}: {plain(outcome['evidence'][0]['message'])}"
        yield from wrapped(text, screen.prose, "  · ", "    ")
    for fix in dict.fromkeys(outcome["evidence"][0]["suggestion"] for _, outcome in shared.cases):
        yield from labeled("Try", fix, screen, "bold")


def _run(run: RunPart, name: str, screen: Screen) -> Iterator[str]:
    roots = grouped(run["outcomes"])
    message = about(run)
    if not roots:
        message = f"{run['headline']} · {message}".removesuffix(" · ")
    yield from header(run, name, message, screen)
    last = run["steps"]["last"] if run["steps"] else None
    for root, led in roots:
        yield ""
        yield from finding(root, led, run["curves"], last, screen)
    if roots:
        yield from _causes(run, screen)
    if screen.verbose and (run["outcomes"] or run["facts"]):
        yield ""
        yield from _told(run, screen)
    yield from _failed(run["outcomes"], screen)


def _causes(run: RunPart, screen: Screen) -> Iterator[str]:
    """The likely causes, with what speaks for each."""
    for place, cause in enumerate(run["causes"]):
        if not place:
            yield ""
        reasons = "; ".join(cause["evidence_for"])
        share = f"{100 * cause['probability']:.0f} %"
        text = (
            f"{cause['title']} ({share}): {reasons}" if reasons else f"{cause['title']} ({share})"
        )
        yield from labeled("Likely cause" if not place else "", text, screen, pad=14)


def header(run: RunPart, name: str, message: str, screen: Screen) -> Iterator[str]:
    """The run's mark, its name, and beside or below it what it is."""
    mark, color = MARKS[run["verdict"]]
    name = shortened(name, screen.width - 2)
    lead = f"{mark} {name}    "
    beside = screen.width - columns(lead) >= _BESIDE
    lines = list(wrapped(plain(message), screen.width, lead if beside else "    "))
    head = lines.pop(0) if beside and lines else lead.rstrip()
    painted = f"{screen.paint(mark, color, 'bold')} {screen.paint(name.rstrip(), 'bold')}"
    yield painted + head[2 + len(name.rstrip()) :]
    yield from lines


def _failed(outcomes: Sequence[OutcomePart], screen: Screen) -> Iterator[str]:
    """A diagnosis that broke is always named: what it would have found is not known."""
    for outcome in outcomes:
        if outcome["verdict"] == "failed":
            text = plain(f"{outcome['id']} failed: {outcome['reason']}")
            for line in wrapped(text, screen.prose, "  "):
                yield screen.paint(line, "red")


def _told(run: RunPart, screen: Screen) -> Iterator[str]:
    """The whole ledger: what was read as what, what is true of the log, what came to which end."""
    for role in run["roles"]:
        text = f"{role['tag']} as {role['role']}: {role['reason']}"
        yield from labeled("Read", text, screen, pad=_LEDGER)
    for fact in run["facts"]:
        text = f"{fact['where']}: {fact['message']}".lstrip(": ")
        yield from labeled("Log", text, screen, pad=_LEDGER)
    clear = [outcome["id"] for outcome in run["outcomes"] if outcome["verdict"] == "clear"]
    yield from labeled("Clear", " · ".join(clear), screen, pad=_LEDGER)
    for verdict, label in (("not-logged", "Not logged"), ("not-applicable", "Not applicable")):
        yield from _unjudged(run["outcomes"], verdict, label, screen)


def _unjudged(
    outcomes: Sequence[OutcomePart], verdict: str, label: str, screen: Screen
) -> Iterator[str]:
    """Checks that could not judge the run, together where they give the same reason."""
    reasons: dict[tuple[str, str], list[str]] = defaultdict(list)
    for outcome in outcomes:
        if outcome["verdict"] == verdict:
            reasons[outcome["reason"], outcome["how_to_enable"]].append(outcome["id"])
    for (reason, enable), ids in reasons.items():
        cure = f"; to enable: {enable}" if enable else ""
        yield from labeled(label, f"{' · '.join(ids)}: {reason}{cure}", screen, pad=_LEDGER)


def _hint(runs: Sequence[RunPart], screen: Screen) -> Iterator[str]:
    """How many checks ran, and what to log so that most of the others can."""
    outcomes = [outcome for run in runs for outcome in run["outcomes"]]
    if not outcomes or screen.verbose:
        return
    text = ledger(outcomes, len(runs))
    cures = Counter(
        outcome["how_to_enable"]
        for outcome in outcomes
        if outcome["verdict"] == "not-logged" and outcome["how_to_enable"]
    )
    if cures:
        best, _ = max(cures.items(), key=lambda item: (item[1], item[0]))
        text += f". To log more: {best}"
    for line in wrapped(plain(text), screen.prose):
        yield screen.paint(line, "dim")


def _ignored(ignored: Mapping[str, str], screen: Screen) -> Iterator[str]:
    """What the settings switch off: nothing is said of it above."""
    words = [f"{word} ({reason})" if reason else word for word, reason in ignored.items()]
    if words:
        text = plain(f"Ignored by the settings: {', '.join(words)}")
        yield from (screen.paint(line, "dim") for line in wrapped(text, screen.prose))


def _comparisons(document: Document, screen: Screen) -> Iterator[str]:
    roots = grouped(document["comparisons"])
    if roots:
        yield screen.paint("Across runs", "bold")
    for root, led in roots:
        if screen.quiet:
            message = f"{root['id']}: {plain(root['evidence'][0]['message'])}"
            yield shortened(f"  {message}", screen.width)
            continue
        yield ""
        yield from finding(root, led, [], None, screen)
    yield from _failed(document["comparisons"], screen)


def _problem(problem: Problem, screen: Screen) -> Iterator[str]:
    for place, line in enumerate(wrapped(plain(problem["message"]), screen.width, "✗ ")):
        yield line if place else screen.paint("✗", "red", "bold") + line[1:]

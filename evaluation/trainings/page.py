"""``docs/accuracy.md``, from the result file alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Values = Mapping[str, Any]

_INTRODUCTION = """\
# How far the verdicts can be trusted

Measured with version {version}; `python evaluation/publish_accuracy.py` writes this page and
`tb_diagnose/engine/accuracy.json`, from which `tb-diagnose --explain` and the catalog quote.

## Trainings with a fault injected

{trainings} small networks of {bases} kinds were trained on data that scikit-learn ships or that
are generated, and logged as Keras, `tf.summary` loops, PyTorch's SummaryWriter, Lightning, Hugging
Face and Ultralytics log: {healthy} healthy ones, and {faulty} with one fault at graded severity
([evaluation/README.md](../evaluation/README.md)). What is true of a training is measured on the
network, not on its log. A fault *shows* where the network scores clearly below its healthy twins
and a curve or the configuration that tells it is in the log. *Alarmed* means a training finding at
warning or above; *named*, a diagnosis of the fault or of what it leads to, at any severity.
"""


def page(result: Values) -> str:
    """The whole page."""
    return "\n".join([*_page(result), ""])


def _page(result: Values) -> Iterator[str]:
    trainings = result["trainings"]
    totals = trainings["totals"]
    yield _INTRODUCTION.format(
        version=result["version"],
        trainings=totals["trainings"],
        healthy=totals["trainings"] - totals["faulty"],
        faulty=totals["faulty"],
        bases=len(trainings["healthy"]),
    )
    yield from _table(["", "of", "alarmed", "named"], _summary(totals))
    yield from ("", "### By severity of the fault", "", *_SEVERITY, "")
    yield from _table(_CURVE, _curves(trainings["faults"]))
    yield from ("", "### Faults of the logger", "")
    yield from _table(["fault", "severity", "told"], _loggers(trainings["faults"]))
    yield from ("", "### By framework", "")
    rows = [[name, *(row[2] for row in _summary(each))] for name, each in
            trainings["frameworks"].items()]  # fmt: skip
    yield from _table(
        ["framework", "showing, alarmed", "harmless, alarmed", "clean, alarmed"], rows
    )
    yield from ("", "### Healthy trainings", "")
    rows = [[name, *map(str, each.values())] for name, each in trainings["healthy"].items()]
    yield from _table(["training", "seeds", "clean", "alarmed"], rows)
    yield from ("", "## By diagnosis", "", *_DIAGNOSES, "")
    yield from _table(["id", "found", "false"], _diagnoses(trainings["diagnoses"]))
    for name, tools in result["corpora"].items():
        yield from ("", f"## Labeled runs: `{name}`", "", *_CORPORA.get(name, ()), "")
        figures = next(iter(tools.values()))
        shares = [[each, *(_share(tool[each]) for tool in tools.values())] for each in figures]
        yield from _table(["", *tools], shares)


_SEVERITY = (
    "Mildest first. The last column is the curve of false alarms: trainings with the fault that",
    "score as well as their healthy twins, and yet are alarmed. Some of these alarms are right",
    "about the cause (a rate 100 times too high that Adam happened to survive), so that they are",
    "not counted as false above.",
)
_CURVE = ("fault", "severity", "shows", "alarmed", "named", "harmless, alarmed")
_DIAGNOSES = (
    "*Found* in trainings whose fault it names, or that verifiably did what it says; *false* in",
    "clean ones, at any severity; each of those it could judge. What is not listed needs more than",
    "an ordinary log holds, or other kinds of training.",
)
_CORPORA = {
    "real": (
        "Runs from public repositories, labeled by two raters from their plots and numbers. Peers",
        "are run by their own command line on the same folders.",
    ),
    "faults": (
        "Published faulty programs and their repaired twins, run with the stock Keras callback.",
        "*Published type* counts a finding of any severity that points at the published class of",
        "the fault, by the table in `evaluation/measuring/names.py`.",
    ),
}


def _summary(totals: Values) -> list[list[str]]:
    return [
        ["faults that show", str(totals["showing"]), *_of(totals, "showing", "alarmed", "named")],
        [
            "faults that do no harm",
            str(totals["harmless"]),
            *_of(totals, "harmless", "alarmed"),
            "",
        ],
        ["clean runs", str(totals["clean"]), *_of(totals, "clean", "alarmed"), ""],
    ]


def _of(totals: Values, group: str, *what: str) -> list[str]:
    return [_share([totals[f"{group}, {each}"], totals[group]]) for each in what]


def _curves(faults: Values) -> Iterator[list[str]]:
    for name, fault in faults.items():
        for number, each in enumerate(() if fault["log"] else fault["levels"]):
            first = number == 0
            yield [
                name * first,
                f"{each['level']} {fault['unit'] * first}".strip(),
                f"{each['showing']} of {each['trainings']}",
                f"{each['alarmed']} of {each['showing']}" if each["showing"] else "",
                f"{each['named']} of {each['showing']}" if each["showing"] else "",
                f"{each['harmless, alarmed']} of {each['harmless']}" if each["harmless"] else "",
            ]


def _loggers(faults: Values) -> Iterator[list[str]]:
    for name, fault in faults.items():
        for each in fault["levels"] if fault["log"] else ():
            severity = f"{each['level']} {fault['unit']}".strip()
            yield [name, severity, f"{each['told']} of {each['trainings']}"]


def _diagnoses(diagnoses: Values) -> Iterator[list[str]]:
    for identity, each in diagnoses.items():
        found = f"{each['found']} of {each['of']}" if each["of"] else ""
        false = f"{each['false']} of {each['of clean']}" if each["of clean"] else ""
        yield [f"`{identity}`", found, false]


def _table(head: Sequence[str], rows: Iterator[list[str]] | Sequence[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in rows)


def _share(counts: Sequence[int]) -> str:
    count, every = counts
    return f"{count} of {every}" + (f" ({count / every:.0%})" if every else "")

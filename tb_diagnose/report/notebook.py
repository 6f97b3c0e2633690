"""The report as a piece of HTML for a notebook: a table of the runs, findings unfolded on click.

It has no style sheet and no script: notebooks remove scripts, and their own styles fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from tb_diagnose.report.document.schema import Document, OutcomePart, RunPart
from tb_diagnose.report.text.phrases import grouped, labels, measured, total
from tb_diagnose.report.text.screen import plain

#: Runs that are shown; more make a notebook slow (chosen). The worst come first.
_SHOWN = 100
_CELL = '<td style="text-align:left">{}</td>'


def notebook(document: Document) -> str:
    """The whole report as HTML."""
    runs = list(zip(document["runs"], labels(document["runs"]), strict=True))
    return "".join(
        [
            f"<p><b>{_text(total(document['summary']))}</b></p>",
            "<table><thead><tr><th>Run</th><th>Verdict</th><th>What to know</th></tr></thead>",
            "<tbody>",
            *(_row(run, name) for run, name in runs[:_SHOWN]),
            "</tbody></table>",
            f"<p>and {len(runs) - _SHOWN:,} more</p>" if len(runs) > _SHOWN else "",
            *_findings("Across runs", [*document["comparisons"]]),
            *(f"<p>{_text(problem['message'])}</p>" for problem in document["problems"]),
        ]
    )


def _row(run: RunPart, name: str) -> str:
    more = "".join([*_causes(run), *_findings("Findings", run["outcomes"])])
    headline = _text(run["headline"])
    told = f"<details><summary>{headline}</summary>{more}</details>" if more else headline
    cells = "".join(_CELL.format(cell) for cell in (_text(name), run["verdict"], told))
    return f"<tr>{cells}</tr>"


def _causes(run: RunPart) -> Iterator[str]:
    if run["causes"]:
        likely = " · ".join(f"{c['title']} {c['probability']:.0%}" for c in run["causes"])
        yield f"<p><b>Likely cause</b> {_text(likely)}</p>"


def _findings(heading: str, outcomes: list[OutcomePart]) -> Iterator[str]:
    groups = grouped(outcomes)
    if not groups:
        return
    yield f"<p><b>{heading}</b></p><ul>"
    for finding, consequences in groups:
        first = finding["evidence"][0]
        said = [first["message"], measured(first["comparison"]), first["suggestion"]]
        led = ", ".join(outcome["id"] for outcome in consequences)
        lines = [*filter(None, said), *([f"It led to: {led}."] if led else [])]
        yield f"<li><code>{_text(finding['id'])}</code> {'<br>'.join(map(_text, lines))}</li>"
    yield "</ul>"


def _text(text: str) -> str:
    return escape(plain(text))

"""The report as a file, from the tab."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tb_diagnose.engine.docs import articles
from tb_diagnose.plugin.questions import JSON, Answer, Question, Refused, data_of
from tb_diagnose.report.document import assembled
from tb_diagnose.report.document.schema import Document
from tb_diagnose.report.html import NoBundle, html
from tb_diagnose.report.json import as_json
from tb_diagnose.report.markdown import markdown
from tb_diagnose.report.page.pictures import Pictures, pictures, resolution

#: Runs of one report (chosen: as a page, 15 MB, made within seconds).
_MOST = 1_000


def export(question: Question) -> Answer:
    """The report of all runs, or of one, as a file."""
    document = question.document()
    if "run" in question.query:
        document = assembled([question.entry().part])
    elif len(document["runs"]) > _MOST:
        raise Refused(
            400,
            f"{len(document['runs']):,} runs are more than {_MOST:,} for one file; "
            "export single runs, or write the report with: tb-diagnose LOGDIR --output FILE",
        )
    form = question.query.get("format", "")
    if form not in _FORMS:
        raise Refused(400, f"there is no format {form!r}; choose from {', '.join(_FORMS)}")
    mime, ending, face = _FORMS[form]
    return Answer(face(document, question), mime, f"tb-diagnose.{ending}")


def _page(document: Document, question: Question) -> str:
    """The offline report, with the curves and heat maps of its runs."""
    points = resolution(len(document["runs"]))
    album: dict[tuple[str, str], Pictures] = {}
    for part in document["runs"]:
        data = data_of(question.snapshot.entries[part["name"]])
        album[part["path"], part["name"]] = pictures(data.run, data.roles, part, points)
    try:
        return html(document, album, articles(question.settings()))
    except NoBundle as missing:
        raise Refused(404, str(missing)) from missing


#: Name of a format → its MIME type, the ending of the file's name, and what writes it.
_FORMS: Mapping[str, tuple[str, str, Callable[[Document, Question], str]]] = {
    "json": (JSON, "json", lambda document, _: as_json(document)),
    "markdown": ("text/markdown", "md", lambda document, _: markdown(document)),
    "html": ("text/html", "html", _page),
}

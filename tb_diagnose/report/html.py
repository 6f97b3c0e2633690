"""The document as one page that opens from disk: the tab's own page with everything in it."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from tb_diagnose.report.overview import line
from tb_diagnose.report.phrases import labels, total
from tb_diagnose.report.pictures import Pictures
from tb_diagnose.report.schema import Document, RunPart

_BUNDLE = Path(__file__).parents[1] / "plugin" / "static" / "index.js.gz"

#: Pictures by the run's path and name: two folders may hold runs of one name.
Album = Mapping[tuple[str, str], Pictures]

# Nothing is fetched: the policy holds the page to that.
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; connect-src blob:">
<title>{title}</title>
</head>
<body>
<noscript>This report is drawn by JavaScript, which is switched off in this browser.</noscript>
<script>window.__TB_DIAGNOSE__ = {carried};</script>
<script type="module">{script}</script>
</body>
</html>
"""


class NoBundle(Exception):
    """The page was not built; the message is one sentence with the cure."""


def html(document: Document, album: Album, articles: Mapping[str, Any]) -> str:
    """One self-contained page.

    Args:
        document: what is shown.
        album: what is drawn of each run; a run that is not in it is drawn from the document.
        articles: the text of every diagnosis, as ``catalogue.articles`` gives it.

    Raises:
        NoBundle: where the package was installed without its page.
    """
    shown = _distinct(document)
    names = [run["name"] for run in shown["runs"]]
    drawn = [_drawn(album, run) for run in document["runs"]]
    carried = {
        "document": shown,
        "catalogue": articles,
        "lines": [{**each["line"], "name": name} for name, each in zip(names, drawn, strict=True)],
        "curves": {name: each["curves"] for name, each in zip(names, drawn, strict=True)},
        "heats": {name: each["heats"] for name, each in zip(names, drawn, strict=True)},
    }
    words = json.dumps(carried, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    title = escape(f"Diagnose: {total(document['summary'])}")
    return _PAGE.format(title=title, carried=inlined(words), script=inlined(script()))


def script() -> str:
    """The page's module. Raises NoBundle where it was not built."""
    try:
        return gzip.decompress(_BUNDLE.read_bytes()).decode()
    except FileNotFoundError:
        raise NoBundle(
            "the page was not built; install tb-diagnose without TB_DIAGNOSE_SKIP_FRONTEND, "
            "or run npm ci && npm run build in frontend/"
        ) from None


def inlined(code: str) -> str:
    """JSON or JavaScript as it may stand between script tags, whatever names are in it."""
    for raw, safe in (
        ("</", "<\\/"),
        ("<!--", "<\\u0021--"),
        ("<script", "<\\u0073cript"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        code = code.replace(raw, safe)
    return code


def _drawn(album: Album, run: RunPart) -> Pictures:
    bare = Pictures(line=line(run, {}), curves={}, heats=[])
    return album.get((run["path"], run["name"]), bare)


def _distinct(document: Document) -> Document:
    """Runs of one name are called by their path, and numbered where that is one as well."""
    seen: Counter[str] = Counter()
    runs: list[RunPart] = []
    for run, label in zip(document["runs"], labels(document["runs"]), strict=True):
        seen[label] += 1
        name = label if seen[label] == 1 else f"{label} ({seen[label]})"
        runs.append({**run, "name": name})
    return {**document, "runs": runs}

"""The document as one page that opens from disk: the tab's own page with everything in it."""

from __future__ import annotations

import gzip
from base64 import b64encode
from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timezone
from html import escape
from pathlib import Path
from typing import Any

from msgspec.json import encode

from tb_diagnose.report.document.numbers import text
from tb_diagnose.report.document.schema import CurvePart, Document, RunPart
from tb_diagnose.report.page.overview import line
from tb_diagnose.report.page.pictures import Pictures
from tb_diagnose.report.page.schema import Carried, CarriedRun
from tb_diagnose.report.text.phrases import labels, total

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
<script type="application/gzip" id="carried">{carried}</script>
<script type="application/gzip" id="runs">{runs}</script>
<script type="module">{script}</script>
</body>
</html>
"""

#: What the page's module begins with: it unpacks what the page carries, and fetches nothing. The
#: runs, which are most of it, are unpacked once one of them is asked for.
_UNPACK = """\
const unpacked = (id) => {
  const packed = atob(document.getElementById(id).textContent);
  const bytes = new Uint8Array(packed.length);
  for (let at = 0; at < packed.length; at += 1) bytes[at] = packed.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).text();
};
window.__TB_DIAGNOSE__ = {
  carried: JSON.parse(await unpacked("carried")),
  runs: async () => (await unpacked("runs")).split("\\n"),
};
"""


class NoBundle(Exception):
    """The page was not built; the message is one sentence with the cure."""


def html(
    document: Document,
    album: Album,
    articles: Mapping[str, Any],
    *,
    folder: str = "",
    made: str = "",
) -> str:
    """One self-contained page.

    Args:
        document: what is shown.
        album: what is drawn of each run; a run that is not in it is drawn from the document.
        articles: the text of every diagnosis, as ``docs.articles`` gives it.
        folder: where the logs are, for the cover.
        made: when the report was made, as ISO 8601, for the cover; the moment now by default.

    Raises:
        NoBundle: where the package was installed without its page.
    """
    shown = _distinct(document)
    drawn = [_drawn(album, run) for run in document["runs"]]
    named = list(zip(shown["runs"], drawn, strict=True))
    carried = Carried(
        made=made or datetime.now(timezone.utc).isoformat(timespec="seconds"),
        folder=text(folder),
        document={**shown, "runs": []},
        catalog=dict(articles),
        lines=[{**assignment["line"], "name": run["name"]} for run, assignment in named],
    )
    runs = [
        CarriedRun(run=run, curves=assignment["curves"], heats=assignment["heats"])
        for run, assignment in named
    ]
    return _PAGE.format(
        title=escape(f"Diagnose: {total(document['summary'])}"),
        carried=packed(encode(carried)),
        runs=packed(b"\n".join(map(encode, runs))),
        script=inlined(_UNPACK + script()),
    )


def packed(content: bytes) -> str:
    """Gzipped, as of many runs most is the same, and as base64."""
    return b64encode(gzip.compress(content, mtime=0)).decode()


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
    """JavaScript as it may stand between script tags, whatever names are in it."""
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
        runs.append({**run, "name": name, "curves": [_shorter(curve) for curve in run["curves"]]})
    return {**document, "runs": runs}


def _shorter(curve: CurvePart) -> CurvePart:
    """The curve in five digits, more than a screen can show: half the bytes of a page are these."""
    return {**curve, "values": [float(f"{float(value):.5g}") for value in curve["values"]]}

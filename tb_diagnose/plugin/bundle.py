"""The page's files, as the build of ``frontend/`` left them in ``static/``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_STATIC = Path(__file__).parent / "static"
#: By hand: what the operating system says of endings differs from machine to machine.
_MIMES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
_HASHED = re.compile(r"-[0-9A-Za-z_]{8}\.\w+$")
_MISSING = """export function render() {
  const words = document.createElement("p");
  words.style.font = "14px Roboto, system-ui, sans-serif";
  words.style.margin = "24px";
  words.dataset.testid = "state-error";
  words.textContent =
    "The Diagnose tab was installed without its page. Install tb-diagnose again without " +
    "TB_DIAGNOSE_SKIP_FRONTEND, or build it: cd frontend && npm ci && npm run build.";
  document.body.append(words);
}
"""


@dataclass(frozen=True)
class File:
    """A file of the bundle. ``hashed`` if its name changes whenever its content does."""

    content: bytes
    mime: str
    encoding: str | None = None
    hashed: bool = False


def file(name: str) -> File | None:
    """The file of that name, by list and not by path: nothing else can be asked for."""
    return _files().get(name)


@cache
def _files() -> dict[str, File]:
    """Read once: what was running goes on in its version while another one is installed."""
    found: dict[str, File] = {}
    for path in sorted(_STATIC.rglob("*")) if _STATIC.is_dir() else ():
        name = path.relative_to(_STATIC).as_posix()
        packed = name.endswith(".gz")
        bare = name.removesuffix(".gz")
        mime = _MIMES.get(Path(bare).suffix)
        if mime and path.is_file() and (packed or bare not in found):
            encoding = "gzip" if packed else None
            found[bare] = File(path.read_bytes(), mime, encoding, bool(_HASHED.search(bare)))
    if "index.js" not in found:
        found["index.js"] = File(_MISSING.encode(), _MIMES[".js"])
    return found

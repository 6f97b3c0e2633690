"""What is new about a run that is being watched: for a terminal, and as one line of JSON."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence

from tb_diagnose.report.document.schema import RunPart
from tb_diagnose.report.terminal import header
from tb_diagnose.report.terminal.finding import finding
from tb_diagnose.report.text.phrases import about, grouped
from tb_diagnose.report.text.screen import Screen, plain, wrapped


def told(run: RunPart, found: Collection[str], gone: Sequence[str], screen: Screen) -> str:
    """The findings in ``found`` in full, those in ``gone`` by name; ends with an empty line."""
    lines = [*header(run, plain(run["name"]), about(run), screen)]
    lines += _found(run, found, screen)
    if gone:
        message = f"No longer found: {' · '.join(gone)}"
        lines += ["", *(screen.paint(line, "dim") for line in wrapped(message, screen.prose, "  "))]
    return screen.finish("\n".join([*lines, "", ""]))


def lines(run: RunPart, found: Collection[str], gone: Sequence[str]) -> str:
    """One JSON object a line: ``name`` and ``path`` of the run, ``found`` or ``gone``.

    ``found`` is the outcome as in the document, ``gone`` the id of a finding.
    """
    which = {"name": run["name"], "path": run["path"]}
    news = [{**which, "found": outcome} for outcome in run["outcomes"] if outcome["id"] in found]
    objects = [*news, *({**which, "gone": item} for item in gone)]
    return "".join(f"{json.dumps(item, ensure_ascii=False, allow_nan=False)}\n" for item in objects)


def _found(run: RunPart, found: Collection[str], screen: Screen) -> Iterator[str]:
    """Each new finding with its consequences; a new consequence of a known one below its cause."""
    last = run["steps"]["last"] if run["steps"] else None
    for root, led in grouped(run["outcomes"]):
        if root["id"] in found:
            yield ""
            yield from finding(root, led, run["curves"], last, screen)
        elif fresh := [effect for effect in led if effect["id"] in found]:
            for outcome in fresh:
                yield ""
                yield from finding(outcome, [], run["curves"], last, screen)
                caused = f"└ a consequence of {root['id']}"
                yield from (screen.paint(x, "dim") for x in wrapped(caused, screen.prose, "    "))

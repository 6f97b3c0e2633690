"""The catalog: what every diagnosis looks for, from the text at the top of its own file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any, NamedTuple

from tb_diagnose.core.settings import Settings
from tb_diagnose.engine.contract import Diagnosis, Limit, registry
from tb_diagnose.engine.measured import measured

SECTIONS = (
    "Why it matters",
    "How it is judged",
    "When it stays silent",
    "What to try",
    "Sources",
)


class IncompleteText(Exception):
    """A diagnosis' docstring lacks what the catalog prints; the message says what and where."""


class UnknownDiagnosis(Exception):
    """There is no diagnosis of that id; the message suggests the nearest."""


class Article(NamedTuple):
    """The text of one diagnosis: title, sections in their fixed order, limits."""

    id: str
    title: str
    sections: Mapping[str, str]
    limits: tuple[Limit, ...]


def article(diagnosis: Diagnosis) -> Article:
    """Take a diagnosis' docstring apart. Raises IncompleteText where a section is missing."""
    heading = re.compile(rf"^({'|'.join(SECTIONS)}):[ ]*$", re.MULTILINE)
    title, *pieces = heading.split(diagnosis.text)
    sections = {
        name: _outdented(body) for name, body in zip(pieces[::2], pieces[1::2], strict=True)
    }
    missing = [name for name in SECTIONS if not sections.get(name)]
    if missing or not title.strip():
        lacks = missing[0] + ":" if missing else "a title in its first line"
        raise IncompleteText(
            f"the docstring of {diagnosis.id} lacks {lacks!r}; write that section, "
            f"the sections are {', '.join(SECTIONS)}"
        )
    ordered = {name: sections[name] for name in SECTIONS}
    return Article(diagnosis.id, title.strip().rstrip("."), ordered, diagnosis.limits)


def articles(settings: Settings) -> dict[str, dict[str, Any]]:
    """The text of every diagnosis by id as JSON values, limits as the settings set them."""
    return {known.id: _article(known, settings) for known in registry().values()}


def _article(known: Diagnosis, settings: Settings) -> dict[str, Any]:
    text, chosen = article(known), settings.limits.get(known.id, {})
    return {
        "title": text.title,
        "family": known.family,
        "severity": known.severity.value,
        "sections": dict(text.sections),
        "limits": [
            {
                "name": limit.name,
                "value": chosen.get(limit.name, limit.default),
                "unit": limit.unit,
                "source": "as configured" if limit.name in chosen else limit.source,
            }
            for limit in text.limits
        ],
        "measured": measured(known.id),
        "ignored": _ignored(known, settings),
    }


def _ignored(known: Diagnosis, settings: Settings) -> str | None:
    """Why the settings ignore a diagnosis, ``""`` where they give no reason; None if not."""
    words = [word for word in (known.id, known.family) if word in settings.ignore]
    return settings.reasons.get(words[0], "") if words else None


def explain(identity: str) -> str:
    """All about one diagnosis, as Markdown. Raises UnknownDiagnosis."""
    known = registry()
    if identity not in known:
        near = get_close_matches(identity, known, n=1)
        cure = f"did you mean {near[0]!r}?" if near else "--catalog lists all"
        raise UnknownDiagnosis(f"unknown diagnosis {identity!r}; {cure}")
    return "\n".join([*_page(known[identity], "#"), ""])


def catalog() -> str:
    """All diagnoses by family, as one Markdown page."""
    return "\n".join([*_catalog(), ""])


def _catalog() -> Iterator[str]:
    yield "# Catalog of diagnoses"
    family = ""
    for diagnosis in registry().values():
        if diagnosis.family != family:
            family = diagnosis.family
            yield from ("", f"## {family}")
        yield ""
        yield from _page(diagnosis, "###")


def _page(diagnosis: Diagnosis, mark: str) -> Iterator[str]:
    text = article(diagnosis)
    yield from (f"{mark} {text.id}", "", f"{text.title}.", "")
    yield _facts(diagnosis)
    for name, body in text.sections.items():
        yield from ("", f"{mark}# {name}", "", body)
        if name == "How it is judged" and text.limits:
            yield ""
            yield from (
                f"- `{limit.name}` = {limit.default:g} {limit.unit} ({limit.source})"
                for limit in text.limits
            )


def _facts(diagnosis: Diagnosis) -> str:
    reads = [f"`{need.role}`{' if logged' * need.optional}" for need in diagnosis.roles]
    facts = [diagnosis.severity.value, diagnosis.family, f"since {diagnosis.since}"]
    if reads:
        facts.append(f"reads {', '.join(reads)}")
    if diagnosis.leads_to:
        facts.append(f"leads to {', '.join(diagnosis.leads_to)}")
    if trust := measured(diagnosis.id):
        facts.append(trust)
    return " · ".join(facts)


def _outdented(body: str) -> str:
    lines = body.strip("\n").splitlines()
    return "\n".join(line.removeprefix("    ") for line in lines).strip()

"""The catalog: what ``--explain`` prints, and that a text with a gap is refused."""

from __future__ import annotations

import pytest

from tb_diagnose.core.finding import Severity
from tb_diagnose.engine import docs as catalog
from tb_diagnose.engine.contract import Diagnosis, Limit, Method, Parameter
from tb_diagnose.engine.docs import SECTIONS, IncompleteText, UnknownDiagnosis, article

TEXT = """Units that never fire.

Why it matters:
    They take part in nothing.

    They do not come back.

How it is judged:
    - the share of units
      that were 0

When it stays silent:
    Below `share`.

What to try:
    LeakyReLU.

Sources:
    Lu, 2019, Dying ReLU."""


SHARE = Limit("share", 0.5, "of the units", "chosen: half a layer", ">=")
READS = (Parameter("activations", optional=False), Parameter("train_loss", optional=True))


def made(text: str = TEXT, limits: tuple[Limit, ...] = (SHARE,)) -> Diagnosis:
    return Diagnosis(
        id="dead-relu",
        family="layers",
        severity=Severity.WARNING,
        leads_to=("no-learning",),
        since="0.1",
        methods=(Method("activations", lambda: (), READS),),
        limits=limits,
        kind=object,
        concerns=None,
        several=False,
        text=text,
    )


@pytest.fixture
def one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalog, "registry", lambda: {"dead-relu": made()})


def test_article_takes_the_docstring_apart() -> None:
    text = article(made())
    assert text.title == "Units that never fire"
    assert tuple(text.sections) == SECTIONS
    assert text.sections["Why it matters"] == "They take part in nothing.\n\nThey do not come back."
    assert text.sections["How it is judged"] == "- the share of units\n  that were 0"
    assert text.limits[0].default == 0.5


@pytest.mark.parametrize("section", SECTIONS)
def test_a_text_without_a_section_is_refused_by_name(section: str) -> None:
    with pytest.raises(IncompleteText, match=f"dead-relu lacks '{section}:'"):
        article(made(TEXT.replace(f"{section}:", "Something else:")))


def test_a_section_without_words_is_none() -> None:
    with pytest.raises(IncompleteText, match="'Sources:'"):
        article(made(TEXT.replace("    Lu, 2019, Dying ReLU.", "")))


@pytest.mark.usefixtures("one")
def test_explain_tells_limits_with_unit_and_source() -> None:
    text = catalog.explain("dead-relu")
    assert text.startswith("# dead-relu\n\nUnits that never fire.\n")
    assert "warning · layers · since 0.1" in text
    assert "reads `activations`, `train_loss` if logged · leads to no-learning" in text
    assert "- `share` = 0.5 of the units (chosen: half a layer)" in text
    assert text.index("## How it is judged") < text.index("`share` =") < text.index("## When")


@pytest.mark.usefixtures("one")
def test_an_unknown_id_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownDiagnosis, match="'dead-rely'; did you mean 'dead-relu'"):
        catalog.explain("dead-rely")


@pytest.mark.usefixtures("one")
def test_the_catalog_holds_every_family_and_diagnosis() -> None:
    text = catalog.catalog()
    assert "## layers\n\n### dead-relu\n" in text
    assert "#### Sources" in text

"""What somebody sees who opens the HTML report from disk."""

from __future__ import annotations

import base64
import json
import re
import zlib
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By

from tb_diagnose import __version__
from tb_diagnose.cli.main import main
from tests.browser.conftest import DEMO
from tests.browser.page import Page

_PAGE = re.compile(rb"/Type\s*/Page\b")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of all demonstrations, which are enough for the fleet to come first."""
    file = tmp_path_factory.mktemp("report") / "report.html"
    assert main([str(DEMO), "--output", str(file)]) == 0
    return file


@pytest.fixture
def opened(page: Page, report: Path) -> Page:
    page.leave()
    page.driver.get("about:blank")
    page.complaints()
    page.driver.get(report.as_uri())
    page.one("overview")
    return page


def test_its_cover_says_of_what_it_is_and_it_begins_with_the_fleet(opened: Page) -> None:
    cover = opened.one("cover").text
    assert DEMO.name in cover
    assert __version__ in cover
    assert re.search(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC", cover)
    assert opened.seen("findings")
    assert opened.seen("scatter")
    assert opened.complaints() == []


def test_a_finding_that_is_clicked_filters_the_runs(opened: Page) -> None:
    row = opened.one("finding-filter")
    whole = len(opened.runs())  # at least: the list may still be filling
    row.click()
    opened.until(lambda: 0 < len(opened.runs()) < whole)
    row.click()
    opened.until(lambda: len(opened.runs()) >= whole)


def test_a_run_is_unpacked_when_it_is_chosen(opened: Page) -> None:
    opened.choose("faults/loss-divergence")
    opened.one("card", id="loss-divergence")
    chart = opened.one("card-chart")
    opened.until(lambda: chart.find_elements(By.TAG_NAME, "canvas"))
    assert opened.seen("heat-map")
    assert opened.complaints() == []


def test_the_document_is_saved_whole(opened: Page) -> None:
    opened.driver.find_element(By.CSS_SELECTOR, "details.menu > summary").click()
    opened.one("export", format="json").click()
    document = json.loads(opened.saved(".json"))
    assert document["summary"]["runs"] == len(document["runs"]) == len(list(_runs()))


def test_it_prints_what_it_shows(opened: Page) -> None:
    fleet = _pages(opened)
    assert fleet > 1
    opened.choose("faults/loss-divergence")
    opened.one("card", id="loss-divergence")
    assert 1 < _pages(opened) < 8
    # The findings of all runs are printed where the page is asked to print.
    opened.one("view-overview").click()
    opened.one("overview")
    opened.js("window.print = () => { throw new Error('the printed runs stay') }")
    opened.driver.find_element(By.CSS_SELECTOR, "details.menu > summary").click()
    menu = opened.driver.find_elements(By.CSS_SELECTOR, "details.menu button")
    next(button for button in menu if button.text.startswith("Print")).click()
    opened.until(lambda: len(opened.driver.find_elements(By.CSS_SELECTOR, ".printed")) > 1)
    assert _pages(opened) > fleet + 3


def _pages(page: Page) -> int:
    """How many sheets the page takes."""
    paper = base64.b64decode(page.driver.print_page())
    packed = re.findall(rb"stream\r?\n(.*?)endstream", paper, re.DOTALL)  # as Firefox does
    return max(len(_PAGE.findall(part)) for part in (paper, *map(_inflated, packed)))


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(stream)
    except zlib.error:
        return b""


def _runs() -> list[Path]:
    return [path for path in DEMO.glob("*/*") if list(path.rglob("*tfevents*"))]

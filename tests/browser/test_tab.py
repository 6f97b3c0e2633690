"""What somebody sees who opens the Diagnose tab."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tests.browser.conftest import HOSTILE
from tests.browser.page import Page
from tests.events import Log
from tests.plugin.server import NO_TENSORFLOW, Server, tensorboard

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
BROKEN = "def broken(*_, **__): raise RuntimeError('broken on purpose')"


def test_the_tab_is_among_the_others_and_shows_the_worst_run(page: Page, server: Server) -> None:
    page.open(server, tab="timeseries")
    page.until(lambda: "DIAGNOSE" in page.driver.find_element(By.TAG_NAME, "body").text.upper())
    page.open(server)
    page.until(lambda: len(page.runs()) == 4)
    assert page.runs()[-1] == "weights"
    worst = page.runs()[0]
    page.until(lambda: page.chosen() == worst)
    assert page.one("headline").text
    assert page.cards()
    assert page.one("live-dot").text.startswith("live")
    assert page.complaints() == []


def test_a_finding_shows_its_curve_its_cure_and_how_it_was_judged(
    page: Page, server: Server
) -> None:
    page.open(server, run="ill")
    card = page.one("card", id="non-finite-values")
    assert page.one("card-fix").text
    chart = page.one("card-chart")
    page.until(lambda: chart.find_elements(By.TAG_NAME, "canvas"))
    judged = card.find_element(By.CSS_SELECTOR, '[data-testid="judged"]')
    judged.find_element(By.TAG_NAME, "summary").click()
    assert "NaN" in judged.text
    page.one("scale-toggle").click()
    assert page.one("scale-toggle").get_attribute("aria-pressed") in ("true", "false")


def test_consequences_stand_under_their_cause(page: Page, server: Server) -> None:
    page.open(server, run="as-given")
    page.one("card", id="learning-rate-too-high")
    consequence = page.one("consequence")
    assert consequence.get_attribute("data-id") not in page.cards()
    consequence.click()
    page.until(lambda: consequence.get_attribute("aria-expanded") == "true")


def test_the_ledger_says_what_was_clear_and_what_could_not_be_checked(
    page: Page, server: Server
) -> None:
    page.open(server, run="weights")
    for part in ("ledger-clear", "ledger-not-logged"):
        fold = page.one(part)
        closed = fold.text
        fold.find_element(By.TAG_NAME, "summary").click()
        page.until(lambda fold=fold, closed=closed: len(fold.text) > len(closed))
    assert "model.fit(" in page.one("ledger").text


def test_a_growing_log_changes_the_page_without_a_reload(page: Page, tmp_path: Path) -> None:
    with (
        Log(tmp_path / "logs" / "run" / "train") as log,
        tensorboard(tmp_path, "--logdir", str(tmp_path / "logs")) as server,
    ):
        log.tensors("epoch_loss", [1.0, 0.9, 0.8])
        log.flush()
        server.settled(1)
        page.open(server)
        page.until(lambda: page.chosen() == "run")
        assert "non-finite-values" not in page.cards()
        page.js("window.stayed = true")
        log.tensors("epoch_loss", [math.nan, math.nan], [3, 4])
        log.flush()
        page.one("card", id="non-finite-values")
        with Log(tmp_path / "logs" / "another" / "train") as second:
            second.tensors("epoch_loss", [1.0, 0.9, 0.8])
        page.until(lambda: len(page.runs()) == 2)
        assert page.js("return window.stayed") is True
        assert page.chosen() == "run"


def test_it_is_dark_where_tensorboard_is_dark(page: Page, server: Server) -> None:
    def paper() -> str:
        color: str = page.js(
            "return ['body', 'html', '[data-testid=app]']"
            ".map((s) => getComputedStyle(document.querySelector(s)).backgroundColor)"
            ".find((c) => !c.endsWith(', 0)'))"
        )
        return color

    page.open(server)
    light = paper()
    page.js("parent.document.body.classList.add('dark-mode')")
    page.until(lambda: paper() != light)
    page.js("parent.document.body.classList.remove('dark-mode')")
    page.until(lambda: paper() == light)


def test_the_list_is_filtered_by_expression_and_by_severity(page: Page, server: Server) -> None:
    page.open(server)
    page.type("run-filter", "^(ill|wei)")
    page.until(lambda: page.runs() == ["ill", "weights"])
    page.type("run-filter", "img (")
    page.until(lambda: page.runs() == [])
    page.type("run-filter", "onerror")
    page.until(lambda: page.runs() == [HOSTILE])
    page.type("run-filter", "")
    page.one("severity-chip", severity="critical").click()
    page.until(lambda: "weights" not in page.runs() and "ill" in page.runs())


def test_a_link_leads_to_the_same_run(page: Page, server: Server) -> None:
    page.open(server)
    page.choose("weights")
    page.leave()
    link = page.until(lambda: url if "weights" in (url := page.driver.current_url) else None)
    page.driver.get("about:blank")
    page.driver.get(link)
    page.enter()
    page.until(lambda: page.chosen() == "weights")
    page.driver.refresh()
    page.enter()
    page.until(lambda: page.chosen() == "weights")


def test_a_link_to_a_run_that_is_gone_says_so(page: Page, server: Server) -> None:
    page.open(server, run="gone")
    page.until(lambda: "gone" in page.one("app").text)
    page.choose("ill")


def test_the_layers_of_a_run_and_one_of_them(page: Page, server: Server) -> None:
    page.open(server, run="weights")
    drawn = page.one("heat-map")
    canvas = page.until(lambda: drawn.find_element(By.TAG_NAME, "canvas"))
    colors = "const c = arguments[0]; return new Set(new Uint32Array(c.getContext('2d')\
.getImageData(0, 0, c.width, c.height).data.buffer)).size"
    page.until(lambda: page.js(colors, canvas) > 3)
    options = page.one("heat-select").find_elements(By.TAG_NAME, "option")
    assert [each.get_attribute("value") for each in options][:2] == [
        "weights/movement", "weights/std",
    ]  # fmt: skip
    options[1].click()
    page.until(lambda: "standard deviation" in page.one("app").text)
    page.one("heat-map").find_element(By.TAG_NAME, "button").click()
    page.one("layer-chart")


def test_hostile_names_are_only_names(page: Page, server: Server) -> None:
    page.open(server)
    page.choose(HOSTILE)
    page.until(lambda: "onerror" in page.one("headline").text or page.cards())
    assert page.js("return top.hacked") is None
    assert page.driver.find_elements(By.CSS_SELECTOR, "img[src=x]") == []
    assert page.complaints() == []


@pytest.mark.parametrize("form", ["html", "json", "markdown"])
def test_what_is_shown_can_be_saved(form: str, page: Page, server: Server, tmp_path: Path) -> None:
    page.open(server, run="ill")
    page.one("card", id="non-finite-values")
    page.driver.find_element(By.CSS_SELECTOR, "details.menu > summary").click()
    ending = {"html": ".html", "json": ".json", "markdown": ".md"}[form]
    page.one("export", format=form).click()
    text = page.saved(ending)
    assert form == "html" or "non-finite" in text  # a page is packed
    if form == "json":
        assert [each["name"] for each in json.loads(text)["runs"]] == ["ill"]
    if form == "html":
        report = tmp_path / "report.html"
        report.write_text(text, encoding="utf-8")
        page.driver.get(report.as_uri())
        page.one("card", id="non-finite-values")
        assert page.one("card-chart")
        assert page.complaints() == []


def test_the_keyboard_is_enough(page: Page, server: Server) -> None:
    page.open(server)
    page.until(lambda: len(page.runs()) == 4)
    first, second = page.runs()[:2]
    page.until(lambda: page.chosen() == first)
    page.one("headline").click()
    page.press("j")
    page.until(lambda: page.chosen() == second)
    page.press("k")
    page.until(lambda: page.chosen() == first)
    page.press("/")
    page.press("weights")
    page.until(lambda: page.runs() == ["weights"])
    page.press(Keys.ESCAPE)
    page.until(lambda: len(page.runs()) == 4)


def test_runs_are_compared(page: Page, server: Server) -> None:
    page.open(server, view="compare")
    compared = page.one("compare")
    assert "ill" in compared.text
    assert "weights" in compared.text


def test_going_back_leads_to_the_run_before(page: Page, server: Server) -> None:
    page.open(server, run="ill")
    page.until(lambda: page.chosen() == "ill")
    page.leave()
    page.press("j")  # nothing was clicked: the keys are TensorBoard's own page's
    page.enter()
    page.until(lambda: page.chosen() not in ("ill", None))
    page.leave()
    page.driver.back()
    page.enter()
    page.until(lambda: page.chosen() == "ill")


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not there (cd frontend && npm ci)")
@pytest.mark.parametrize("view", ["overview", "compare", "run"])
@pytest.mark.parametrize("dark", [False, True])
def test_nobody_is_left_out(view: str, page: Page, server: Server, *, dark: bool) -> None:
    page.open(server, view=view, run="as-given" if view == "run" else "")
    page.js(f"parent.document.body.classList.toggle('dark-mode', {json.dumps(dark)})")
    page.until(lambda: page.seen("card-chart" if view == "run" else view))
    page.js(AXE.read_text())
    complaints = page.driver.execute_async_script(
        "const told = arguments[0]; axe.run(document).then((all) =>"
        " told(all.violations.map((each) => `${each.id}: ${each.nodes[0].html}`)))"
    )
    page.js("parent.document.body.classList.remove('dark-mode')")
    assert complaints == []


def test_a_tab_that_is_left_asks_nothing(page: Page, server: Server) -> None:
    page.open(server)
    asked = (
        "return performance.getEntriesByType('resource')"
        ".filter((each) => /state$/.test(each.name)).length"
    )
    now = page.js(asked)
    page.until(lambda: page.js(asked) > now)
    page.leave()
    page.js("window.location.hash = '#timeseries'")
    page.until(
        lambda: page.js(
            "return document.querySelector(\"iframe[src*='name=diagnose']\")"
            ".getBoundingClientRect().height === 0"
        )
    )
    frame = page.driver.find_element(By.CSS_SELECTOR, "iframe[src*='name=diagnose']")
    inside = f'return arguments[0].contentWindow.eval("(() => {{ {asked} }})()")'
    time.sleep(0.5)
    left = page.js(inside, frame)
    time.sleep(5)
    assert page.js(inside, frame) == left
    page.js("window.location.hash = '#diagnose'")
    page.until(lambda: page.js(inside, frame) > left)


def test_a_path_prefix_changes_nothing(page: Page, logs: Path, tmp_path: Path) -> None:
    with tensorboard(tmp_path, "--logdir", str(logs), "--path_prefix", "/a/b") as server:
        server.settled(4)
        page.open(server, run="ill")
        page.one("card", id="non-finite-values")
        page.until(lambda: page.one("card-chart").find_elements(By.TAG_NAME, "canvas"))


def test_sampled_data_are_called_so(page: Page, logs: Path, tmp_path: Path) -> None:
    hidden = (
        f"{NO_TENSORFLOW}\nimport tb_diagnose.plugin.service as s\n"
        "s.log_directories = lambda context: ()"
    )
    with tensorboard(tmp_path, "--logdir", str(logs), before=hidden) as server:
        server.state(lambda state: state["runs"] == 4)
        page.open(server)
        assert "Sampled" in page.one("notice-sampled").text


@pytest.mark.parametrize(
    ("sabotage", "message"),
    [
        (
            f"{BROKEN}\nimport tb_diagnose.live.sources as f\nf.clusters = broken",
            "broken on purpose",
        ),
        ("sys.modules['tb_diagnose.plugin.service'] = None", "ModuleNotFoundError"),
    ],
)
def test_what_fails_says_so_in_the_tab(
    sabotage: str, message: str, page: Page, logs: Path, tmp_path: Path
) -> None:
    before = f"{NO_TENSORFLOW}\n{sabotage}"
    with tensorboard(tmp_path, "--logdir", str(logs), before=before) as server:
        page.open(server)
        page.until(lambda: message in page.one("state-error").text)

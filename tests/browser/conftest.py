"""One browser and one TensorBoard for all tests that only look."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tb_diagnose.plugin import bundle
from tests.browser.page import Page, chromium, firefox, lacking
from tests.events import Log
from tests.plugin.server import INSTALLED, Server, tensorboard

DEMO = Path(__file__).parents[2] / "demo_logs"
#: A run named to get out of every quotation there is.
HOSTILE = "<img src=x onerror=top.hacked=1>\"'&%2e #2"


def untestable() -> str:
    """Why the tab cannot be looked at here, or nothing."""
    if not INSTALLED:
        return "TensorBoard finds the tab only if tb-diagnose is installed (pip install -e .)"
    page = bundle.file("index.js")
    if page is None or page.encoding is None:
        return "the page was not built (cd frontend && npm ci && npm run build)"
    return ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    reason = untestable()
    for item in items:
        if reason and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session", params=["chromium", "firefox"])
def page(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Page]:
    """The tab in one browser after the other."""
    if reason := lacking(request.param):
        pytest.skip(reason)
    downloads = tmp_path_factory.mktemp("downloads")
    log = tmp_path_factory.mktemp("browser") / "firefox.log" if request.param == "firefox" else None
    driver = chromium(downloads) if log is None else firefox(downloads, log)
    yield Page(driver, downloads, log)
    driver.quit()


@pytest.fixture(scope="session")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four runs: one broken by a NaN, one with weights, one with a hostile name, a real one."""
    folder = tmp_path_factory.mktemp("logs")
    with Log(folder / "ill" / "train") as log:
        log.tensors("epoch_loss", [1.0, 0.9, math.nan, *[math.nan] * 7])
    with Log(folder / "weights" / "train") as log:
        random = np.random.default_rng(0)
        for step in range(12):
            log.tensor("epoch_loss", 1 / (1 + step), step)
            for layer in ("first", "second", "third"):
                weights = random.normal(size=200) * (1 + step)
                log.histogram(f"net/{layer}/kernel/histogram", weights, step)
    with Log(folder / HOSTILE / "train") as log:
        log.tensors("epoch_loss<script>top.hacked=1</script>", [1.0, 0.9, 0.8])
        log.tensors("epoch_loss", [1.0, 0.9, math.nan])
    shutil.copytree(DEMO / "training-configuration" / "as-given", folder / "as-given")
    return folder


@pytest.fixture(scope="session")
def server(logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with tensorboard(tmp_path_factory.mktemp("server"), "--logdir", str(logs)) as running:
        running.settled(4)
        yield running

"""The Diagnose tab in a real browser, by what a person sees of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.plugin.server import Server

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chrome")
CHROMEDRIVER = shutil.which("chromedriver")
FIREFOX = shutil.which("firefox") or shutil.which("firefox-esr")
GECKODRIVER = shutil.which("geckodriver")
_PATIENCE = 60
T = TypeVar("T")


def lacking(name: str) -> str:
    """Why that browser cannot be looked into here, or nothing."""
    if name == "chromium" and not (CHROMIUM and CHROMEDRIVER):
        return "there is no Chromium with chromedriver here (apt install chromium chromium-driver)"
    if name == "firefox" and not (FIREFOX and GECKODRIVER):
        return "there is no Firefox with geckodriver here (apt install firefox-esr)"
    return ""


def chromium(downloads: Path) -> WebDriver:
    """A headless Chromium that is asked for nothing but this machine's own pages."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--no-proxy-server",
        "--disable-background-networking",
        "--force-color-profile=srgb",
        "--window-size=1400,1000",
    ):
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(executable_path=CHROMEDRIVER)
    return webdriver.Chrome(options=options, service=service)


def firefox(downloads: Path, log: Path) -> WebDriver:
    """A headless Firefox, which writes what its pages complain of into ``log``."""
    options = webdriver.FirefoxOptions()
    options.binary_location = FIREFOX or ""
    options.add_argument("-headless")
    for flag in ("--width=1400", "--height=1000"):
        options.add_argument(flag)
    preferences = {
        "browser.download.folderList": 2,
        "browser.download.dir": str(downloads),
        "devtools.console.stdout.content": True,
        "network.proxy.type": 0,
    }
    for name, value in preferences.items():
        options.set_preference(name, value)
    service = webdriver.FirefoxService(executable_path=GECKODRIVER, log_output=str(log))
    return webdriver.Firefox(options=options, service=service)


class Page:
    """The tab; ``open`` shows it, the rest looks at it from inside its frame."""

    def __init__(self, driver: WebDriver, downloads: Path, log: Path | None = None) -> None:
        self.driver = driver
        self._downloads = downloads
        self._log = log
        self._read = 0

    def open(self, server: Server, tab: str = "diagnose", **remembered: str) -> None:
        """TensorBoard afresh with the tab in front; ``run="ill"`` is a deep link to a run."""
        self.driver.switch_to.default_content()
        self.driver.get("about:blank")
        self._logged()
        words = urlencode({f"p.diagnose.{key}": value for key, value in remembered.items()})
        self.driver.get(f"{server.url}#{tab}{'&' + words if words else ''}")
        if tab == "diagnose":
            self.enter()

    def enter(self) -> None:
        """From TensorBoard's own page into the tab's frame."""
        self.driver.switch_to.default_content()
        self.driver.switch_to.frame(self.until(lambda: self._found("iframe[src*='name=diagnose']")))
        self.one("app")

    def leave(self) -> None:
        self.driver.switch_to.default_content()

    def until(self, wanted: Callable[[], T | None]) -> T:
        """What ``wanted`` gives, once it gives something."""
        wait = WebDriverWait(
            self.driver,
            _PATIENCE,
            0.1,
            ignored_exceptions=(NoSuchElementException, StaleElementReferenceException),
        )
        given: T = wait.until(lambda _: wanted())
        return given

    def one(self, testid: str, **data: str) -> WebElement:
        """The first element of that test id that can be seen, once there is one."""
        return self.until(lambda: next(iter(self.seen(testid, **data)), None))

    def seen(self, testid: str, **data: str) -> list[WebElement]:
        """Those that can be seen now."""
        wanted = "".join(f"[data-{key}={json.dumps(value)}]" for key, value in data.items())
        found = self.driver.find_elements(By.CSS_SELECTOR, f'[data-testid="{testid}"]{wanted}')
        return [element for element in found if element.is_displayed()]

    def runs(self) -> list[str]:
        """Names of the runs in the list now, in its order."""
        return [each.get_attribute("data-run") or "" for each in self.seen("run-item")]

    def choose(self, run: str) -> None:
        """Clicks a run, and waits until its page is there."""
        self.one("run-item", run=run).click()
        self.until(lambda: self.chosen() == run)

    def chosen(self) -> str | None:
        """The run that is marked in the list."""
        marked = [e for e in self.seen("run-item") if e.get_attribute("aria-selected") == "true"]
        return marked[0].get_attribute("data-run") if marked else None

    def cards(self) -> list[str]:
        """Ids of the findings on cards."""
        return [each.get_attribute("data-id") or "" for each in self.seen("card")]

    def type(self, testid: str, text: str) -> None:
        """Types into a field what is to stand there alone."""
        self.one(testid).send_keys(Keys.CONTROL, "a", Keys.DELETE)
        self.one(testid).send_keys(text)

    def saved(self, ending: str) -> str:
        """The text of the only file of that ending that was saved, which is taken away."""
        # While it is written it has another name.
        file = self.until(lambda: next(self._downloads.glob(f"[!.]*{ending}"), None))
        text = self.until(lambda: file.read_text(encoding="utf-8"))
        file.unlink()
        return text

    def press(self, keys: str) -> None:
        """Presses keys one after another, whatever has the focus."""
        ActionChains(self.driver).send_keys(keys).perform()

    def js(self, code: str, *arguments: Any) -> Any:
        return self.driver.execute_script(code, *arguments)

    def complaints(self) -> list[str]:
        """What the browser found wrong, but for what TensorBoard's own pages lack."""
        ours = ("diagnose", "Content Security Policy", "Uncaught", "file:")
        return [line for line in self._logged() if any(word in line for word in ours)]

    def _logged(self) -> list[str]:
        """Errors since the last time."""
        if self._log is None:
            return [e["message"] for e in self.driver.get_log("browser") if e["level"] == "SEVERE"]
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        fresh, self._read = lines[self._read :], len(lines)
        return [line for line in fresh if line.startswith(("JavaScript error", "console.error"))]

    def _found(self, selector: str) -> WebElement:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

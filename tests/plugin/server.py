"""A real TensorBoard in a process of its own, and how to ask it."""

from __future__ import annotations

import json
import re
import signal
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import numpy as np
import pytest
from numpy.typing import NDArray

INSTALLED = any(each.name == "diagnose" for each in entry_points(group="tensorboard_plugins"))
needs_install = pytest.mark.skipif(
    not INSTALLED,
    reason="TensorBoard finds the tab only if tb-diagnose is installed (pip install -e .)",
)
#: What makes TensorBoard believe that there is no TensorFlow, and start sooner.
NO_TENSORFLOW = "sys.modules['tensorflow'] = None"
_PATIENCE = 60.0
# No proxy stands between the test and its own machine.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Reply:
    """What came back: also where it was refused."""

    code: int
    body: bytes
    headers: Any

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Server:
    """A TensorBoard that runs. ``url`` ends with a slash and holds the path prefix."""

    url: str
    log: Path
    pid: int

    def get(self, route: str, method: str = "GET") -> Reply:
        """Any of TensorBoard's routes."""
        request = urllib.request.Request(self.url + route, method=method)  # noqa: S310
        try:
            with _OPENER.open(request, timeout=_PATIENCE) as reply:
                return Reply(reply.status, reply.read(), reply.headers)
        except urllib.error.HTTPError as error:
            return Reply(error.code, error.read(), error.headers)

    def ask(self, route: str, **query: Any) -> Reply:
        """One of the plugin's routes."""
        words = urlencode(query, doseq=True, quote_via=quote)
        return self.get(f"data/plugin/diagnose/{route}" + (f"?{words}" if words else ""))

    def state(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The state, once it is as wanted."""
        deadline = time.monotonic() + _PATIENCE
        while not wanted(state := self.ask("state").json):
            assert time.monotonic() < deadline, f"{state}\n{self.log.read_text()}"
            time.sleep(0.2)
        return state

    def settled(self, runs: int) -> dict[str, Any]:
        """The list of runs, once there are so many."""
        self.state(lambda state: state["runs"] == runs and not state["message"])
        listed: dict[str, Any] = self.ask("runs").json
        return listed


@contextmanager
def tensorboard(tmp: Path, *flags: str, before: str = NO_TENSORFLOW) -> Iterator[Server]:
    """Runs TensorBoard with the flags, and with the Python statements ``before`` in front of it."""
    code = f"import sys\n{before}\nfrom tensorboard.main import run_main\nrun_main()"
    log = tmp / "tensorboard.log"
    with log.open("w") as out:
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-c", code, "--port", "0", "--host", "127.0.0.1", *flags],
            stdout=out,
            stderr=subprocess.STDOUT,
            cwd=tmp,
        )
    try:
        yield Server(_address(process, log), log, process.pid)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    deadline = time.monotonic() + _PATIENCE
    while not (found := re.search(r" at (http://\S+)", log.read_text())):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)
    return found.group(1).rstrip("/") + "/"


def unframed(answer: bytes) -> tuple[dict[str, Any], bytes]:
    """Header and body of a binary answer."""
    (length,) = struct.unpack_from("<I", answer)
    assert (4 + length) % 8 == 0
    return json.loads(answer[4 : 4 + length]), answer[4 + length :]


def curve(answer: bytes, at: int = 0) -> tuple[dict[str, Any], NDArray[Any], NDArray[Any]]:
    """What is said of one curve in a binary answer, its steps, its values."""
    header, body = unframed(answer)
    told = header["curves"][at]
    steps = np.frombuffer(body, "<f8", told["points"], told["offset"])
    values = np.frombuffer(body, "<f4", told["points"], told["offset"] + 8 * told["points"])
    return told, steps, values

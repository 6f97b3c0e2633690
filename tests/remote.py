"""An S3 server on this machine, and logs put into remote file systems."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def put(system: Any, folder: Path, key: str) -> None:
    """Copies the files below a local folder into a remote one."""
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            system.pipe_file(f"{key}/{file.relative_to(folder).as_posix()}", file.read_bytes())


class Counted:
    """A remote file system that counts what is asked of it.

    Attributes:
        asked: (method, path) in order.
        ranges: (first, last) of each range that was read.
    """

    def __init__(self, system: Any) -> None:
        self._system = system
        self.asked: list[tuple[str, str]] = []
        self.ranges: list[tuple[int, int]] = []

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._system, name)

        def counted(path: str, **more: Any) -> Any:
            self.asked.append((name, path))
            if name == "cat_file":
                self.ranges.append((more["start"], more["end"]))
            return method(path, **more)

        return counted


@contextmanager
def s3() -> Iterator[dict[str, str]]:
    """Runs moto's server; gives the environment in which s3fs finds it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    server = subprocess.Popen(  # noqa: S603  the command is this file's own
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, server)
        yield environment
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("moto's server did not start")


def unique(name: str) -> str:
    """A name that no other test has used: remote file systems outlive a test."""
    return f"{name}-{os.getpid()}-{uuid.uuid4().hex[:8]}"

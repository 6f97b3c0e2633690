"""The loop of --watch: what is printed, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tb_diagnose.cli import main as cli
from tb_diagnose.cli.watch import monitor, watch_logs
from tb_diagnose.core.finding import Severity
from tb_diagnose.live.monitor import Monitor
from tb_diagnose.report.document.schema import RunPart
from tb_diagnose.report.text.screen import Screen
from tests.events import Log
from tests.live.watching import ONLY, Clock

NAN = float("nan")


def watching(folder: Path) -> tuple[Monitor[RunPart], Clock]:
    clock = Clock()
    return monitor([str(folder)], ONLY, clock=clock), clock


def written(
    watched: tuple[Monitor[RunPart], Clock],
    pauses: list[Callable[[], object]],
    screen: Screen | None,
) -> tuple[list[str], int]:
    """What is written while something happens in each pause; Control-C is pressed behind them."""
    texts: list[str] = []
    followed, clock = watched
    waits = iter(pauses)

    def pause(seconds: float) -> None:
        assert seconds >= 7.0
        clock.now += 60.0
        happens = next(waits, None)
        if happens is None:
            raise KeyboardInterrupt
        happens()

    def write(text: str) -> bool:
        texts.append(text)
        return True

    return texts, watch_logs(followed, write, screen, 7.0, pause)


def test_it_says_how_all_runs_fare_then_what_is_new_and_at_the_end_all_again(
    tmp_path: Path,
) -> None:
    with Log(tmp_path / "run") as log:
        log.scalars("loss", [3.0, 2.0])

        def turns() -> None:
            log.scalar("loss", NAN, 2)
            log.flush()

        log.flush()
        texts, highest = written(watching(tmp_path), [turns, lambda: None], Screen())
    first, news, last = texts
    assert first in ("1 run: 1 healthy · 2 points\n", "1 run: 1 undecided · 2 points\n")
    assert news.startswith("✗ run    ")
    assert "CRITICAL  non-finite-values" in news
    assert news.endswith("\n\n")
    assert last == "1 run: 1 critical · 3 points\n"
    assert highest == Severity.CRITICAL.rank


def test_where_nothing_is_yet_it_waits(tmp_path: Path) -> None:
    texts, highest = written(watching(tmp_path / "logs"), [lambda: None], Screen())
    assert texts == ["No event files yet.\n"] * 2
    assert highest == len(Severity)


def test_as_json_it_is_one_object_a_line(tmp_path: Path) -> None:
    with Log(tmp_path / "run") as log:
        log.scalars("loss", [3.0, NAN])

    def mended() -> None:
        with Log(tmp_path / "run", start=1_700_000_100) as other:
            other.scalars("loss", [3.0, 2.0])
        log.path.unlink()

    texts, _ = written(watching(tmp_path), [mended], None)
    found, gone = (json.loads(line) for line in "".join(texts).splitlines())
    assert (found["name"], found["path"]) == ("run", str(tmp_path / "run"))
    assert found["found"]["id"] == "non-finite-values"
    assert gone == {"name": "run", "path": str(tmp_path / "run"), "gone": "non-finite-values"}


def test_it_ends_when_nobody_reads_any_more(tmp_path: Path) -> None:
    with Log(tmp_path / "run") as log:
        log.scalars("loss", [3.0, NAN])
    assert watch_logs(watching(tmp_path)[0], lambda _: False, None, 1.0) == Severity.CRITICAL.rank


@pytest.mark.parametrize(
    ("arguments", "message"),
    (
        (("--output", "report.txt"), "standard output"),
        (("--format", "markdown"), "standard output"),
        (("--jobs", "2"), "drop --jobs"),
        (("--dask", "tcp://10.0.0.1:8786"), "drop --jobs and --dask"),
        (("--as-of", "3"), "drop --as-of"),
        (("--interval", "0"), "not a number of seconds above 0"),
        (("--interval", "soon"), "not a number of seconds above 0"),
    ),
)
def test_what_does_not_go_together_is_said(
    arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["logs", "--watch", *arguments]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.skipif(os.name != "posix", reason="signals of a terminal are a matter of POSIX")
def test_control_c_ends_it_cleanly(tmp_path: Path) -> None:
    with Log(tmp_path / "run") as log:
        log.scalars("loss", [3.0, 2.0])
        log.flush()
        process = subprocess.Popen(  # noqa: S603  the code is this project's own
            [
                *(sys.executable, "-m", "tb_diagnose", str(tmp_path), "--watch"),
                *("--interval", "0.05", "--select", "non-finite-values", "--fail-on", "critical"),
            ],
            cwd=Path(cli.__file__).parents[1],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            # What starts the tests in the background may have them ignore it.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
        )
        assert process.stdout
        assert process.stdout.readline().startswith("1 run: ")
        log.scalar("loss", NAN, 2)
        log.flush()
        while "non-finite-values" not in process.stdout.readline():
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert out.endswith("1 run: 1 critical · 3 points\n")
    assert (process.returncode, err) == (1, "")

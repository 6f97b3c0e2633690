"""The command line: exit codes, what goes where, one sentence for every mistake."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tb_diagnose import __version__, pipeline
from tb_diagnose.cli import faces
from tb_diagnose.cli import main as cli
from tb_diagnose.core.settings import Settings, Vocabulary
from tb_diagnose.pipeline import Found, Options, Overall, Render, Take
from tb_diagnose.read import NothingToRead
from tb_diagnose.report.document.schema import Problem
from tests.fakes import FakeExamination, healthy, sick, unreadable

WORDS = Vocabulary({"dead-relu": ("share",), "overfitting": ()}, ("layers",), ("train_loss",))
Call = Callable[..., tuple[int, str, str]]


class Fake:
    """Stands in for the journey: answers with the runs it was given, remembers the settings."""

    def __init__(self) -> None:
        self.runs: list[FakeExamination] = [healthy(), sick()]
        self.problems: list[Problem] = []
        self.settings = Settings()
        self.options = Options()

    def find(self, paths: Sequence[Path], _: Options) -> Found:
        if not self.runs:
            raise NothingToRead("\n".join(f"there is no folder {path}" for path in paths))
        return Found([], self.problems)

    def examine_all(
        self, found: Found, settings: Settings, render: Render, take: Take, options: Options
    ) -> Overall:
        self.settings, self.options = settings, options
        for run in self.runs:
            take(render(run))
        return Overall((), list(found.problems))


@pytest.fixture
def journey(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Fake:
    fake = Fake()
    monkeypatch.chdir(tmp_path)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for module in (pipeline, faces):
        monkeypatch.setattr(module, "find", fake.find)
        monkeypatch.setattr(module, "examine_all", fake.examine_all)
    monkeypatch.setattr(pipeline, "vocabulary", lambda: WORDS)
    return fake


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    def called(*arguments: str) -> tuple[int, str, str]:
        code = cli.main(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return called


@pytest.mark.usefixtures("journey")
def test_the_report_goes_to_standard_output_without_colours(call: Call) -> None:
    code, out, err = call("logs")
    assert (code, err) == (0, "")
    assert "CRITICAL  learning-rate-too-high" in out
    assert "\x1b" not in out


@pytest.mark.usefixtures("journey")
def test_json_is_the_document_and_nothing_else(call: Call) -> None:
    code, out, _ = call("logs", "--format", "json")
    assert code == 0
    assert json.loads(out)["schema"] == "tb-diagnose/2"


@pytest.mark.usefixtures("journey")
def test_output_goes_to_a_file_in_utf8(call: Call, tmp_path: Path) -> None:
    assert call("logs", "--output", "report.txt") == (0, "", "")
    assert "✓ resnet/seed=1" in (tmp_path / "report.txt").read_text(encoding="utf-8")


@pytest.mark.usefixtures("journey")
def test_an_ending_without_a_format_is_refused(call: Call, tmp_path: Path) -> None:
    code, out, err = call("logs", "--output", "report.pdf")
    assert (code, out) == (2, "")
    assert "name one with --format" in err
    assert not (tmp_path / "report.pdf").exists()
    assert call("logs", "--output", "report.pdf", "--format", "json")[0] == 0


@pytest.mark.usefixtures("journey")
def test_colour_when_asked_for(call: Call) -> None:
    assert "\x1b[31;1m" in call("logs", "--color", "always")[1]


@pytest.mark.usefixtures("journey")
@pytest.mark.parametrize(("severity", "code"), (("critical", 1), ("warning", 1), ("info", 1)))
def test_fail_on_what_is_so_grave_or_graver(call: Call, severity: str, code: int) -> None:
    assert call("logs", "--fail-on", severity)[0] == code


def test_fail_on_does_not_fail_on_healthy_runs(call: Call, journey: Fake) -> None:
    journey.runs = [healthy()]
    assert call("logs", "--fail-on", "info")[0] == 0


def test_where_nothing_could_be_read_the_code_is_2(call: Call, journey: Fake) -> None:
    journey.runs = [unreadable()]
    code, out, _ = call("logs")
    assert code == 2
    assert "git-lfs pointer" in out
    journey.runs = []
    assert call("nope", "nay") == (
        2,
        "",
        "tb-diagnose: there is no folder nope\ntb-diagnose: there is no folder nay\n",
    )


def test_flags_become_settings(call: Call, journey: Fake) -> None:
    call(
        *("logs", "--select", "dead-relu, layers", "--select", "overfitting"),
        *("--ignore", "overfitting", "--limit", "dead-relu.share=0.25"),
        *("--role", "train_loss=a=b", "--jobs", "3", "--no-checksum"),
        *("--baseline", "main", "--as-of", "12"),
    )
    assert journey.settings == Settings(
        select=("dead-relu", "layers", "overfitting"),
        ignore=("overfitting",),
        limits={"dead-relu": {"share": 0.25}},
        roles={"train_loss": "a=b"},
        baseline="main",
    )
    options = journey.options
    assert (options.until, options.jobs, options.checksum) == (12, 3, False)


def test_a_settings_file_is_found(call: Call, journey: Fake, tmp_path: Path) -> None:
    (tmp_path / "tb-diagnose.toml").write_text('ignore = ["layers"]', encoding="utf-8")
    call("logs")
    assert journey.settings.ignore == ("layers",)


@pytest.mark.usefixtures("journey")
@pytest.mark.parametrize(
    ("arguments", "message"),
    (
        ((), "no logs given; name a folder"),
        (("logs", "--select", "dead-rely"), "did you mean 'dead-relu'?"),
        (("logs", "--limit", "dead-relu.share"), "ID.NAME=NUMBER"),
        (("logs", "--limit", "share=3"), "ID.NAME=NUMBER"),
        (("logs", "--limit", "dead-relu.shape=3"), "did you mean 'share'?"),
        (("logs", "--limit", "dead-relu.share=nan"), "ID.NAME=NUMBER"),
        (("logs", "--role", "train_loss"), "ROLE=TAG"),
        (("logs", "--role", "trainloss=x"), "did you mean 'train_loss'?"),
        (("logs", "--jobs", "-1"), "not a number of processes"),
        (("logs", "--format", "pdf"), "invalid choice: 'pdf'"),
        (("logs", "--watch", "--interval", "1e308"), "up to 604,800 (a week)"),
        (("logs", "-q", "-v"), "exclude each other"),
        (("logs", "--watch", "--output", "x.json"), "prints to standard output"),
        (("logs", "--verbos", "--nope"), "--nope"),
        (("logs", "--config", "nope.toml"), "cannot read the settings in nope.toml"),
        (("logs", "--output", "nope/report.txt"), "there is no folder nope"),
        (("logs", "--output", "."), "cannot write ."),
        (("--explain", "no-such-thing-at-all"), "unknown diagnosis"),
    ),
)
def test_one_sentence_for_a_wrong_call(call: Call, arguments: Sequence[str], message: str) -> None:
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("tb-diagnose: ")
    assert message in err
    assert err.count("\n") == 1


def test_being_stopped_is_quiet(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_report", stop)
    assert call("logs") == (130, "", "tb-diagnose: stopped\n")


def python(code: str, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  the code is this file's own
        [sys.executable, "-c", code],
        capture_output=True,
        check=False,
        cwd=Path(cli.__file__).parents[1],
        encoding=encoding,
    )


def test_version_is_told_without_numpy() -> None:
    done = python(
        "import sys\n"
        "sys.modules['numpy'] = None\n"
        "from tb_diagnose.cli.main import main\n"
        "main(['--version'])"
    )
    assert (done.returncode, done.stdout) == (0, f"tb-diagnose {__version__}\n"), done.stderr


def test_a_process_ends_with_its_code_and_all_that_it_said() -> None:
    done = python(
        "import sys\n"
        "from tb_diagnose import __main__ as program\n"
        "def main():\n"
        "    sys.stdout.write('said ' * 100_000)\n"
        "    sys.stderr.write('wrong')\n"
        "    return 2\n"
        "program.main = main\n"
        "program.program()"
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "said " * 100_000, "wrong")


@pytest.mark.usefixtures("journey")
@pytest.mark.parametrize(
    ("name", "start"),
    (
        ("r.txt", "✗ training-configuration"),
        ("r.json", '{"schema":"tb-diagnose/2"'),
        ("r.md", "# tb-diagnose"),
        ("r.sarif", '{\n  "$schema"'),
        ("r.XML", "<?xml"),
    ),
)
def test_the_format_follows_from_the_name_of_the_file(
    call: Call, tmp_path: Path, name: str, start: str
) -> None:
    assert call("logs", "--output", name) == (0, "", "")
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(start)


@pytest.mark.usefixtures("journey")
def test_a_format_that_is_asked_for_wins_over_the_name_of_the_file(
    call: Call, tmp_path: Path
) -> None:
    call("logs", "--output", "r.json", "--format", "markdown")
    assert (tmp_path / "r.json").read_text(encoding="utf-8").startswith("# tb-diagnose")


@pytest.mark.parametrize("flags", ((), ("--fail-on", "critical")))
def test_a_path_that_is_missing_is_wrong_beside_others_that_are_read(
    call: Call, journey: Fake, flags: Sequence[str]
) -> None:
    journey.runs = [healthy()]
    journey.problems = [Problem(path="x", message="there is no folder x")]
    code, out, _ = call("logs", "x", *flags)
    assert code == 2
    assert "✗ there is no folder x" in out


def test_fail_on_does_not_trust_what_could_not_be_read(call: Call, journey: Fake) -> None:
    journey.runs = [healthy(), unreadable()]
    assert call("logs")[0] == 0
    assert call("logs", "--fail-on", "critical")[0] == 1


@pytest.mark.usefixtures("journey")
def test_one_line_a_run_where_it_is_to_be_quiet(call: Call) -> None:
    _, out, _ = call("logs", "-q")
    assert [line[:1] for line in out.splitlines() if line] == ["✗", "✓", "2"]


@pytest.mark.usefixtures("journey")
def test_a_pipe_respects_the_width_and_the_colors_that_are_asked_for(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert max(map(len, call("logs")[1].splitlines())) <= 60
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in call("logs")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in call("logs")[1]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("arguments", (("--help",), ("--version",), ("--catalog",)))
def test_a_full_standard_output_is_told(arguments: Sequence[str]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(  # noqa: S603  this package's own program
            [sys.executable, "-m", "tb_diagnose", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            encoding="utf-8",
        )
    assert done.returncode == 2
    assert done.stderr == "tb-diagnose: cannot print: No space left on device\n"


def test_a_process_without_output_still_tells_by_its_code(tmp_path: Path) -> None:
    done = python(
        "import os, sys\n"
        "from tb_diagnose import __main__ as program\n"
        "sys.stdout = sys.stderr = None\n"
        f"sys.argv = ['tb-diagnose', {str(tmp_path)!r}]\n"
        "program.program()"
    )
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


def test_a_reader_that_goes_away_is_no_error() -> None:
    done = python(
        "import os, sys\n"
        "from tb_diagnose.cli import console\n"
        "read, write = os.pipe()\n"
        "os.dup2(write, 1); os.close(read)\n"
        "assert not console.write('x' * 100000)\n"
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_characters_that_the_terminal_lacks_do_no_harm() -> None:
    done = python(
        "import sys\n"
        "sys.stdout.reconfigure(encoding='latin-1')\n"
        "from tb_diagnose.cli import console\n"
        "print(console.screen(color='auto', file=None).unicode)\n"
        "console.write('caf\\u00e9 \\u2717\\n')",
        encoding="latin-1",
    )
    assert (done.returncode, done.stdout) == (0, "False\ncafé ?\n"), done.stderr


def test_html_is_the_page_with_everything_in_it(
    call: Call, journey: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "index.js.gz"
    bundle.write_bytes(gzip.compress(b"// the page"))
    monkeypatch.setattr("tb_diagnose.report.html._BUNDLE", bundle)
    code, out, _ = call("logs", "--format", "html")
    assert code == 0
    assert journey.runs
    assert 'id="carried"' in out
    assert "// the page" in out


def test_html_without_its_page_is_wrong(
    call: Call, journey: Fake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert journey.runs
    monkeypatch.setattr("tb_diagnose.report.html._BUNDLE", tmp_path / "index.js.gz")
    code, _, err = call("logs", "--format", "html")
    assert code == 2
    assert "npm run build" in err

"""Settings: where they are found, how flags overrule them, what a mistake is answered with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tb_diagnose.core.settings import Settings, SettingsError, Vocabulary, check, load

WORDS = Vocabulary(
    limits={"dead-relu": ("share", "window"), "overfitting": ()},
    families=("layers", "generalization"),
    roles=("train_loss", "val_loss"),
)


def written(folder: Path, text: str, name: str = "tb-diagnose.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_a_file_can_say(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        """
        [tool.black]
        line-length = 100
        [tool.tb-diagnose]
        select = ["layers"]
        ignore = ["overfitting"]
        baseline = "main/seed=1"
        [tool.tb-diagnose.limits.dead-relu]
        share = 1
        [tool.tb-diagnose.roles]
        train_loss = "my/loss"
        """,
        "pyproject.toml",
    )
    expected = Settings(
        select=("layers",),
        ignore=("overfitting",),
        limits={"dead-relu": {"share": 1.0}},
        roles={"train_loss": "my/loss"},
        baseline="main/seed=1",
    )
    assert load(Settings(), file=file) == expected
    assert load(Settings(baseline="other"), file=file).baseline == "other"
    assert load(Settings(), directory=tmp_path) == expected
    assert check(expected, WORDS) == expected


def test_what_is_ignored_may_have_a_reason(tmp_path: Path) -> None:
    file = written(tmp_path, 'ignore.dead-relu = "sparse by design"\nignore.overfitting = ""')
    settings = check(load(Settings(), file=file), WORDS)
    assert settings.ignore == ("dead-relu", "overfitting")
    assert settings.reasons == {"dead-relu": "sparse by design"}
    spared = load(Settings(select=("dead-relu",)), file=file)
    assert (spared.ignore, spared.reasons) == (("overfitting",), {})


def test_the_nearest_file_with_settings_counts(tmp_path: Path) -> None:
    inner = tmp_path / "project" / "logs"
    inner.mkdir(parents=True)
    written(tmp_path, 'select = ["far"]')
    assert load(Settings(), directory=inner).select == ("far",)
    written(tmp_path / "project", "[project]\nname = 'x'", "pyproject.toml")
    assert load(Settings(), directory=inner).select == ("far",)
    written(tmp_path / "project", 'select = ["near"]')
    assert load(Settings(), directory=inner).select == ("near",)


def test_no_file_no_settings(tmp_path: Path) -> None:
    written(tmp_path, "[tool.tb-diagnose]", "pyproject.toml")
    assert load(Settings(), directory=tmp_path) == Settings()


def test_flags_overrule_a_file_word_by_word(tmp_path: Path) -> None:
    written(
        tmp_path,
        """
        select = ["a"]
        ignore = ["b", "c"]
        [limits.dead-relu]
        share = 1
        window = 2
        [roles]
        train_loss = "x"
        val_loss = "y"
        """,
    )
    flags = Settings(("b",), ("d",), {"dead-relu": {"share": 3.0}}, {"train_loss": "z"})
    assert load(flags, directory=tmp_path) == Settings(
        select=("b",),
        ignore=("c", "d"),
        limits={"dead-relu": {"share": 3.0, "window": 2.0}},
        roles={"train_loss": "z", "val_loss": "y"},
    )


@pytest.mark.parametrize(
    ("text", "message"),
    (
        ("select = 'dead-relu'", "select must be a list"),
        ("ignore = [1]", "ignore must be a list"),
        ("ignore.layers = 1", "ignore.layers must be the reason in quotes"),
        ("selekt = []", "unknown setting 'selekt'; did you mean 'select'?"),
        ("limits = 3", "limits must be a table"),
        ("[limits]\ndead-relu = 3", "limits.dead-relu must be a table"),
        ("[limits.dead-relu]\nshare = 'x'", "dead-relu.share must be a number, not 'x'"),
        ("[limits.dead-relu]\nshare = true", "dead-relu.share must be a number, not True"),
        ("[limits.dead-relu]\nshare = nan", "dead-relu.share must be a number, not nan"),
        ("[roles]\ntrain_loss = 3", "roles.train_loss must be a tag in quotes"),
        ("roles = [", "not valid TOML"),
    ),
)
def test_a_wrong_file_is_answered_with_the_cure(tmp_path: Path, text: str, message: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(SettingsError) as error:
        load(Settings(), file=file)
    assert message in str(error.value)
    assert str(file) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", (None, b"\xff\xfe"))
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "settings.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(SettingsError, match="cannot read the settings"):
        load(Settings(), file=file)


def test_a_pyproject_that_was_named_must_have_the_table(tmp_path: Path) -> None:
    file = written(tmp_path, "[project]\nname = 'x'", "pyproject.toml")
    with pytest.raises(SettingsError, match="has no table"):
        load(Settings(), file=file)


@pytest.mark.parametrize(
    ("settings", "message"),
    (
        (
            Settings(select=("dead-rely",)),
            "unknown diagnosis 'dead-rely'; did you mean 'dead-relu'",
        ),
        (Settings(ignore=("layer",)), "unknown diagnosis 'layer'; did you mean 'layers'?"),
        (Settings(limits={"layers": {}}), "unknown diagnosis 'layers'"),
        (Settings(limits={"dead-relu": {"shar": 1.0}}), "limit of dead-relu 'shar'; did you mean"),
        (Settings(limits={"overfitting": {"x": 1.0}}), "limit of overfitting 'x'; it has none"),
        (Settings(roles={"x": "y"}), "unknown role 'x'; choose from train_loss, val_loss"),
    ),
)
def test_an_unknown_word_is_answered_with_the_nearest(settings: Settings, message: str) -> None:
    with pytest.raises(SettingsError) as error:
        check(settings, WORDS)
    assert message in str(error.value)


@pytest.mark.parametrize(
    "text",
    (
        f"select = {'[' * 5000}{']' * 5000}",
        f"[limits.dead-relu]\nshare = {'9' * 400}",
        f"[limits.dead-relu]\nshare = {'9' * 9000}",
        f"baseline = {'9' * 4000}",
        "a." * 3000 + "b = 1",
    ),
)
def test_whatever_a_file_holds_its_error_is_a_sentence(tmp_path: Path, text: str) -> None:
    file = tmp_path / "tb-diagnose.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as error:
        load(Settings(), file=file)
    message = str(error.value)
    assert "\n" not in message
    assert len(message) < 500

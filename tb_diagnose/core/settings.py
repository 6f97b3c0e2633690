"""What a user may decide: which diagnoses run, their limits, which tag plays which role."""

from __future__ import annotations

import math
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NamedTuple

#: Characters of a value that are shown in a message.
_LONGEST = 60
_KEYS = ("select", "ignore", "limits", "roles", "baseline")


class SettingsError(Exception):
    """A setting that cannot be meant; the message is one sentence with the cure."""


@dataclass(frozen=True)
class Settings:
    """A user's choices, from a configuration file and flags.

    Attributes:
        select: only these diagnoses (ids or families); empty for all.
        ignore: not these diagnoses (ids or families).
        limits: diagnosis id → name of a limit → value to use instead of the default.
        roles: role → curve to use for it (``Series.name`` or a bare tag), or ``""`` for none.
        baseline: name of the run that the others are compared with, or ``""``.
        reasons: why diagnoses are ignored, by the word in ``ignore``, where the file says so.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    limits: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    baseline: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)


class Vocabulary(NamedTuple):
    """The words that settings may use.

    Attributes:
        limits: diagnosis id → names of its limits; its keys are all diagnoses there are.
        families: names of the families.
        roles: names of the roles.
    """

    limits: Mapping[str, Collection[str]]
    families: Collection[str]
    roles: Collection[str]


def load(flags: Settings, *, file: Path | None = None, directory: Path | None = None) -> Settings:
    """The settings of a file, overruled by flags.

    The file is ``file``, or else the nearest ``tb-diagnose.toml``, or ``pyproject.toml`` with a
    table ``[tool.tb-diagnose]``, in ``directory`` (default: the working directory) or above it.
    Raises SettingsError where it cannot be read or does not say what it should.
    """
    table, source = ({}, "") if file is None else (_table(file), str(file))
    if file is None:
        for path in _candidates(directory or Path.cwd()):
            if path.is_file() and (found := _table(path)) is not None:
                table, source = found, str(path)
                break
    if table is None:
        raise SettingsError(f"{source} has no table [tool.tb-diagnose]; add it or drop --config")
    return merged(_parsed(table, source), flags)


def merged(file: Settings, flags: Settings) -> Settings:
    """Flags over a file: what ``select`` names on the command line, a file's ``ignore`` spares."""
    kept = tuple(word for word in file.ignore if word not in flags.select)
    limits = {each: {**file.limits.get(each, {}), **named} for each, named in flags.limits.items()}
    return Settings(
        select=flags.select or file.select,
        ignore=(*kept, *(word for word in flags.ignore if word not in kept)),
        reasons={word: file.reasons[word] for word in kept if word in file.reasons},
        limits={**file.limits, **limits},
        roles={**file.roles, **flags.roles},
        baseline=flags.baseline or file.baseline,
    )


def check(settings: Settings, vocabulary: Vocabulary) -> Settings:
    """The same settings. Raises SettingsError at the first word that is not in the vocabulary."""
    diagnoses = [*vocabulary.limits, *vocabulary.families]
    for word in (*settings.select, *settings.ignore):
        _known(word, diagnoses, "diagnosis")
    for identity, limits in settings.limits.items():
        _known(identity, vocabulary.limits, "diagnosis")
        for name in limits:
            _known(name, vocabulary.limits[identity], f"limit of {identity}")
    for role in settings.roles:
        _known(role, vocabulary.roles, "role")
    return settings


def _known(word: str, known: Collection[str], what: str) -> None:
    if word in known:
        return
    near = get_close_matches(word, known, n=1)
    listed = f"choose from {', '.join(known)}" if known else "it has none"
    raise SettingsError(
        f"unknown {what} {word!r}; {f'did you mean {near[0]!r}?' if near else listed}"
    )


def _candidates(directory: Path) -> Iterator[Path]:
    for folder in (directory.resolve(), *directory.resolve().parents):
        yield folder / "tb-diagnose.toml"
        yield folder / "pyproject.toml"


def _table(path: Path) -> Mapping[str, Any] | None:
    """The settings in a file; None for a pyproject.toml that has none."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        whole: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is not UTF-8 text"
        raise SettingsError(f"cannot read the settings in {path}: {why}") from error
    except RecursionError as error:
        raise SettingsError(f"{path} nests its tables too deeply; flatten them") from error
    except ValueError as error:  # TOML that is wrong, or a number of thousands of digits
        raise SettingsError(f"{path} is not valid TOML, correct it: {_line(error)}") from error
    if path.name != "pyproject.toml":
        return whole
    tool = whole.get("tool")
    settings: Mapping[str, Any] | None = None
    if isinstance(tool, dict):
        settings = tool.get("tb-diagnose")
    return settings


def _parsed(table: Any, source: str) -> Settings:
    try:
        for key in _typed(table, dict, "[tool.tb-diagnose]", "a table"):
            _known(key, _KEYS, "setting")
        ignored = _ignored(table)
        return Settings(
            select=_words(table, "select"),
            ignore=tuple(ignored),
            reasons={word: reason for word, reason in ignored.items() if reason},
            limits={
                identity: {
                    name: number(value, f"{identity}.{name}") for name, value in each.items()
                }
                for identity, each in _tables(table).items()
            },
            roles={
                role: _typed(tag, str, f"roles.{role}", "a tag in quotes")
                for role, tag in _typed(table.get("roles", {}), dict, "roles", "a table").items()
            },
            baseline=_typed(table.get("baseline", ""), str, "baseline", "a run's name in quotes"),
        )
    except SettingsError as error:
        raise SettingsError(f"{source}: {error}") from error


def number(value: Any, name: str) -> float:
    """The value of a limit. Raises SettingsError where it is no number."""
    try:
        limit = math.nan if isinstance(value, bool | str) else float(value)
    except OverflowError:
        raise SettingsError(f"the limit {name} must be a number below 1e308") from None
    except TypeError:
        limit = math.nan
    if math.isnan(limit):
        raise SettingsError(f"the limit {name} must be a number, not {_shown(value)}")
    return limit


def _shown(value: Any) -> str:
    """A value in a message, however large it is."""
    if isinstance(value, dict | list):
        return "a table" if isinstance(value, dict) else "a list"
    try:
        text = repr(value)
    except ValueError:  # an integer of thousands of digits
        return "a number of thousands of digits"
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _line(error: Exception) -> str:
    """The first line of what an error says, shortened."""
    return str(error).partition("\n")[0][:200]


def _words(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    words = _typed(table.get(key, []), list, key, 'a list such as ["dead-relu"]')
    return tuple(_typed(word, str, key, 'a list such as ["dead-relu"]') for word in words)


def _ignored(table: Mapping[str, Any]) -> Mapping[str, str]:
    """What is ignored, and why: a list of words, or ``ignore.dead-relu = "sparse by design"``."""
    ignored = table.get("ignore", [])
    if not isinstance(ignored, dict):
        return dict.fromkeys(_words(table, "ignore"), "")
    return {
        word: _typed(reason, str, f"ignore.{word}", "the reason in quotes")
        for word, reason in ignored.items()
    }


def _tables(table: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    limits = _typed(table.get("limits", {}), dict, "limits", "a table")
    shape = "a table such as [tool.tb-diagnose.limits.dead-relu]"
    return {
        identity: _typed(each, dict, f"limits.{identity}", shape)
        for identity, each in limits.items()
    }


def _typed(value: Any, kind: type, name: str, shape: str) -> Any:
    if not isinstance(value, kind):
        raise SettingsError(f"{name} must be {shape}, not {_shown(value)}")
    return value

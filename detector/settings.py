"""Settles each option. Precedence: flag > BREACHLINE_* variable > TOML file > default."""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

from detector.config import OPTIONS, Config
from detector.errors import ConfigError
from detector.options import flag, variable


class Setting(NamedTuple):
    """An option's value and where it comes from.

    Attributes:
        name: of the option.
        value: validated.
        origin: flag, variable or file that gave it; "default" where none did.
    """

    name: str
    value: Any
    origin: str


def load(given: Mapping[str, str | None], environment: Mapping[str, str] = os.environ) -> Config:
    """Makes the Config of one run. See `settle`."""
    return Config(**{item.name: item.value for item in settle(given, environment)})


def settle(
    given: Mapping[str, str | None], environment: Mapping[str, str] = os.environ
) -> list[Setting]:
    """Settles and validates every option.

    Args:
        given: flags by option name, and the TOML file's path as `config`; None where absent.
        environment: variables.

    Raises:
        ConfigError: a value cannot be used, or the file cannot be read or has an unknown key.
    """
    place, contents = _file(given.get("config") or environment.get("BREACHLINE_CONFIG"))
    settled = []
    for item in fields(Config):
        name = item.name
        spelled: list[tuple[Any, str]] = [
            (given.get(name), flag(name)),
            (environment.get(variable(name)), variable(name)),
            (contents.get(name), f"{name} in {place}"),
        ]
        found = next(((value, origin) for value, origin in spelled if value is not None), None)
        if found is None:
            settled.append(Setting(name, item.default, "default"))
        else:
            settled.append(Setting(name, _read(name, *found), found[1]))
    return settled


def nearest(name: str, known: Mapping[str, object]) -> str | None:
    """Returns the known name that `name` may be a misspelling of."""
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=0.75)), None)


def misspelled(environment: Mapping[str, str] = os.environ) -> list[tuple[str, str]]:
    """Returns BREACHLINE_* variables that no option reads but that nearly name one, with that one.

    They are no error: Kubernetes sets variables of that prefix for a service named breachline.
    """
    known = dict.fromkeys((*map(variable, OPTIONS), "BREACHLINE_CONFIG"))
    strange = [name for name in environment if name.startswith("BREACHLINE_") and name not in known]
    return [(name, near) for name in strange if (near := nearest(name, known))]


def _read(name: str, found: Any, origin: str) -> object:  # noqa: ANN401 - what was given
    declared = OPTIONS[name]
    try:
        return declared.kind.read(found)
    except (ValueError, TypeError, OverflowError):
        shown = "a value that cannot be used" if declared.secret else repr(found)
        raise ConfigError(
            f"{name}: found {shown} ({origin}), expected {declared.kind.expected}."
        ) from None


def _file(given: str | None) -> tuple[str, dict[str, Any]]:
    if not given:
        return "", {}
    try:
        contents = tomllib.loads(Path(given).read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(
            f"config: {given} cannot be read: {error.strerror}. "
            "Correct --config or BREACHLINE_CONFIG."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"config: {given} is not TOML: {error}.") from None
    for name in contents:
        if name not in OPTIONS:
            near = nearest(name, OPTIONS)
            hint = f"did you mean {near}?" if near else f"known are {', '.join(OPTIONS)}."
            raise ConfigError(f"config: {given} has the key {name}, which is no option; {hint}")
    return given, contents

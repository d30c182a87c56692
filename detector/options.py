"""What an option is: declared once on a field of Config, spelled as flag, variable and TOML key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

import click

from detector.client_address import Network

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., object])


class Kind(Protocol[T_co]):
    """Reads a value of one kind, whichever spelling it comes from.

    Attributes:
        metavar: what stands for the value in a command's help.
        expected: the values that it takes, to end the sentence "expected …".
    """

    @property
    def metavar(self) -> str: ...  # noqa: D102 - see above
    @property
    def expected(self) -> str: ...  # noqa: D102 - see above

    def read(self, found: object) -> T_co:
        """Reads text (flag, variable) or a TOML value; raises ValueError or TypeError."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few names."""

    names: tuple[str, ...]

    @property
    def metavar(self) -> str:
        """The names."""
        return "|".join(self.names)

    @property
    def expected(self) -> str:
        """The names."""
        return " or ".join(self.names)

    def read(self, found: object) -> str:
        """Returns the name."""
        if found not in self.names:
            raise ValueError
        return str(found)


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number from `low` to `high`."""

    low: int
    high: int

    metavar = "N"

    @property
    def expected(self) -> str:
        """The range."""
        return f"a whole number from {self.low:,} to {self.high:,}"

    def read(self, found: object) -> int:
        """Returns the number."""
        value = int(_of(found, int, str))
        if not self.low <= value <= self.high:
            raise ValueError
        return value


@dataclass(frozen=True, slots=True)
class Real:
    """A number from `low` to `high`."""

    low: float
    high: float

    metavar = "NUMBER"

    @property
    def expected(self) -> str:
        """The range."""
        return f"a number from {self.low:g} to {self.high:g}"

    def read(self, found: object) -> float:
        """Returns the number."""
        value = float(_of(found, int, float, str))
        if not self.low <= value <= self.high:  # refuses nan too
            raise ValueError
        return value


@dataclass(frozen=True, slots=True)
class Names:
    """Some of a set of names: text with commas between, or a TOML array. May be empty."""

    names: tuple[str, ...]

    metavar = "NAME,…"

    @property
    def expected(self) -> str:
        """The names."""
        return f"names among {', '.join(self.names)}"

    def read(self, found: object) -> tuple[str, ...]:
        """Returns the names found."""
        names = _listed(found)
        if not set(names) <= set(self.names):
            raise ValueError
        return names


@dataclass(frozen=True, slots=True)
class Networks:
    """IP addresses and networks: text with commas between, or a TOML array. May be empty."""

    metavar = "CIDR,…"
    expected = "addresses or networks such as 10.0.0.0/8, host bits zero, commas between"

    def read(self, found: object) -> tuple[Network, ...]:
        """Returns the networks; an address is a network of one."""
        return tuple(ip_network(name) for name in _listed(found))


@dataclass(frozen=True, slots=True)
class Place:
    """A path, relative to where the command is run."""

    metavar = "PATH"
    expected = "a path"

    def read(self, found: object) -> Path:
        """Returns the path; whether anything is there is for its reader to say."""
        if not found:
            raise ValueError
        return Path(_of(found, str)).expanduser()


def _of(found: object, *types: type) -> Any:  # noqa: ANN401 - one of `types`
    if isinstance(found, bool) or not isinstance(found, types):
        raise TypeError
    return found


def _listed(found: object) -> tuple[str, ...]:
    if isinstance(found, str):
        found = [name for part in found.split(",") if (name := part.strip())]
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise TypeError
    return tuple(dict.fromkeys(found))


class Option(NamedTuple):
    """What goes with a field of Config.

    Attributes:
        kind: reads its value.
        help: for --help and the reference.
        default: what its default is, in words.
        commands: those whose flags include it.
        secret: its value is never shown.
    """

    kind: Kind[object]
    help: str
    default: str
    commands: frozenset[str]
    secret: bool


def option(
    default: T,
    kind: Kind[T],
    help: str,  # noqa: A002 - click's name for it
    *,
    commands: str,
    shown: str | None = None,
    secret: bool = False,
) -> T:
    """Declares a field of Config.

    Args:
        default: its value where nothing gives one.
        kind: reads its value.
        help: what it does, with the unit.
        commands: those whose flags include it, a space between.
        shown: the default in words, where the value itself does not say it.
        secret: its value is never shown.
    """
    words = shown if shown is not None else str(default)
    declared = Option(kind, help, words, frozenset(commands.split()), secret)
    return field(default=default, repr=not secret, metadata={"option": declared})


def flag(name: str) -> str:
    """Returns the flag that spells option `name`."""
    return "--" + name.replace("_", "-")


def variable(name: str) -> str:
    """Returns the environment variable that spells option `name`."""
    return "BREACHLINE_" + name.upper()


def flags(options: dict[str, Option], command: str) -> Callable[[F], F]:
    """Gives a click command the flags that `options` declare for it. Values arrive as text."""

    def decorate(function: F) -> F:
        for name, declared in reversed(options.items()):
            if command in declared.commands:
                words = f"{declared.help}  [{variable(name)}; default: {declared.default}]"
                function = click.option(
                    flag(name), name, metavar=declared.kind.metavar, help=words
                )(function)
        return click.option(
            "--config",
            metavar="FILE",
            help="TOML file with any option as a key.  [BREACHLINE_CONFIG]",
        )(function)

    return decorate

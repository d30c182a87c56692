"""Kinds of option values that only the daemon has; see options.Kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from detector.kafka_settings import Start


class Address(NamedTuple):
    """A host, and a port to listen on; port 0 is any free one."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Words:
    """Any names: text with commas between, or a TOML array."""

    expected: str
    metavar = "NAME,…"

    def read(self, found: object) -> tuple[str, ...]:
        """Returns the names, at least one."""
        if isinstance(found, str):
            found = [name for part in found.split(",") if (name := part.strip())]
        if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
            raise TypeError
        if not found:
            raise ValueError
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class Word:
    """Any text but an empty one."""

    expected: str
    metavar = "TEXT"

    def read(self, found: object) -> str:
        """Returns the text."""
        if not isinstance(found, str):
            raise TypeError
        if not found:
            raise ValueError
        return found


@dataclass(frozen=True, slots=True)
class Listen:
    """Where to listen."""

    metavar = "HOST:PORT"
    expected = "HOST:PORT, such as 127.0.0.1:9464; port 0 takes any free one"

    def read(self, found: object) -> Address:
        """Returns the address. An IPv6 host stands in brackets."""
        if not isinstance(found, str):
            raise TypeError
        host, colon, port = found.rpartition(":")
        number = int(port)
        if not colon or not 0 <= number < 2**16:
            raise ValueError
        return Address(host.strip("[]"), number)


@dataclass(frozen=True, slots=True)
class Begin:
    """Where to begin in a partition that the group has no commit for."""

    metavar = "earliest|latest|TIME"
    expected = "earliest, latest, or a time such as 2030-01-31T12:00:00+00:00 (UTC if it says none)"

    def read(self, found: object) -> Start:
        """Returns an end of the log, or Unix seconds."""
        if found in ("earliest", "latest"):
            return "earliest" if found == "earliest" else "latest"
        moment = found if isinstance(found, datetime) else datetime.fromisoformat(str(found))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()

"""What a log format is made of. A format is one file here and one line in auto.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from detector.formats.json_object import load
from detector.formats.line import trimmed
from detector.types import Request


class JsonFormat(NamedTuple):
    """A format whose lines are JSON objects.

    Attributes:
        name: for --format.
        recognises: tells by the names in an object whether it is of this format.
        read: makes a request of an object; raises MalformedRecord.
    """

    name: str
    recognises: Callable[[dict[str, Any]], bool]
    read: Callable[[dict[str, Any]], Request]

    def parse(self, value: bytes) -> Request:
        """Reads one record. Raises MalformedRecord and nothing else."""
        return self.read(load(trimmed(value)))


class LineFormat(NamedTuple):
    """A format whose lines are text.

    Attributes:
        name: for --format.
        recognises: tells by a cheap look whether a line may be of this format.
        read: makes a request of a trimmed line; raises MalformedRecord.
    """

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[bytes], Request]

    def parse(self, value: bytes) -> Request:
        """Reads one record. Raises MalformedRecord and nothing else."""
        return self.read(trimmed(value))

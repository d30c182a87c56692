"""What can go wrong, by whose fault it is. Every message says what was found, expected, to do."""

from __future__ import annotations

from detector.types import Reason


class BreachlineError(Exception):
    """A fault to show to the person who runs Breachline, without a traceback."""

    exit_code = 1


class ConfigError(BreachlineError):
    """A setting that cannot be used."""

    exit_code = 78  # EX_CONFIG of sysexits.h


class BundleError(BreachlineError):
    """A model bundle that cannot be loaded or verified."""

    exit_code = 78


class SourceError(BreachlineError):
    """A source that cannot be read."""


class SinkError(BreachlineError):
    """A sink that did not take what was sent."""


class MalformedRecord(Exception):
    """A record that a parser cannot read; becomes a Rejection, never ends the stream.

    Attributes:
        reason: one of the fixed set.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason

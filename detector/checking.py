"""Says of each thing that Breachline needs whether it is in order, without starting anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from detector import bundle
from detector.config import OPTIONS, Config
from detector.errors import BreachlineError
from detector.settings import Setting, misspelled, settle
from detector.wiring import build_detector


class Finding(NamedTuple):
    """One verdict.

    Attributes:
        subject: what was looked at.
        verdict: "ok", "note" or "FAILED".
        detail: what was found, and what to do where it is not in order.
    """

    subject: str
    verdict: str
    detail: str


def check(given: Mapping[str, str | None]) -> Iterator[Finding]:
    """Looks at the configuration, then at the bundle, then at Kafka if there are topics to read.

    Args:
        given: flags by option name.
    """
    try:
        settings = settle(given)
    except BreachlineError as error:
        yield Finding("configuration", "FAILED", str(error))
        return
    yield Finding("configuration", "ok", _told(settings))
    for name, near in misspelled():
        yield Finding("configuration", "note", f"{name} is no option; did you mean {near}?")
    config = Config(**{setting.name: setting.value for setting in settings})
    yield _bundle(config)
    if config.topics:
        yield from _kafka(config)


def _kafka(config: Config) -> Iterator[Finding]:
    from detector import running  # noqa: PLC0415 - Kafka's client is slow to import

    try:
        for subject, fact, problem in running.check_kafka(config):
            yield Finding(subject, "FAILED" if problem else "ok", problem or fact)
    except BreachlineError as error:
        yield Finding("kafka", "FAILED", str(error))


def _told(settings: list[Setting]) -> str:
    """Returns the settings that are not left at their defaults, each with who gave it."""
    changed = [
        f"{name}={'(hidden)' if OPTIONS[name].secret else _plain(value)} ({origin})"
        for name, value, origin in settings
        if origin != "default"
    ]
    return "; ".join(changed) or "all at their defaults"


def _plain(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _bundle(config: Config) -> Finding:
    try:
        detector = build_detector(config)
        spec = bundle.load(config.bundle).spec
        detector.scorer.score([b"GET /"])
    except BreachlineError as error:
        return Finding("bundle", "FAILED", str(error))
    return Finding(
        "bundle",
        "ok",
        f"{detector.bundle} at {config.bundle}: LSTM of {spec.network.units} units, "
        f"{len(spec.families)} families, reads {', '.join(detector.fields)}, "
        f"threshold {detector.threshold:g}",
    )

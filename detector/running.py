"""The commands that speak to Kafka: run, test-alert, and the broker's part of check."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing

import structlog

from detector import __version__, kafka_logs
from detector.config import Config
from detector.detection import Detector
from detector.ecs import document
from detector.errors import ConfigError
from detector.health import HealthServer
from detector.kafka_check import Finding, inspect, require
from detector.metrics import Metrics
from detector.status import Status
from detector.types import Alert, Evidence, Origin, Record, Request
from detector.watchdog import Watchdog
from detector.wiring import build_daemon, build_sink, cluster

_log = structlog.get_logger()


def run(config: Config, detector: Detector) -> None:
    """Reads the topics until a signal comes.

    Raises:
        ConfigError: no topic is given, one is both read and written, or the address to listen on
            cannot be had.
        SourceError: the broker, a topic or a right is missing.
    """
    _require_topics(config)
    kafka_logs.adopt()
    metrics, status = Metrics(), Status()
    metrics.threshold.set(detector.threshold)
    for family in detector.families:
        metrics.alerts.labels(family)
    metrics.bundle.info({"bundle": detector.bundle, "breachline": __version__})
    with closing(HealthServer(*config.listen, metrics, status)) as server:
        _log.info("health.listening", address=server.address)
        require(
            cluster(config),
            config.topics,
            (config.alert_topic, config.dead_letter_topic),
            config.group,
        )
        with closing(Watchdog(status, metrics, config.stall_seconds)) as watchdog:
            watchdog.start()
            daemon = build_daemon(config, detector, metrics, status)
            _log.info("daemon.started", topics=config.topics, group=config.group)
            daemon.run()


def test_alert(config: Config) -> Alert:
    """Sends one alert, marked as a test in its family, reason and tags, and waits for it.

    Returns:
        The alert, which the alert topic now holds.

    Raises:
        SourceError: the broker, the topic or the right to write it is missing.
        SinkError: it was not acknowledged.
    """
    kafka_logs.adopt()
    require(cluster(config), (), (config.alert_topic,), None)
    alert = _test_alert()

    def marked(item: Alert) -> dict[str, object]:
        fields = document(item)
        fields["event"]["reason"] = "Test alert sent by `breachline test-alert`; no attack."
        return {**fields, "tags": ["breachline-test"]}

    with closing(build_sink(config, Metrics(), marked)) as sink:
        sink.send([alert])
    return alert


def check_kafka(config: Config) -> Iterator[Finding]:
    """Looks at broker, topics and rights; nothing is joined or written.

    Raises:
        SourceError: no broker answered, or it refused the credentials.
    """
    _require_topics(config)
    kafka_logs.adopt()
    yield from inspect(
        cluster(config),
        config.topics,
        (config.alert_topic, config.dead_letter_topic),
        config.group,
    )


def _require_topics(config: Config) -> None:
    if not config.topics:
        raise ConfigError("topics: none given. Name those to read with --topics.")
    both = {config.alert_topic, config.dead_letter_topic}.intersection(config.topics)
    if both:
        raise ConfigError(
            f"topics: {', '.join(sorted(both))} is read and written, which would never end. "
            "Give alerts and dead letters topics of their own."
        )


def _test_alert() -> Alert:
    now = time.time()
    text = "/breachline-test-alert"
    return Alert(
        record=Record(Origin("breachline-test-alert", None, time.time_ns()), now, b""),
        request=Request("GET", text, timestamp=now, client_address="192.0.2.1"),
        score=1.0,
        threshold=1.0,
        family="test",
        evidence=Evidence("path", text, 4, 4 + len(text)),
        bundle="none",
        created=now,
    )

"""One frozen Config: every option, declared once. See settings.py for where values come from."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

from detector.bundle import DEFAULT_PATH
from detector.client_address import Network
from detector.formats.auto import FORMATS
from detector.kafka_options import Address, Begin, Listen, Word, Words
from detector.kafka_settings import MECHANISMS, PROTOCOLS, Start
from detector.options import (
    Choice,
    Integer,
    Names,
    Networks,
    Option,
    Place,
    Real,
    option,
)
from detector.text import DEFAULT_STRIP, STRIPPABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every setting, validated. A field here is an option of the commands that it names."""

    format: str = option(
        "auto",
        Choice(FORMATS),
        "Log format; auto tells it line by line.",
        commands="scan explain check run tail",
    )
    strip: tuple[str, ...] = option(
        DEFAULT_STRIP,
        Names(tuple(STRIPPABLE)),
        "Record fields that the model does not read.",
        commands="scan explain check run tail",
        shown=",".join(DEFAULT_STRIP),
    )
    trusted_proxies: tuple[Network, ...] = option(
        (),
        Networks(),
        "Proxies whose X-Forwarded-For is believed.",
        commands="scan explain check run tail",
        shown="none",
    )
    bundle: Path = option(
        DEFAULT_PATH,
        Place(),
        "Model bundle to score with.",
        commands="scan explain check run tail",
        shown="the one that ships",
    )
    threshold: float | None = option(
        None,
        Real(0, 1),
        "Score at or above which a record is an alert.",
        commands="scan explain check run tail",
        shown="the bundle's",
    )
    threads: int = option(
        0,
        Integer(0, 1024),
        "Threads to score with; 0 takes every core.",
        commands="scan explain check run tail",
    )
    batch_records: int = option(
        4096,
        Integer(1, 1_000_000),
        "Most records to score at a time.",
        commands="scan run tail check",
    )
    max_record_bytes: int = option(
        1 << 20,
        Integer(1, 1 << 30),
        "Longest record to read; a longer one is rejected as too_large.",
        commands="scan explain check run tail",
    )
    bootstrap_servers: tuple[str, ...] = option(
        ("localhost:9092",),
        Words("brokers as HOST:PORT, commas between"),
        "Some of the Kafka cluster's brokers.",
        commands="run test-alert check",
        shown="localhost:9092",
    )
    topics: tuple[str, ...] = option(
        (),
        Words("names of topics, commas between"),
        "Topics to read.",
        commands="run check",
        shown="none",
    )
    group: str = option(
        "breachline",
        Word("the name of a consumer group"),
        "Consumer group to read as; daemons of one group share the partitions.",
        commands="run check",
    )
    start: Start = option(
        "earliest",
        Begin(),
        "Where to begin in a partition that the group has no commit for.",
        commands="run check",
    )
    alert_topic: str = option(
        "breachline-alerts",
        Word("the name of a topic"),
        "Topic for alerts.",
        commands="run test-alert check",
    )
    dead_letter_topic: str = option(
        "breachline-dead-letters",
        Word("the name of a topic"),
        "Topic for records that cannot be read.",
        commands="run test-alert check",
    )
    max_message_bytes: int = option(
        1_000_000,
        Integer(1_024, 1 << 30),
        "Longest message that these two topics take; what is longer is cut.",
        commands="run test-alert check",
    )
    poll_seconds: float = option(
        1.0,
        Real(0.01, 60),
        "How long a poll waits for a first record.",
        commands="run tail check",
    )
    session_seconds: float = option(
        15.0,
        Real(0.5, 1_800),
        "Silence after which the group gives this daemon's partitions to others.",
        commands="run check",
    )
    connect_seconds: float = option(
        15.0,
        Real(0.5, 600),
        "How long to try to reach a broker at the start.",
        commands="run test-alert check",
    )
    drain_seconds: float = option(
        20.0,
        Real(0, 3_600),
        "After a signal, how long to go on trying to deliver what is held.",
        commands="run tail check",
    )
    metadata_seconds: float = option(
        60.0,
        Real(0.1, 3_600),
        "How often to look for new partitions.",
        commands="run check",
    )
    security_protocol: str = option(
        "PLAINTEXT",
        Choice(PROTOCOLS),
        "How to talk to the brokers.",
        commands="run test-alert check",
    )
    ssl_ca: Path | None = option(
        None,
        Place(),
        "Authorities that may sign the brokers' certificates, PEM.",
        commands="run test-alert check",
        shown="the system's",
    )
    ssl_certificate: Path | None = option(
        None,
        Place(),
        "Certificate to show to the brokers, PEM.",
        commands="run test-alert check",
        shown="none",
    )
    ssl_key: Path | None = option(
        None,
        Place(),
        "Key to that certificate, PEM.",
        commands="run test-alert check",
        shown="none",
    )
    sasl_mechanism: str | None = option(
        None,
        Choice(MECHANISMS),
        "How to prove who we are.",
        commands="run test-alert check",
        shown="none",
    )
    sasl_username: str | None = option(
        None,
        Word("a user name"),
        "User name for SASL.",
        commands="run test-alert check",
        shown="none",
    )
    sasl_password: str | None = option(
        None,
        Word("a password"),
        "Password for SASL; better a variable than a flag, which others can see.",
        commands="run test-alert check",
        shown="none",
        secret=True,
    )
    listen: Address = option(
        Address("127.0.0.1", 9464),
        Listen(),
        "Where /metrics, /livez and /readyz are.",
        commands="run check",
        shown="127.0.0.1:9464",
    )
    stall_seconds: float = option(
        120.0,
        Real(0.5, 86_400),
        "How long nothing may move before /livez fails.",
        commands="run check",
    )
    log_level: str = option(
        "info",
        Choice(("debug", "info", "warning", "error")),
        "Least severe of the events to log on stderr.",
        commands="scan explain check run tail test-alert",
    )
    log_format: str = option(
        "auto",
        Choice(("auto", "json", "console")),
        "How to log; auto is console on a terminal, else json.",
        commands="scan explain check run tail test-alert",
    )


OPTIONS: dict[str, Option] = {item.name: item.metadata["option"] for item in fields(Config)}
"""Every option by name: what the flags, the checks and the reference are made from."""

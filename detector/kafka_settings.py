"""How to reach a Kafka cluster, said once for consumer, producer and admin client."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from detector.errors import ConfigError

PROTOCOLS = ("PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL")
MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")

Start = Literal["earliest", "latest"] | float
"""Where to begin in a partition without a commit: an end of it, or a time (Unix seconds)."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A Kafka cluster and the credentials for it.

    Attributes:
        servers: `host:port` of some of its brokers.
        protocol: one of PROTOCOLS.
        ca: PEM file of the authorities that may sign the brokers' certificates; None for the
            system's own.
        certificate: PEM file of the client's certificate; None where brokers ask for none.
        key: PEM file of the key to it.
        mechanism: one of MECHANISMS; None without SASL.
        username: SASL user name.
        password: SASL password; never shown.
        connect_seconds: how long start-up waits for a first answer.
    """

    servers: tuple[str, ...]
    protocol: str = "PLAINTEXT"
    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None
    mechanism: str | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    connect_seconds: float = 15.0

    def __post_init__(self) -> None:
        if self.protocol not in PROTOCOLS:
            raise ConfigError(_expected("security protocol", self.protocol, PROTOCOLS))
        for path in (self.ca, self.certificate, self.key):
            if path is not None and not path.is_file():
                raise ConfigError(
                    f"Kafka: found no file {path}, expected certificates or a key in PEM. "
                    "Correct the path."
                )
        if self.protocol.startswith("SASL"):
            if self.mechanism not in MECHANISMS:
                raise ConfigError(_expected("SASL mechanism", self.mechanism, MECHANISMS))
            if not self.username or self.password is None:
                raise ConfigError(
                    f"Kafka: {self.protocol} was asked for without a user name and a password. "
                    "Set both."
                )

    def client_options(self) -> dict[str, Any]:
        """Returns the keyword arguments that every kafka-python client here shares."""
        options: dict[str, Any] = {
            "bootstrap_servers": list(self.servers),
            "client_id": "breachline",
            "security_protocol": self.protocol,
            "bootstrap_timeout_ms": int(self.connect_seconds * 1000),
            "request_timeout_ms": 15_000,
            "reconnect_backoff_max_ms": 2_000,
        }
        if self.protocol.endswith("SSL"):
            options["ssl_cafile"] = _text(self.ca)
            options["ssl_certfile"] = _text(self.certificate)
            options["ssl_keyfile"] = _text(self.key)
        if self.protocol.startswith("SASL"):
            options["sasl_mechanism"] = self.mechanism
            options["sasl_plain_username"] = self.username
            options["sasl_plain_password"] = self.password
        return options


@dataclass(frozen=True, slots=True)
class Subscription:
    """What to read.

    Attributes:
        topics: names.
        group: the consumer group's id.
        start: where to begin where the group has no commit yet.
        batch_records: most records a poll returns.
        record_bytes: longest value taken whole; of a longer one its head is.
        session_seconds: silence after which the group takes this member for dead.
        metadata_seconds: how often new partitions are looked for.
        standing_seconds: how often the partitions' ends are asked for.
    """

    topics: tuple[str, ...]
    group: str
    start: Start = "earliest"
    batch_records: int = 500
    record_bytes: int = 2**20
    session_seconds: float = 15.0
    metadata_seconds: float = 60.0
    standing_seconds: float = 2.0

    def consumer_options(self) -> dict[str, Any]:
        """Returns the keyword arguments for KafkaConsumer, beside those of its Cluster."""
        session_ms = int(self.session_seconds * 1000)
        return {
            "group_id": self.group,
            "enable_auto_commit": False,
            "auto_offset_reset": "none",  # Positions does it, and counts what is lost
            "allow_auto_create_topics": False,
            "metadata_max_age_ms": int(self.metadata_seconds * 1000),
            "max_poll_records": self.batch_records,
            "session_timeout_ms": session_ms,
            "heartbeat_interval_ms": min(3_000, session_ms // 3),
            "max_poll_interval_ms": 300_000,
            # Bounds the memory of what is fetched and not yet polled. A single value larger than
            # these still comes (KIP-74); the frame's own limit must then not refuse it.
            "fetch_max_bytes": 16 * 2**20,
            "max_partition_fetch_bytes": 2**20,
            "receive_message_max_bytes": 2**30,
            "metrics_enabled": False,
        }


def _text(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _expected(name: str, found: str | None, names: tuple[str, ...]) -> str:
    return f"Kafka {name}: found {found}, expected one of {', '.join(names)}."

"""Sends alerts and dead letters to Kafka, and returns once the brokers have them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from kafka import KafkaProducer
from kafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError

from detector.errors import SinkError
from detector.kafka_messages import Message, alert_message, dead_letter_message
from detector.kafka_settings import Cluster
from detector.metrics import Metrics
from detector.types import Alert, Record, Rejection

_log = structlog.get_logger()

_DELIVERY_SECONDS = 20.0
_TOO_LARGE = (MessageSizeTooLargeError, RecordListTooLargeError)


@dataclass(frozen=True, slots=True)
class Destinations:
    """Where alerts and dead letters go.

    Attributes:
        alerts: topic of the alerts.
        dead_letters: topic of the records that could not be read.
        message_bytes: most bytes of a message, key and headers included, that the topics take. A
            topic that takes less is found out from its broker's refusal.
    """

    alerts: str
    dead_letters: str
    message_bytes: int = 1_000_000


class KafkaSink:
    """A Sink to Kafka topics; see types.Sink for the contract.

    Delivered means: every in-sync replica has it. The producer is not an idempotent one. A retry
    may write an alert twice, as a restart may, under the same id; but an idempotent producer (that
    of kafka-python 3.0.12), while it renews its id after a refusal, fails the next messages with
    the refusal of the last, and messages of any size would seem too large.
    """

    def __init__(
        self,
        cluster: Cluster,
        destinations: Destinations,
        document: Callable[[Alert], dict[str, Any]],
        metrics: Metrics,
    ) -> None:
        """Takes `document`, which makes an alert's JSON. Connects with the first send."""
        self._options = cluster.client_options() | {
            "acks": "all",
            "enable_idempotence": False,
            "delivery_timeout_ms": int(_DELIVERY_SECONDS * 1000),
            "max_block_ms": 5_000,
            "allow_auto_create_topics": False,
            "max_request_size": 2**31 - 1,  # the limit is kept here, where it can be lowered
            "metrics_enabled": False,
        }
        self._destinations = destinations
        self._document = document
        self._metrics = metrics
        self._limits = self._stated_limits()
        self._producer: KafkaProducer | None = None

    def send(self, items: Sequence[Alert | Rejection]) -> None:
        """Sends `items`, each cut to what its topic takes.

        Raises:
            SinkError: not all of them were acknowledged; any may have been.
        """
        waiting = [self._message(item) for item in items]
        try:
            while waiting:
                waiting = self._send_all(waiting)
        except _TOO_LARGE as error:
            self._limits = self._stated_limits()  # or a topic made roomier would go unnoticed
            raise SinkError(
                f"Kafka: even the shortest form of an alert or a dead letter is more than its "
                f"topic takes ({type(error).__name__}). Raise max.message.bytes of "
                f"{self._destinations.alerts} and {self._destinations.dead_letters}."
            ) from error
        except KafkaError as error:
            self.close()
            raise SinkError(
                f"Kafka: {len(items)} alerts and dead letters were not all acknowledged "
                f"({type(error).__name__}). Check that the brokers run and that this user may "
                f"write {self._destinations.alerts} and {self._destinations.dead_letters}."
            ) from error

        for item in items:
            if isinstance(item, Rejection):
                _log.info("record.rejected", reason=item.reason.value, **_place(item.record))
            else:
                _log.info("alert.sent", family=item.family, score=item.score, **_place(item.record))

    def close(self) -> None:
        """Closes the connection. Nothing is pending: `send` waits."""
        if self._producer is not None:
            producer, self._producer = self._producer, None
            producer.close(timeout=1)

    def _stated_limits(self) -> dict[str, int]:
        stated = self._destinations
        return dict.fromkeys((stated.alerts, stated.dead_letters), stated.message_bytes)

    def _send_all(self, messages: Sequence[Message]) -> list[Message]:
        """Sends messages; returns those that the brokers hold too large, their limits lowered."""
        if self._producer is None:
            self._producer = KafkaProducer(**self._options)
        sent = []
        for message in messages:
            value = message.fitting(self._limits[message.topic])
            if len(value) < message.size:
                self._metrics.shortened.labels(message.topic).inc()
            future = self._producer.send(
                message.topic, value=value, key=message.key, headers=message.headers
            )
            sent.append((message, len(value), future))
        refused = []
        for message, length, future in sent:
            try:
                future.get(timeout=_DELIVERY_SECONDS + 5)
            except _TOO_LARGE:
                size = message.overhead + length
                limit = min(self._limits[message.topic], size // 2)
                if len(message.fitting(limit)) >= length:
                    raise
                self._limits[message.topic] = limit
                _log.warning("message.too_large", topic=message.topic, size=size)
                refused.append(message)
        return refused

    def _message(self, item: Alert | Rejection) -> Message:
        if isinstance(item, Rejection):
            return dead_letter_message(item, self._destinations.dead_letters)
        return alert_message(item, self._document(item), self._destinations.alerts)


def _place(record: Record) -> dict[str, str]:
    return {"id": record.id, "origin": str(record.origin)}

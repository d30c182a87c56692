"""The Kafka source and sink as the contracts want them: over a broker that starts in no time."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import orjson

from detector.ecs import document
from detector.kafka_settings import Cluster, Subscription
from detector.metrics import Metrics
from detector.sinks.kafka import Destinations, KafkaSink
from detector.sources.kafka import KafkaSource
from detector.status import Status
from tests.integration.brokers import tansu, topics


def source(folder: Path, values: Sequence[bytes], longest: int, batch: int) -> KafkaSource:
    """Makes a source over a topic of this folder's, in a group that has read nothing yet."""
    subscription = Subscription(
        topics=(_filled(folder, tuple(values)),),
        group=topics.unique("group"),
        batch_records=batch,
        session_seconds=1.5,
        record_bytes=longest,
    )
    return KafkaSource(Cluster((tansu.bootstrap(),)), subscription, Metrics(), Status())


@functools.cache
def _filled(folder: Path, values: tuple[bytes, ...]) -> str:
    topic = topics.create(tansu.bootstrap(), f"logs-{folder.name}"[:100])
    topics.write(tansu.bootstrap(), topic, values)
    return topic


def sink() -> tuple[KafkaSink, Callable[[], list[Any]]]:
    """Makes a sink and what reads the alerts that it sent."""
    bootstrap = tansu.bootstrap()
    destinations = Destinations(
        topics.create(bootstrap, "alerts"), topics.create(bootstrap, "dead-letters")
    )
    made = KafkaSink(Cluster((bootstrap,)), destinations, document, Metrics())
    return made, lambda: [
        orjson.loads(item.value) for item in topics.read(bootstrap, destinations.alerts)
    ]

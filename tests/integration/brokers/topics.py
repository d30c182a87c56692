"""What a test does to a broker: make topics, write, read to the end, trim."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence

from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import (
    ACL,
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ConfigResource,
    ConfigResourceType,
    NewTopic,
    ResourcePattern,
    ResourcePatternFilter,
    ResourceType,
)
from kafka.consumer.fetcher import ConsumerRecord

from tests.integration.brokers.waiting import until


def create(
    bootstrap: str,
    prefix: str,
    partitions: int = 1,
    settings: Mapping[str, str] | None = None,
) -> str:
    """Creates a topic of a name nobody else has, and returns the name."""
    name = unique(prefix)
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic(name, partitions, 1, topic_configs=dict(settings or {}))])
    admin.wait_for_topics([name])
    admin.close()
    return name


def unique(prefix: str) -> str:
    """Returns a name that nobody else has."""
    return f"{prefix}-{uuid.uuid4().hex[:8]}"


def add_partitions(bootstrap: str, topic: str, total: int) -> None:
    """Makes `topic` have `total` partitions."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_partitions({topic: total})
    admin.close()


def configure(bootstrap: str, topic: str, settings: Mapping[str, str]) -> None:
    """Changes settings of a topic."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs=dict(settings))])
    admin.close()


def delete(bootstrap: str, topic: str) -> None:
    """Deletes a topic."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.delete_topics([topic])
    admin.close()


def write(
    bootstrap: str,
    topic: str,
    values: Iterable[bytes | None],
    partition: int | None = None,
    compression: str | None = None,
) -> None:
    """Writes `values`, in turn to each partition where none is given."""
    producer = KafkaProducer(
        bootstrap_servers=bootstrap,
        compression_type=compression,
        max_request_size=2**30,
        linger_ms=5,
    )
    count = len(producer.partitions_for(topic))
    sent = [
        producer.send(
            topic,
            value=value,
            key=b"k" if value is None else None,
            partition=number % count if partition is None else partition,
        )
        for number, value in enumerate(values)
    ]
    for future in sent:
        future.get(timeout=30)
    producer.close()


def write_at(bootstrap: str, topic: str, values: Mapping[float, bytes]) -> None:
    """Writes `values` to partition 0, each with its own time (Unix seconds)."""
    producer = KafkaProducer(bootstrap_servers=bootstrap)
    for seconds, value in values.items():
        producer.send(topic, value, partition=0, timestamp_ms=int(seconds * 1000)).get(timeout=30)
    producer.close()


def deny(bootstrap: str, topic: str, operation: ACLOperation, user: str) -> None:
    """Takes a right to `topic` from a user."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    pattern = ResourcePattern(ResourceType.TOPIC, topic)
    admin.create_acls([ACL(f"User:{user}", "*", operation, ACLPermissionType.DENY, pattern)])
    admin.close()


def deny_nothing(bootstrap: str, topic: str) -> None:
    """Gives back all that `deny` has taken."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    pattern = ResourcePatternFilter(ResourceType.TOPIC, topic, ACLResourcePatternType.LITERAL)
    admin.delete_acls([ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY, pattern)])
    admin.close()


def read(bootstrap: str, topic: str) -> list[ConsumerRecord]:
    """Returns every record of `topic`, by partition and offset."""
    consumer = KafkaConsumer(
        bootstrap_servers=bootstrap,
        group_id=None,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        receive_message_max_bytes=2**30,
    )
    partitions = [TopicPartition(topic, item) for item in consumer.partitions_for_topic(topic)]
    ends = consumer.end_offsets(partitions)
    consumer.assign(partitions)
    found: list[ConsumerRecord] = []
    while any(consumer.position(item) < ends[item] for item in partitions):
        for batch in consumer.poll(timeout_ms=200).values():
            found += batch
    consumer.close()
    return sorted(found, key=lambda record: (record.partition, record.offset))


def trim(bootstrap: str, topic: str, before: int) -> None:
    """Removes what stands before an offset in partition 0, as retention would."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.delete_records({TopicPartition(topic, 0): before})
    admin.close()


def committed(bootstrap: str, group: str, topic: str, partitions: Sequence[int] = (0,)) -> int:
    """Returns the sum of a group's committed offsets."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    offsets = [consumer.committed(TopicPartition(topic, item)) or 0 for item in partitions]
    consumer.close()
    return sum(offsets)


def wait_for_any_commit(bootstrap: str, group: str, topic: str) -> None:
    """Waits until a group has an offset in partition 0, be it 0."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False)
    until(lambda: consumer.committed(TopicPartition(topic, 0)) is not None, "a first commit")
    consumer.close()


def headers(record: ConsumerRecord) -> dict[str, str]:
    """Returns a record's headers as text."""
    return {name: value.decode() for name, value in record.headers}

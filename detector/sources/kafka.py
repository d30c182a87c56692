"""Reads records from Kafka topics as a member of a consumer group.

What of kafka-python (3.0.12) this rests on:

- A thread of its own does the I/O and the heartbeats, so a long batch does not cost the membership;
  only `max_poll_interval_ms` without a poll does.
- Partitions change hands inside `poll` only. The daemon polls again after it has delivered and
  committed what it holds, so nothing is in flight then, and no rebalance listener is needed; a
  listener would run on the I/O thread, where a blocking call fails (RuntimeError) and a slow one
  holds up heartbeats.
- 3.0.7 and 3.0.8 could leave a partition unread after a rebalance (its issues 3106, 3131).
- A member that leads a group before it knows the topics' partitions assigns none, for as long as
  its metadata are fresh; so they are asked for before the group is joined.
- Some faults of its I/O thread stay with a client for good, so a client that keeps failing is
  closed and made anew.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.consumer.fetcher import ConsumerRecord
from kafka.errors import (
    CommitFailedError,
    IllegalGenerationError,
    KafkaError,
    LogTruncationError,
    NoOffsetForPartitionError,
    OffsetOutOfRangeError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)
from kafka.structs import MemberState, OffsetAndMetadata

from detector.errors import SourceError
from detector.kafka_settings import Cluster, Subscription
from detector.metrics import Metrics
from detector.sources.kafka_positions import Positions, name
from detector.status import Standing, Status
from detector.types import Origin, Record

_log = structlog.get_logger()

_REQUEST_MS = 5_000
_COORDINATOR_MS = 10_000
_LAST_MS = 253_402_300_800_000  # 1 January 10000, where datetime ends
_FAULTS_BEFORE_RESTART = 5
_GROUP_MOVED_ON = (
    CommitFailedError,
    IllegalGenerationError,
    RebalanceInProgressError,
    UnknownMemberIdError,
)


class KafkaSource:
    """A Source over Kafka topics; see types.Source for the contract.

    Offsets are committed for what `commit` is given and for nothing else. A commit that the group
    refuses, because the partition has a new owner, is counted and dropped: its records repeat.
    """

    def __init__(
        self, cluster: Cluster, subscription: Subscription, metrics: Metrics, status: Status
    ) -> None:
        """Makes the client; it joins the group with the first polls.

        Raises:
            SourceError: the broker went away since kafka_check has looked.
        """
        self._subscription = subscription
        self._metrics = metrics
        for topic in subscription.topics:
            metrics.lost.labels(topic)
        self._status = status
        self._options = cluster.client_options() | subscription.consumer_options()
        self._uncommitted: dict[TopicPartition, int] = {}
        self._assigned: set[TopicPartition] = set()
        self._faults = 0
        self._next_standing = 0.0
        self._is_answered = True
        try:
            self._consumer = self._connected()
            self._positions = Positions(subscription.start, self._first(), metrics)
        except KafkaError as error:
            raise SourceError(
                f"Kafka at {','.join(cluster.servers)} no longer answers "
                f"({type(error).__name__}). Check that the brokers run, and start again."
            ) from error

    def poll(self, timeout_seconds: float) -> Sequence[Record]:
        """Returns at most `batch_records` records; none while the broker is away."""
        self._flush_commits()
        deadline = time.monotonic() + timeout_seconds
        batches = None
        while batches is None:
            left = max(0.0, deadline - time.monotonic())
            try:
                batches = self._consumer.poll(timeout_ms=int(left * 1000))
            except KafkaError as error:
                self._recover(error)
                if left == 0:
                    return ()
        if batches:
            self._faults = 0
        self._note_membership()
        self._note_standings()
        longest = self._subscription.record_bytes
        return [_record(message, longest) for batch in batches.values() for message in batch]

    def commit(self, records: Sequence[Record]) -> None:
        """Commits the offsets after `records`. What fails is tried again with the next poll."""
        for record in records:
            origin = record.origin
            partition = TopicPartition(origin.stream, origin.partition)
            after = max(self._uncommitted.get(partition, 0), origin.offset + 1)
            self._uncommitted[partition] = after
        self._flush_commits()

    def close(self) -> None:
        """Leaves the group."""
        self._status.joined = False
        with suppress(KafkaError):
            self._consumer.close(autocommit=False, timeout_ms=_REQUEST_MS)

    def _connected(self) -> KafkaConsumer:
        consumer = KafkaConsumer(**self._options)
        # A client made anew must not wait for a broker to say its version.
        self._options["api_version"] = consumer.config["api_version"]
        consumer.subscribe(self._subscription.topics)
        return consumer

    def _first(self) -> set[TopicPartition]:
        """Returns the partitions that `start` is meant for: of topics new to the group.

        In a topic that the group has commits for, a partition without one was added since, and is
        read from its first record.
        """
        is_plain = self._subscription.start == "earliest"
        found: set[TopicPartition] = set()
        for topic in self._subscription.topics:
            numbers = self._consumer.partitions_for_topic(topic)
            partitions = [TopicPartition(topic, number) for number in sorted(numbers)]
            if is_plain or not any(
                self._consumer.committed(partition, timeout_ms=_COORDINATOR_MS) is not None
                for partition in partitions
            ):
                found.update(partitions)
        return found

    def _flush_commits(self) -> None:
        if not self._uncommitted:
            return
        try:
            self._commit_offsets(self._uncommitted)
        except _GROUP_MOVED_ON as error:
            self._uncommitted.clear()
            self._metrics.commits.labels("refused").inc()
            _log.warning("commit.refused", error=type(error).__name__)
        except KafkaError as error:
            self._metrics.commits.labels("failed").inc()
            _log.warning("commit.failed", error=type(error).__name__)
        else:
            self._uncommitted.clear()
            self._metrics.commits.labels("committed").inc()

    def _commit_offsets(self, offsets: dict[TopicPartition, int]) -> None:
        self._consumer.commit(
            {partition: OffsetAndMetadata(offset, "", -1) for partition, offset in offsets.items()},
            timeout_ms=_REQUEST_MS,
        )
        self._positions.note_commit(offsets)

    def _recover(self, error: KafkaError) -> None:
        """Finds the position that a partition lacks; takes any other error for a fault."""
        try:
            if isinstance(error, NoOffsetForPartitionError):
                self._uncommitted |= self._positions.begin(self._consumer, error.args[0])
            elif isinstance(error, OffsetOutOfRangeError):
                self._positions.move_on(self._consumer, error.args[0])
            elif isinstance(error, LogTruncationError):
                self._positions.rewind(self._consumer, error.divergent_offsets)
            else:
                self._fault(error)
        except (KafkaError, ValueError) as another:  # ValueError: the partition is no longer ours
            self._fault(another)

    def _fault(self, error: Exception) -> None:
        self._faults += 1
        _log.error("poll.failed", error=type(error).__name__, faults=self._faults)
        time.sleep(min(0.1 * 2**self._faults, 2.0))
        if self._faults % _FAULTS_BEFORE_RESTART == 0:
            self._metrics.restarts.inc()
            self.close()
            self._consumer = self._connected()

    def _note_membership(self) -> None:
        state = self._consumer.group_metadata().state
        if state is not MemberState.REBALANCING:
            self._status.joined = state is MemberState.STABLE and self._is_answered
        assigned = set(self._consumer.assignment())
        for gone in self._assigned - assigned:
            self._uncommitted.pop(gone, None)
            self._positions.committed.pop(gone, None)
            with suppress(KeyError):
                self._metrics.lag.remove(gone.topic, str(gone.partition))
        if assigned != self._assigned:
            _log.info("partitions.assigned", partitions=sorted(map(name, assigned)))
            self._metrics.assigned.set(len(assigned))
            self._assigned = assigned
            self._next_standing = 0.0
            self._is_answered = True

    def _note_standings(self) -> None:
        """Asks the broker for the ends: what the fetcher knows of them is as old as its fetch."""
        if time.monotonic() < self._next_standing or not self._assigned:
            return
        self._next_standing = time.monotonic() + self._subscription.standing_seconds
        standings: dict[str, Standing] = {}
        try:
            ends = self._consumer.end_offsets(list(self._assigned), timeout_ms=_REQUEST_MS)
            for partition, end in ends.items():
                position = self._consumer.position(partition, timeout_ms=_REQUEST_MS)
                if position is not None:
                    standings[name(partition)] = Standing(position, end)
                    lag = max(0, end - position)
                    self._metrics.lag.labels(partition.topic, str(partition.partition)).set(lag)
        except KafkaError as error:
            _log.warning("standing.unknown", error=type(error).__name__)
            self._is_answered = False
            return
        self._is_answered = True
        self._status.standings = standings


def _record(message: ConsumerRecord, longest: int) -> Record:
    """Makes a Record. A tombstone has no value and becomes an empty one.

    A time that cannot be one (some producers write nanoseconds) gives way to now.
    """
    sensible = 0 <= message.timestamp < _LAST_MS
    timestamp = message.timestamp / 1000 if sensible else time.time()
    origin = Origin(message.topic, message.partition, message.offset)
    value: bytes = message.value or b""
    if len(value) <= longest:
        return Record(origin, timestamp, value)
    return Record(origin, timestamp, value[:longest], len(value), sha256(value).hexdigest())

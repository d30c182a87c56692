"""Where reading a partition begins, and where it goes on when its log no longer has the place."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from kafka import KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from detector.kafka_settings import Start
from detector.metrics import Metrics

_log = structlog.get_logger()

_REQUEST_MS = 5_000


class Positions:
    """Seeks for a consumer whose `auto_offset_reset` is off.

    kafka-python would find these places by itself, but would not say what was skipped on the way.

    Attributes:
        committed: what this process last committed, for partitions that it still owns.
    """

    def __init__(self, start: Start, first: set[TopicPartition], metrics: Metrics) -> None:
        """Takes as `first` the partitions that `start` is meant for.

        Any other without a commit came later, and is read from its first record.
        """
        self._start = start
        self._first = first
        self._metrics = metrics
        self.committed: dict[TopicPartition, int] = {}
        self._begun: dict[TopicPartition, int] = {}  # and not committed yet

    def begin(
        self, consumer: KafkaConsumer, partitions: set[TopicPartition]
    ) -> dict[TopicPartition, int]:
        """Puts partitions without a commit at their start.

        Returns:
            The offsets, to be committed at once: or a crash before the first batch would begin
            anew, at a "latest" that is later.
        """
        offsets = {partition: self._beginning(consumer, partition) for partition in partitions}
        for partition, offset in offsets.items():
            consumer.seek(partition, offset)
            _log.info("partition.begun", partition=name(partition), offset=offset)
        self._begun |= offsets
        return offsets

    def note_commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Notes what the group has for sure."""
        self.committed |= offsets
        for partition in offsets:
            self._begun.pop(partition, None)

    def move_on(self, consumer: KafkaConsumer, positions: Mapping[TopicPartition, int]) -> None:
        """Goes to the first record there is, and counts those that retention has removed."""
        for partition, position in positions.items():
            first = _first_offset(consumer, partition)
            if position < first:
                self._metrics.lost.labels(partition.topic).inc(first - position)
                _log.error(
                    "records.lost",
                    partition=name(partition),
                    records=first - position,
                    reason="retention removed them before they were read",
                )
            else:
                _log.error("log.restarted", partition=name(partition), position=position)
            consumer.seek(partition, first)

    def rewind(
        self,
        consumer: KafkaConsumer,
        cuts: Mapping[TopicPartition, OffsetAndMetadata | None],
    ) -> None:
        """Goes back to where an unclean election cut a log off."""
        for partition, cut in cuts.items():
            offset = _first_offset(consumer, partition) if cut is None else cut.offset
            _log.error("log.truncated", partition=name(partition), offset=offset)
            consumer.seek(partition, offset)

    def _beginning(self, consumer: KafkaConsumer, partition: TopicPartition) -> int:
        if partition in self.committed:  # the group has lost its commits
            return self.committed[partition]
        if partition in self._begun:  # the commit of its start was refused: no later start
            return self._begun[partition]
        if self._start == "earliest" or partition not in self._first:
            return _first_offset(consumer, partition)
        if self._start != "latest":
            wanted = {partition: int(self._start * 1000)}
            found = consumer.offsets_for_times(wanted, timeout_ms=_REQUEST_MS)[partition]
            if found is not None:
                return int(found.offset)
        return int(consumer.end_offsets([partition], timeout_ms=_REQUEST_MS)[partition])


def name(partition: TopicPartition) -> str:
    """Writes a partition for people, and as the key of status.Standing."""
    return f"{partition.topic}:{partition.partition}"


def _first_offset(consumer: KafkaConsumer, partition: TopicPartition) -> int:
    return int(consumer.beginning_offsets([partition], timeout_ms=_REQUEST_MS)[partition])

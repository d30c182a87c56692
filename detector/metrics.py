"""Every metric of Breachline. Base units, few labels, never an address or a URL as a label."""

from __future__ import annotations

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    PlatformCollector,
    ProcessCollector,
)

from detector.types import Reason

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
_SCORES = (0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1.0)
_RECORDS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)


class Metrics:
    """The metrics of one daemon, in a registry of their own.

    Label values known beforehand are there from the start, at 0: Prometheus sees no increase in a
    series whose first sample is 1.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)

        self.received = self._counter("records_received", "Records that the source yielded")
        self.scored = self._counter("records_scored", "Records that were read and judged")
        # reason: one of detector.types.Reason
        self.rejected = self._counter(
            "records_rejected", "Records that could not be read", "reason"
        )
        for reason in Reason:
            self.rejected.labels(reason.value)
        self.cut = self._counter("texts_cut", "Records whose text lost its middle to the limit")
        # family: one of the bundle's
        self.alerts = self._counter("alerts", "Alerts that the sink acknowledged", "family")
        self.score = Histogram(
            "breachline_score", "Score of each record", buckets=_SCORES, registry=self.registry
        )
        self.batch = Histogram(
            "breachline_batch_records",
            "Records judged together",
            buckets=_RECORDS,
            registry=self.registry,
        )
        # stage: poll (waiting included), detect, send, commit
        self.stage = Histogram(
            "breachline_stage_seconds",
            "Time that each stage took for one batch",
            ["stage"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.latency = Histogram(
            "breachline_alert_latency_seconds",
            "From a record's own time to its acknowledged alert",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.lag = self._gauge(
            "consumer_lag_records", "Records in the partition not yet read", "topic", "partition"
        )
        self.assigned = self._gauge("assigned_partitions", "Partitions that this member owns")
        # outcome: committed; refused (the group moved on, records repeat); failed (no answer)
        self.commits = self._counter("commits", "Offset commits", "outcome")
        for outcome in ("committed", "refused", "failed"):
            self.commits.labels(outcome)
        self.lost = self._counter(
            "records_lost", "Records that retention removed before they were read", "topic"
        )
        self.restarts = self._counter("consumer_restarts", "Kafka consumers made anew after faults")
        self.retries = self._counter("send_retries", "Batches sent again after a failed delivery")
        self.shortened = self._counter(
            "items_shortened", "Alerts and dead letters cut to what their topic takes", "topic"
        )
        self.since_last = self._gauge(
            "since_last_record_seconds", "Seconds since the last record, or since the start"
        )
        self.loop_age = self._gauge("loop_age_seconds", "Seconds since the loop last made a pass")
        self.stalls = self._counter("stalls", "Times that the watchdog found the loop stuck")
        self.stalled = self._gauge("stalled", "1 while the watchdog holds the loop to be stuck")
        self.threshold = self._gauge("threshold", "Score at or above which an alert is raised")
        self.bundle = Info("breachline_bundle", "The model bundle in use", registry=self.registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"breachline_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"breachline_{name}", text, labels, registry=self.registry)

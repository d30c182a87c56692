"""The loop that loses nothing: poll, detect, send, commit, until a signal ends it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import structlog

from detector.detection import Detection, Detector
from detector.errors import SinkError
from detector.metrics import Metrics
from detector.status import Status
from detector.types import Alert, Record, Rejection, Sink, Source

_log = structlog.get_logger()

_SIGNALS = (signal.SIGTERM, signal.SIGINT)
_BATCH_BYTES = 2**20
_RETRY_SECONDS = (0.5, 10.0)


class Daemon:
    """Reads a source into a sink, one batch at a time and on one thread.

    Offsets are committed once the sink has acknowledged everything that came of their records. So a
    death at any moment repeats records and loses none; a sink that is away holds the loop up.
    """

    def __init__(
        self,
        source: Source,
        detector: Detector,
        sink: Sink,
        metrics: Metrics,
        status: Status,
        *,
        poll_seconds: float = 1.0,
        drain_seconds: float = 20.0,
    ) -> None:
        """Takes the parts; it closes source and sink when it ends.

        Args:
            source: where records come from.
            detector: judges them.
            sink: where alerts and rejections go.
            metrics: are kept up to date.
            status: is kept up to date.
            poll_seconds: how long to wait for a first record.
            drain_seconds: after a signal, how long to go on trying to deliver what is held.
        """
        self._source = source
        self._detector = detector
        self._sink = sink
        self._metrics = metrics
        self._status = status
        self._poll_seconds = poll_seconds
        self._drain_seconds = drain_seconds
        self._stop_at: float | None = None

    def run(self) -> None:
        """Runs until SIGTERM or SIGINT; a second one ends the process at once."""
        with self._signals():
            try:
                while self._stop_at is None:
                    self.step()
            finally:
                self._status.draining = True
                self._source.close()
                self._sink.close()
        _log.info("daemon.stopped")

    def step(self) -> None:
        """Makes one pass of the loop."""
        self._status.pass_made()
        with self._metrics.stage.labels("poll").time():
            records = self._source.poll(self._poll_seconds)
        if not records:
            return
        self._metrics.received.inc(len(records))
        self._status.last_record = time.monotonic()
        for batch in batches(records, _BATCH_BYTES):
            self._status.pass_made()
            if not self._handle(batch) or self._stop_at is not None:
                return  # told to stop; what was not delivered, or not begun, will repeat

    def stop(self) -> None:
        """Ends the loop after the batch at hand."""
        self._status.draining = True
        self._stop_at = time.monotonic()

    def _handle(self, records: Sequence[Record]) -> bool:
        with self._metrics.stage.labels("detect").time():
            detection = self._detector.detect(records)
        with self._metrics.stage.labels("send").time():
            delivered = self._deliver([*detection.alerts, *detection.rejections])
        if not delivered:
            return False
        self._count(detection)
        with self._metrics.stage.labels("commit").time():
            self._source.commit(records)
        return True

    def _deliver(self, items: Sequence[Alert | Rejection]) -> bool:
        """Sends until it is done; gives up only when told to stop and out of time."""
        pause, longest = _RETRY_SECONDS
        while items:
            try:
                self._sink.send(items)
                break
            except SinkError as error:
                self._metrics.retries.inc()
                _log.error("send.failed", error=str(error), items=len(items), pause_seconds=pause)
            if not self._wait(pause):
                _log.error("send.abandoned", items=len(items), consequence="records will repeat")
                return False
            pause = min(2 * pause, longest)
        return True

    def _wait(self, seconds: float) -> bool:
        """Sleeps; returns False once a stop has been due for `drain_seconds`.

        A retry is no pass of the loop: what cannot be delivered for long is a stall.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if self._stop_at is not None and time.monotonic() > self._stop_at + self._drain_seconds:
                return False
            time.sleep(0.05)
        return True

    def _count(self, detection: Detection) -> None:
        metrics, now = self._metrics, time.time()
        metrics.batch.observe(len(detection.outcomes))
        metrics.cut.inc(detection.cut)
        for alert in detection.alerts:
            metrics.alerts.labels(alert.family).inc()
            metrics.latency.observe(max(0.0, now - alert.record.timestamp))
        for outcome in detection.outcomes:
            if isinstance(outcome, Rejection):
                metrics.rejected.labels(outcome.reason.value).inc()
            else:
                metrics.scored.inc()
                metrics.score.observe(outcome.score)

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Hands the two signals to `stop` for as long as the loop runs."""
        before = {number: signal.signal(number, self._on_signal) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        if self._stop_at is not None:
            os._exit(128 + number)
        self.stop()


def batches(records: Sequence[Record], limit: int) -> Iterator[Sequence[Record]]:
    """Yields `records` in order in runs of at most `limit` bytes, or of one larger record.

    What a poll brings may take minutes to score when its records are long; each run is delivered
    and committed by itself, so that progress is kept.
    """
    start = size = 0
    for number, record in enumerate(records):
        size += len(record.value)
        if size > limit and number > start:
            yield records[start:number]
            start, size = number, len(record.value)
    if start < len(records):
        yield records[start:]

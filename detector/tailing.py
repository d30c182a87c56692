"""The command tail: the daemon over files, its alerts on standard output."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from detector.config import Config
from detector.daemon import Daemon
from detector.detection import Detector
from detector.metrics import Metrics
from detector.sinks.stdout import StdoutSink
from detector.sources.follow import FollowSource
from detector.status import Status


def tail(
    files: Sequence[str], config: Config, detector: Detector, out: BinaryIO, *, from_start: bool
) -> None:
    """Follows `files` until a signal and writes alerts to `out` as JSON lines.

    Raises:
        SourceError: a file cannot be opened.
        BrokenPipeError: the reader of `out` has gone.
    """
    source = FollowSource(
        files, config.max_record_bytes, config.batch_records, from_start=from_start
    )
    Daemon(
        source,
        detector,
        StdoutSink(out),
        Metrics(),
        Status(),
        poll_seconds=config.poll_seconds,
        drain_seconds=config.drain_seconds,
    ).run()

"""Reads files to their ends, judges every record, counts what became of it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import BinaryIO

import orjson
from rich.console import Console
from rich.progress import (
    BarColumn,
    FileSizeColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from detector.config import Config
from detector.detection import Detection, Detector, Verdict
from detector.errors import SourceError
from detector.sinks.stdout import write_lines
from detector.sources.files import FileSource
from detector.types import Rejection


@dataclass(slots=True)
class Tally:
    """What a scan has come to so far.

    Attributes:
        records: read.
        alerts: by family.
        rejected: by reason.
        cut: records whose text was longer than the bundle reads.
        unreadable: files that could not be read, or not to their ends.
        began: monotonic clock, seconds.
    """

    records: int = 0
    alerts: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    cut: int = 0
    unreadable: int = 0
    began: float = field(default_factory=time.monotonic)

    def add(self, detection: Detection) -> None:
        """Counts one batch."""
        self.records += len(detection.outcomes)
        self.alerts.update(alert.family for alert in detection.alerts)
        self.rejected.update(str(rejection.reason) for rejection in detection.rejections)
        self.cut += detection.cut

    def summary(self) -> str:
        """Returns the scan in one line."""
        seconds = time.monotonic() - self.began
        parts = [
            _counted(self.records, "record"),
            _counted(self.alerts.total(), "alert") + _broken_down(self.alerts),
            f"{self.rejected.total():,} rejected" + _broken_down(self.rejected),
        ]
        if self.cut:
            parts.append(f"{self.cut:,} cut")
        if self.unreadable:
            parts.append(_counted(self.unreadable, "file") + " not read to the end")
        parts += [f"{seconds:.2f} s", f"{self.records / max(seconds, 1e-9):,.0f} records/s"]
        return ", ".join(parts)


def scan_files(
    paths: Sequence[str],
    config: Config,
    detector: Detector,
    *,
    show: Callable[[Detection], None],
    complain: Callable[[str], None],
    progress: Progress,
    tally: Tally,
) -> None:
    """Scans each of `paths` in turn; one that cannot be read does not stop the others.

    Args:
        paths: of files; `-` is standard input.
        config: how to read.
        detector: judges.
        show: takes each batch.
        complain: takes a sentence on each file that cannot be read.
        progress: shows how far we are; may be disabled.
        tally: counts, also when the scan is broken off.
    """
    for path in paths:
        try:
            source = FileSource(path, config.max_record_bytes, config.batch_records)
            with closing(source):
                task = progress.add_task(source.name, total=source.size)
                while not source.ended:
                    detection = detector.detect(source.poll())
                    tally.add(detection)
                    show(detection)
                    progress.update(task, completed=source.position)
        except SourceError as error:
            tally.unreadable += 1
            complain(str(error))


def score_lines(stream: BinaryIO) -> Callable[[Detection], None]:
    """Returns what writes one JSON line for every record, in order, to `stream`."""

    def show(detection: Detection) -> None:
        if detection.outcomes:
            write_lines(stream, [orjson.dumps(_scored(item)) for item in detection.outcomes])

    return show


def progress_bar(console: Console, *, disable: bool) -> Progress:
    """Returns a bar that counts bytes and goes when it is done."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        FileSizeColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=disable,
        redirect_stdout=False,
        redirect_stderr=False,
    )


def _scored(outcome: Verdict | Rejection) -> dict[str, object]:
    if isinstance(outcome, Rejection):
        score, is_alert, family, rejected = 0.0, False, None, str(outcome.reason)
    else:
        score, is_alert, rejected = outcome.score, outcome.is_alert, None
        family = outcome.family if is_alert else None
    return {
        "id": outcome.record.id,
        "score": score,
        "alert": is_alert,
        "family": family,
        "rejected": rejected,
    }


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _broken_down(counts: Counter[str]) -> str:
    named = ", ".join(f"{name} {count:,}" for name, count in counts.most_common())
    return f" ({named})" if named else ""

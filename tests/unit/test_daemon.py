"""The order of the loop: nothing is committed before it is delivered."""

from __future__ import annotations

import time
from collections.abc import Sequence

from detector.daemon import Daemon, batches
from detector.detection import Detector
from detector.errors import SinkError
from detector.metrics import Metrics
from detector.status import Status
from detector.types import Alert, Origin, Record, Rejection

BREACH = b'192.0.2.7 - - [10/Oct/2030:13:55:36 +0000] "GET /a?q=%27 HTTP/1.1" 200 1'
BENIGN = BREACH.replace(b"%27", b"1")


class Diary:
    """A source and a sink that write down, in one list, what is asked of them."""

    def __init__(self, values: Sequence[bytes], failures: int = 0) -> None:
        self.pages: list[str] = []
        self._failures = failures
        self._batches: list[list[Record]] = [
            [Record(Origin("logs", 0, offset), 1e9, value) for offset, value in enumerate(values)]
        ]

    def poll(self, timeout_seconds: float) -> Sequence[Record]:
        """Returns the records once."""
        return self._batches.pop() if self._batches else ()

    def commit(self, records: Sequence[Record]) -> None:
        """Writes down the first and the last offset."""
        self.pages.append(f"commit {records[0].origin.offset}-{records[-1].origin.offset}")

    def send(self, items: Sequence[Alert | Rejection]) -> None:
        """Writes down the offsets, or fails."""
        if self._failures:
            self._failures -= 1
            self.pages.append("send failed")
            raise SinkError("no")
        offsets = [str(item.record.origin.offset) for item in items]
        self.pages.append(f"send {','.join(offsets)}")

    def close(self) -> None:
        """Writes down that it was closed."""
        self.pages.append("close")


def _daemon(diary: Diary, detector: Detector) -> Daemon:
    return Daemon(diary, detector, diary, Metrics(), Status(), poll_seconds=0, drain_seconds=0)


def test_alerts_and_rejections_are_sent_before_the_commit(detector: Detector) -> None:
    """The commit covers the benign records too, which had nothing to send."""
    diary = Diary([BENIGN, BREACH, b"\x00", BENIGN])
    _daemon(diary, detector).step()
    assert diary.pages == ["send 1,2", "commit 0-3"]


def test_a_batch_without_findings_is_committed_and_nothing_sent(detector: Detector) -> None:
    """The sink is left alone."""
    diary = Diary([BENIGN, BENIGN])
    _daemon(diary, detector).step()
    assert diary.pages == ["commit 0-1"]


def test_a_failed_delivery_is_repeated_and_nothing_committed_meanwhile(detector: Detector) -> None:
    """The same items are sent until the sink takes them."""
    diary = Diary([BREACH], failures=2)
    _daemon(diary, detector).step()
    assert diary.pages == ["send failed", "send failed", "send 0", "commit 0-0"]


def test_told_to_stop_it_gives_up_what_it_cannot_deliver(detector: Detector) -> None:
    """Nothing is committed, so the records repeat at the next start."""
    diary = Diary([BREACH], failures=1_000)
    daemon = _daemon(diary, detector)
    daemon.stop()
    daemon.step()
    assert set(diary.pages) == {"send failed"}


def test_told_to_stop_it_finishes_the_batch_at_hand_only(detector: Detector) -> None:
    """The rest of a large poll would take too long; it repeats at the next start."""
    long = BENIGN.replace(b"q=1", b"q=" + b"1" * 700_000)
    diary = Diary([long, long])
    daemon = _daemon(diary, detector)
    daemon.stop()
    daemon.step()
    assert diary.pages == ["commit 0-0"]


def test_a_retried_delivery_is_no_pass_of_the_loop(detector: Detector) -> None:
    """The age of the last pass goes on growing, so that the watchdog notices."""
    diary, status = Diary([BREACH], failures=1), Status()
    Daemon(diary, detector, diary, Metrics(), status, poll_seconds=0).step()
    assert diary.pages[-1] == "commit 0-0"
    assert time.monotonic() - status.beat >= 0.5  # the pause before the retry


def test_told_to_stop_it_closes_both_ends(detector: Detector) -> None:
    """The loop ends without another pass."""
    diary = Diary([BREACH])
    daemon = _daemon(diary, detector)
    daemon.stop()
    daemon.run()
    assert diary.pages == ["close", "close"]


def test_long_polls_are_handled_in_runs_of_bounded_size() -> None:
    """Order is kept, no run exceeds the limit, and a record larger than it stands alone."""
    sizes = [3, 4, 4, 50, 1, 1]
    records = [
        Record(Origin("logs", 0, number), 0.0, b"x" * size) for number, size in enumerate(sizes)
    ]
    runs = [[len(record.value) for record in run] for run in batches(records, 10)]
    assert runs == [[3, 4], [4], [50], [1, 1]]

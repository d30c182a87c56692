"""What the watchdog takes for a stall and what it does not."""

from __future__ import annotations

import time

import pytest

from detector.metrics import Metrics
from detector.status import Standing, Status
from detector.watchdog import Watchdog
from tests.integration.brokers.waiting import until


@pytest.fixture
def status() -> Status:
    return Status(beat=1000.0)


@pytest.fixture
def watchdog(status: Status) -> Watchdog:
    return Watchdog(status, Metrics(), limit_seconds=60)


def test_a_loop_without_a_pass_is_stuck(watchdog: Watchdog, status: Status) -> None:
    """Beyond the limit only."""
    assert watchdog.look(1059.0) is None
    assert "no pass for 61 s" in (watchdog.look(1061.0) or "")
    status.beat = 1061.0
    assert watchdog.look(1062.0) is None


def _seen(watchdog: Watchdog, status: Status, now: float, **standings: Standing) -> str | None:
    status.beat, status.standings = now, standings
    return watchdog.look(now)


def test_lag_that_grows_at_a_standing_position_is_a_stall(
    watchdog: Watchdog, status: Status
) -> None:
    """The reason names the partition, its position and how many records came."""
    assert _seen(watchdog, status, 1000, p=Standing(5, 5)) is None
    assert _seen(watchdog, status, 1030, p=Standing(5, 9)) is None
    assert _seen(watchdog, status, 1061, p=Standing(5, 12)) == (
        "p has stood at 5 for 61 s while 7 records came"
    )
    assert _seen(watchdog, status, 1062, p=Standing(6, 12)) is None


def test_a_quiet_topic_is_no_stall(watchdog: Watchdog, status: Status) -> None:
    """Nothing comes, nothing moves."""
    for now in range(1000, 1400, 50):
        assert _seen(watchdog, status, now, p=Standing(5, 5)) is None


def test_lag_that_grows_while_the_position_moves_is_no_stall(
    watchdog: Watchdog, status: Status
) -> None:
    """Too much traffic is not the loop's fault."""
    for step in range(10):
        standing = Standing(5 + step, 100 * step)
        assert _seen(watchdog, status, 1000 + 50 * step, p=standing) is None


def test_a_partition_that_comes_back_begins_anew(watchdog: Watchdog, status: Status) -> None:
    """What it was before it was given away does not count."""
    assert _seen(watchdog, status, 1000, p=Standing(5, 5)) is None
    assert _seen(watchdog, status, 1030) is None
    assert _seen(watchdog, status, 1100, p=Standing(5, 900)) is None


def test_a_stall_is_counted_dumped_and_fails_liveness(capfd: pytest.CaptureFixture[str]) -> None:
    """Once for a stall, however long; recovery is noticed."""
    status, metrics = Status(beat=time.monotonic() - 1), Metrics()
    watchdog = Watchdog(status, metrics, limit_seconds=0.2)
    watchdog.start()
    until(lambda: status.stalled, "the stall to be noticed")
    assert metrics.registry.get_sample_value("breachline_stalled") == 1
    status.beat = time.monotonic() + 60
    until(lambda: status.stalled is None, "the recovery to be noticed")
    watchdog.close()
    assert metrics.registry.get_sample_value("breachline_stalls_total") == 1
    assert "most recent call first" in capfd.readouterr().err

"""Daemons that are killed, stopped, joined by others: nothing may be missing afterwards."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable

import orjson
import pytest

from tests.integration.brokers import topics
from tests.integration.brokers.lines import benign, breach, poison
from tests.integration.brokers.process import Breachline
from tests.integration.brokers.waiting import until
from tests.integration.daemon.conftest import Shop

ROUNDS = 20


def _mixture(start: int, count: int) -> list[bytes]:
    """A breach, a benign request and poison, in turn."""
    kinds = (breach, benign, poison)
    return [kinds[number % 3](number) for number in range(start, start + count)]


def _assert_nothing_is_missing(shop: Shop, records: int) -> None:
    """Every breach has its alert, every poison its dead letter, and repeats carry one id."""
    alerts = shop.alerts_by_path()
    assert set(alerts) == {f"/n/{number}" for number in range(0, records, 3)}
    for repeats in alerts.values():
        assert len({orjson.loads(item.value)["event"]["id"] for item in repeats}) == 1
    assert set(shop.dead_letter_values()) == {poison(number) for number in range(2, records, 3)}


@pytest.mark.timeout(400)
def test_kill_9_at_random_moments_loses_nothing(
    shop_at: Callable[..., Shop], bootstrap: str
) -> None:
    """Half the deaths fall anywhere in a daemon's life, half into its work."""
    shop, moment, per_round = shop_at(bootstrap, partitions=2), random.Random(), 300
    for number in range(ROUNDS):
        topics.write(bootstrap, shop.logs, _mixture(number * per_round, per_round))
        with shop.run() as daemon:
            if number % 2:
                daemon.wait_for("daemon.started")
                daemon.wait_for("alert.sent")
                time.sleep(moment.uniform(0, 0.3))
            else:
                time.sleep(moment.uniform(0, 3))
            daemon.kill()
    total = ROUNDS * per_round
    with shop.run() as daemon:
        daemon.wait_until_ready()
        shop.wait_for_commit(total, partitions=2)
        assert daemon.terminate() == 0
    _assert_nothing_is_missing(shop, total)


def _assigned(daemon: Breachline) -> float:
    return daemon.metric("breachline_assigned_partitions")


def test_a_group_shares_the_partitions_through_joins_leaves_and_deaths(
    shop_at: Callable[..., Shop], bootstrap: str
) -> None:
    """Two share four partitions, one leaves, another comes, one is killed: all alerts arrive."""
    shop, count = shop_at(bootstrap, partitions=4), 0

    def more() -> None:
        nonlocal count
        topics.write(bootstrap, shop.logs, _mixture(count, 600))
        count += 600

    more()
    with shop.run() as first, shop.run() as second:
        first.wait_until_ready()
        second.wait_until_ready()
        until(lambda: _assigned(first) == _assigned(second) == 2, "half the partitions each")
        more()
        assert second.terminate() == 0
        until(lambda: _assigned(first) == 4, "all the partitions")
        more()
        with shop.run() as third:
            third.wait_until_ready()
            until(lambda: _assigned(third) == 2, "half the partitions")
            more()
            first.kill()
            until(lambda: _assigned(third) == 4, "the dead one's partitions")
            shop.wait_for_commit(count, partitions=4)
    _assert_nothing_is_missing(shop, count)


def test_a_spare_daemon_waits_ready_and_takes_over(
    shop_at: Callable[..., Shop], bootstrap: str
) -> None:
    """With more daemons than partitions one has none, is ready, and steps in after a death."""
    shop = shop_at(bootstrap)
    with shop.run() as first:
        first.wait_until_ready()
        with shop.run() as second:
            second.wait_until_ready()
            until(lambda: _assigned(first) + _assigned(second) == 1, "one owner")
            assert second.page("/readyz")[0] == first.page("/readyz")[0] == 200
            owner, spare = (first, second) if _assigned(first) else (second, first)
            owner.kill()
            shop.write(breach(0))
            until(lambda: _assigned(spare) == 1, "the spare to take over")
            shop.wait_for_commit(1)
    assert list(shop.alerts_by_path()) == ["/n/0"]


def test_sigterm_finishes_the_batch_commits_and_leaves_the_group(
    shop_at: Callable[..., Shop], bootstrap: str
) -> None:
    """What was alerted is committed, and the next daemon need not wait for a session to expire."""
    shop = shop_at(bootstrap)
    topics.write(bootstrap, shop.logs, _mixture(0, 3000))
    with shop.run(session_seconds=60) as daemon:
        daemon.wait_for("alert.sent")
        assert daemon.terminate() == 0
        assert daemon.events("daemon.stopped")
    done = topics.committed(bootstrap, shop.logs, shop.logs)
    assert done > 0
    assert len(shop.alerts_by_path()) == (done + 2) // 3
    began = time.monotonic()
    with shop.run(session_seconds=60):
        shop.wait_for_commit(3000)
    assert time.monotonic() - began < 50
    _assert_nothing_is_missing(shop, 3000)


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
def test_a_second_signal_stops_at_once(
    shop_at: Callable[..., Shop], bootstrap: str, second: signal.Signals
) -> None:
    """While a first signal waits for a delivery that cannot be made, a second one does not."""
    shop = shop_at(bootstrap)
    with shop.run() as daemon:
        daemon.wait_until_ready()
        topics.delete(bootstrap, shop.alerts)
        shop.write(breach(0))
        daemon.wait_for("send.failed")
        daemon.process.send_signal(signal.SIGTERM)
        until(lambda: "draining" in daemon.page("/readyz")[1], "draining")
        daemon.process.send_signal(second)
        assert daemon.exit_code(5) == 128 + second


def test_a_stop_while_nothing_can_be_delivered_is_bounded_and_loses_nothing(
    shop_at: Callable[..., Shop], bootstrap: str
) -> None:
    """It gives up, exits with 0, and has committed nothing of what it could not deliver."""
    shop = shop_at(bootstrap)
    with shop.run(drain_seconds=1) as daemon:
        daemon.wait_until_ready()
        topics.delete(bootstrap, shop.alerts)
        shop.write(breach(0))
        daemon.wait_for("send.failed")
        assert daemon.terminate() == 0
        assert daemon.events("send.abandoned")
    assert topics.committed(bootstrap, shop.logs, shop.logs) == 0

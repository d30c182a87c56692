"""A broker that restarts, hangs or forgets, and more traffic than can be scored."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from kafka.admin import ACLOperation

from tests.integration.brokers import topics
from tests.integration.brokers.apache import ApacheKafka, sasl
from tests.integration.brokers.certificates import Certificates
from tests.integration.brokers.lines import benign, breach
from tests.integration.brokers.waiting import until
from tests.integration.daemon.conftest import Shop


@pytest.fixture
def mortal(broker: ApacheKafka) -> Iterator[ApacheKafka]:
    """The broker, found running again by the next test."""
    yield broker
    broker.revive()


def test_a_broker_that_restarts_is_no_loss(
    shop_at: Callable[..., Shop], mortal: ApacheKafka
) -> None:
    """It is killed amid the work and comes back; the daemon goes on by itself."""
    shop = shop_at(mortal.bootstrap, partitions=2)
    topics.write(mortal.bootstrap, shop.logs, map(breach, range(2000)))
    with shop.run() as daemon:
        daemon.wait_for("alert.sent")
        mortal.kill()
        assert daemon.page("/livez")[0] == 200
        mortal.start()
        topics.write(mortal.bootstrap, shop.logs, map(breach, range(2000, 2100)))
        shop.wait_for_commit(2100, partitions=2)
        assert daemon.terminate() == 0
    assert set(shop.alerts_by_path()) == {f"/n/{number}" for number in range(2100)}


def test_a_broker_that_hangs_is_no_loss(shop_at: Callable[..., Shop], mortal: ApacheKafka) -> None:
    """It is frozen beyond the session and the request time-outs; the daemon lives and goes on."""
    shop = shop_at(mortal.bootstrap, partitions=2)
    topics.write(mortal.bootstrap, shop.logs, map(breach, range(2000)))
    with shop.run() as daemon:
        daemon.wait_for("alert.sent")
        mortal.freeze()
        daemon.wait_for("send.failed", seconds=60)
        assert daemon.page("/livez")[0] == 200
        mortal.thaw()
        topics.write(mortal.bootstrap, shop.logs, map(breach, range(2000, 2100)))
        shop.wait_for_commit(2100, partitions=2)
        assert daemon.terminate() == 0
    assert set(shop.alerts_by_path()) == {f"/n/{number}" for number in range(2100)}


def test_a_stop_while_the_broker_hangs_is_bounded(
    shop_at: Callable[..., Shop], mortal: ApacheKafka
) -> None:
    """Nobody is told to be ready then; leaving the group is tried, not waited for without end."""
    shop = shop_at(mortal.bootstrap)
    with shop.run() as daemon:
        daemon.wait_until_ready()
        mortal.freeze()
        until(lambda: daemon.page("/readyz")[0] == 503, "readiness to end")
        mortal.thaw()
        until(lambda: daemon.page("/readyz")[0] == 200, "readiness to come back")
        mortal.freeze()
        assert daemon.terminate() == 0


def test_what_retention_removed_is_counted_and_the_stream_goes_on(
    shop_at: Callable[..., Shop], bootstrap: str
) -> None:
    """Ten records vanish behind a commit: ten are lost, it is said, and the rest is judged."""
    shop = shop_at(bootstrap)
    shop.write(benign(0), benign(1))
    with shop.run() as daemon:
        shop.wait_for_commit(2)
        daemon.terminate()
    topics.write(bootstrap, shop.logs, map(benign, range(2, 12)))
    topics.trim(bootstrap, shop.logs, before=12)
    shop.write(breach(12))
    with shop.run() as daemon:
        shop.wait_for_commit(13)
        assert daemon.metric("breachline_records_lost_total", topic=shop.logs) == 10
        assert daemon.events("records.lost")[0]["records"] == 10
    assert list(shop.alerts_by_path()) == ["/n/12"]


@pytest.mark.parametrize("operation", [ACLOperation.READ, ACLOperation.WRITE])
def test_a_right_taken_and_given_back_is_no_loss(
    shop_at: Callable[..., Shop],
    broker: ApacheKafka,
    tls: Certificates,
    operation: ACLOperation,
) -> None:
    """Reading fails until the client is made anew, or writing is tried again: neither ends us."""
    shop = shop_at(broker.bootstrap)
    topic = shop.logs if operation is ACLOperation.READ else shop.alerts
    with shop.run(**sasl(broker, tls, "SCRAM-SHA-512", "scram")) as daemon:
        shop.write(breach(0))
        shop.wait_for_commit(1)
        topics.deny(broker.bootstrap, topic, operation, "scram")
        shop.write(breach(1))
        if operation is ACLOperation.READ:
            restarts = "breachline_consumer_restarts_total"
            until(lambda: daemon.metric(restarts) > 0, "a new consumer")
        else:
            daemon.wait_for("send.failed")
        topics.deny_nothing(broker.bootstrap, topic)
        shop.wait_for_commit(2)
        assert daemon.terminate() == 0
    assert set(shop.alerts_by_path()) == {"/n/0", "/n/1"}


def test_overload_shows_as_lag_and_not_as_memory(
    shop_at: Callable[..., Shop], bootstrap: str
) -> None:
    """A fifth of a gigabyte waits: lag is seen to grow, memory stays, both probes hold."""
    shop = shop_at(bootstrap)
    long = benign(0).replace(b"page=2", b"page=" + b"2" * 64_000)
    lag, memory = "breachline_consumer_lag_records", "process_resident_memory_bytes"
    with shop.run() as daemon:
        daemon.wait_until_ready()
        shop.write(long)
        shop.wait_for_commit(1)
        before = daemon.metric(memory)
        topics.write(bootstrap, shop.logs, [long] * 1_500)
        first = until(lambda: daemon.metric(lag), "lag")
        topics.write(bootstrap, shop.logs, [long] * 1_500)
        until(lambda: daemon.metric(lag) > first, "more lag")
        done = daemon.metric("breachline_records_received_total")
        until(lambda: daemon.metric("breachline_records_received_total") > done + 300, "progress")
        assert daemon.metric(lag) > 500
        assert daemon.metric(memory) - before < 100_000_000
        assert daemon.page("/readyz")[0] == daemon.page("/livez")[0] == 200


def test_every_metric_of_the_daemon_is_there(shop_at: Callable[..., Shop], bootstrap: str) -> None:
    """Each has a help text and, after some work, a value that fits the work."""
    shop = shop_at(bootstrap)
    shop.write(breach(0), benign(1), b"")
    began = time.time()
    with shop.run() as daemon:
        shop.wait_for_commit(3)
        until(lambda: daemon.metric("breachline_records_scored_total") == 2, "two scored")
        until(lambda: daemon.metric("breachline_consumer_lag_records") == 0, "the lag to be seen")
        expected = {
            "breachline_records_received_total": 3,
            "breachline_records_rejected_total": 1,
            "breachline_alerts_total": 1,
            "breachline_score_count": 2,
            "breachline_alert_latency_seconds_count": 1,
            "breachline_consumer_lag_records": 0,
            "breachline_assigned_partitions": 1,
            "breachline_threshold": 0.5,
            "breachline_bundle_info": 1,
            "breachline_stalled": 0,
        }
        assert {name: daemon.metric(name) for name in expected} == expected
        assert daemon.metric("breachline_commits_total", outcome="committed") >= 1
        for series in ('rejected_total{reason="too_large"}', f'lost_total{{topic="{shop.logs}"}}'):
            assert f"\nbreachline_records_{series} 0.0\n" in daemon.page("/metrics")[1]
        assert 0 < daemon.metric("breachline_alert_latency_seconds_sum") < time.time() - began + 60
        assert daemon.metric("breachline_since_last_record_seconds") < 60
        for stage in ("poll", "detect", "send", "commit"):
            assert daemon.metric("breachline_stage_seconds_count", stage=stage) >= 1
        page = daemon.page("/metrics")[1]
        names = {line.split()[2] for line in page.splitlines() if line.startswith("# TYPE")}
        helped = {line.split()[2] for line in page.splitlines() if line.startswith("# HELP")}
        assert names == helped

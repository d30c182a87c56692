"""How the daemon begins: where it reads from, and what it says when it cannot."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import jsonschema
import orjson
import pytest
from kafka import KafkaConsumer, TopicPartition
from kafka.admin import ACLOperation

from detector.errors import SourceError
from detector.kafka_settings import Cluster, Subscription
from detector.metrics import Metrics
from detector.sources.kafka import KafkaSource
from detector.sources.kafka_positions import Positions
from detector.status import Status
from tests.integration.brokers import topics
from tests.integration.brokers.apache import ApacheKafka, sasl
from tests.integration.brokers.certificates import Certificates
from tests.integration.brokers.lines import benign, breach
from tests.integration.brokers.process import Breachline
from tests.integration.brokers.waiting import free_ports
from tests.integration.daemon.conftest import SCHEMA, Shop


def _fails(shop: Shop, code: int, *words: str, **changed: object) -> None:
    began = time.monotonic()
    with shop.run(**{"connect_seconds": 2} | changed) as daemon:
        assert daemon.exit_code(30) == code
        said = daemon.said()
    assert time.monotonic() - began < 30
    assert "Traceback" not in said
    for word in words:
        assert word in said


def test_an_absent_broker_is_said(shop_at: Callable[..., Shop], bootstrap: str) -> None:
    """Nobody listens: exit 1, with the address."""
    (port,) = free_ports(1)
    nobody = f"127.0.0.1:{port}"
    words = ("No Kafka broker answered", nobody, "The last attempt ended with KafkaConnectionError")
    _fails(shop_at(bootstrap), 1, *words, bootstrap_servers=nobody)


def test_a_listener_that_never_answers_is_said(
    shop_at: Callable[..., Shop], bootstrap: str
) -> None:
    """Something accepts the connection and keeps silent: exit 1 all the same."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        _fails(shop_at(bootstrap), 1, "No Kafka broker answered", bootstrap_servers=address)


def test_a_missing_topic_is_said(shop_at: Callable[..., Shop], bootstrap: str) -> None:
    """Each topic that does not exist is named, and none is made."""
    shop = shop_at(bootstrap)
    _fails(
        shop,
        1,
        "there is no topic nosuch-logs",
        "there is no topic nosuch-alerts",
        topics="nosuch-logs",
        alert_topic="nosuch-alerts",
    )


def test_refused_credentials_are_said(
    shop_at: Callable[..., Shop], broker: ApacheKafka, tls: Certificates
) -> None:
    """A wrong password: exit 1, with the user's name and without the password."""
    shop = shop_at(broker.bootstrap)
    wrong = sasl(broker, tls, "PLAIN", "plain") | {"sasl_password": "not-the-password"}
    # Now and then kafka-python sees the broker hang up before it sees why; time for several tries.
    _fails(shop, 1, "refused user plain", connect_seconds=8, **wrong)
    assert "not-the-password" not in (shop.folder / "0.log").read_text()


def test_a_missing_right_is_said(
    shop_at: Callable[..., Shop], broker: ApacheKafka, tls: Certificates
) -> None:
    """A user who may not write the alert topic is told so before anything is read."""
    shop = shop_at(broker.bootstrap)
    topics.deny(broker.bootstrap, shop.alerts, ACLOperation.WRITE, "reader")
    _fails(
        shop,
        1,
        f"may not write topic {shop.alerts}",
        **sasl(broker, tls, "SCRAM-SHA-512", "reader"),
    )


def test_a_broken_bundle_is_said(
    shop_at: Callable[..., Shop], bootstrap: str, tmp_path: Path
) -> None:
    """A bundle that does not load is a fault of the configuration: exit 78."""
    _fails(shop_at(bootstrap), 78, "nosuch", bundle=tmp_path / "nosuch")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"topics": ""}, "topics"),
        ({"alert_topic": "x", "topics": "x"}, "read and written"),
        ({"security_protocol": "SASL_SSL"}, "SASL mechanism"),
        ({"start": "yesterday"}, "earliest"),
        ({"listen": "nowhere"}, "HOST:PORT"),
        ({"security_protocol": "SSL", "ssl_ca": "/nosuch.pem"}, "/nosuch.pem"),
    ],
)
def test_settings_that_cannot_be_used_are_said(
    shop_at: Callable[..., Shop], bootstrap: str, changed: Mapping[str, object], words: str
) -> None:
    """Exit 78, naming the setting."""
    _fails(shop_at(bootstrap), 78, words, **changed)


@pytest.mark.parametrize(
    ("mechanism", "user"),
    [("PLAIN", "plain"), ("SCRAM-SHA-256", "scram"), ("SCRAM-SHA-512", "scram")],
)
def test_tls_and_sasl_where_the_broker_demands_them(
    shop_at: Callable[..., Shop],
    broker: ApacheKafka,
    tls: Certificates,
    mechanism: str,
    user: str,
) -> None:
    """A record goes all the way over an encrypted and authenticated connection."""
    shop = shop_at(broker.bootstrap)
    shop.write(breach(0))
    with shop.run(**sasl(broker, tls, mechanism, user)):
        shop.wait_for_commit(1)
    assert list(shop.alerts_by_path()) == ["/n/0"]


def test_a_client_certificate_where_the_broker_demands_one(
    shop_at: Callable[..., Shop], broker: ApacheKafka, tls: Certificates
) -> None:
    """A record goes all the way over mutual TLS."""
    shop = shop_at(broker.bootstrap)
    shop.write(breach(0))
    with shop.run(
        bootstrap_servers=broker.mutual,
        security_protocol="SSL",
        ssl_ca=tls.authority,
        ssl_certificate=tls.client_certificate,
        ssl_key=tls.client_key,
    ):
        shop.wait_for_commit(1)
    assert list(shop.alerts_by_path()) == ["/n/0"]


def _began_at(shop: Shop, start: object) -> set[str]:
    """Starts a daemon, kills it before any record, writes one, and returns the paths alerted."""
    with shop.run(start=start) as daemon:
        daemon.wait_for("partition.begun")
        topics.wait_for_any_commit(shop.bootstrap, shop.logs, shop.logs)
        daemon.kill()
    shop.write(breach(9))
    with shop.run(start=start):
        shop.wait_for_commit(3)
    return set(shop.alerts_by_path())


def test_latest_means_from_now_on_even_through_a_death(
    shop_at: Callable[..., Shop], bootstrap: str
) -> None:
    """What was there before is skipped; what came after the first start is not."""
    shop = shop_at(bootstrap)
    shop.write(breach(0), breach(1))
    assert _began_at(shop, "latest") == {"/n/9"}


def test_a_time_to_begin_at(shop_at: Callable[..., Shop], bootstrap: str) -> None:
    """Records are read from the first one that is no older than the time."""
    shop = shop_at(bootstrap)
    now = time.time()
    topics.write_at(bootstrap, shop.logs, {now - 7200: breach(0), now - 60: breach(1)})
    moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now - 3600))
    assert _began_at(shop, moment) == {"/n/1", "/n/9"}


def test_partitions_added_later_are_read_from_their_first_record(
    shop_at: Callable[..., Shop], bootstrap: str
) -> None:
    """The start is meant for what there was at the start, not for what came while we ran."""
    shop = shop_at(bootstrap)
    with shop.run(start="latest", metadata_seconds=1) as daemon:
        daemon.wait_for("partition.begun")
        topics.add_partitions(bootstrap, shop.logs, 2)
        shop.write(breach(0), partition=1)
        shop.wait_for_commit(1, partitions=2)
    assert list(shop.alerts_by_path()) == ["/n/0"]


def test_partitions_added_while_we_were_down_are_read_from_their_first_record(
    shop_at: Callable[..., Shop], bootstrap: str
) -> None:
    """The group has read the topic before, so what it never saw of it is not to be skipped."""
    shop = shop_at(bootstrap)
    with shop.run(start="latest"):
        topics.wait_for_any_commit(bootstrap, shop.logs, shop.logs)
    topics.add_partitions(bootstrap, shop.logs, 2)
    shop.write(breach(0), partition=1)
    with shop.run(start="latest"):
        shop.wait_for_commit(1, partitions=2)
    assert list(shop.alerts_by_path()) == ["/n/0"]


def test_a_start_that_was_found_stays_where_it_is(bootstrap: str) -> None:
    """Were the commit of a "latest" refused, finding it again would skip what came since."""
    partition = TopicPartition(topics.create(bootstrap, "logs"), 0)
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="none")
    consumer.assign([partition])
    positions = Positions("latest", {partition}, Metrics())
    assert positions.begin(consumer, {partition}) == {partition: 0}
    topics.write(bootstrap, partition.topic, [benign(0), benign(1)])
    assert positions.begin(consumer, {partition}) == {partition: 0}
    positions.note_commit({partition: 1})
    assert positions.begin(consumer, {partition}) == {partition: 1}
    consumer.close()


def test_a_broker_gone_since_it_was_asked_is_said() -> None:
    """The source says it as a fault to show, not as a traceback."""
    (port,) = free_ports(1)
    cluster = Cluster((f"127.0.0.1:{port}",), connect_seconds=0.5)
    with pytest.raises(SourceError, match=f"127.0.0.1:{port} no longer answers"):
        KafkaSource(cluster, Subscription(("logs",), "group"), Metrics(), Status())


def test_check_tries_broker_topics_and_rights(shop_at: Callable[..., Shop], bootstrap: str) -> None:
    """Each has a line of its own, and one that fails makes the exit code."""
    shop = shop_at(bootstrap)
    sound = {name: value for name, value in shop.options().items() if name != "bundle"}
    for changed, code in (({}, 0), ({"alert_topic": "nosuch"}, 78)):
        given = sound | {"bundle": shop.bundle} | changed
        with Breachline(shop.folder, given, "check") as check:
            out, _ = check.process.communicate(timeout=30)
            assert check.process.returncode == code
        assert b"topic " + shop.logs.encode() in out
        assert (b"FAILED" in out) == bool(code)


def test_test_alert_is_marked(shop_at: Callable[..., Shop], bootstrap: str) -> None:
    """It arrives in the alert topic, as the schema wants it, and cannot be taken for a real one."""
    shop = shop_at(bootstrap)
    given = {"bootstrap_servers": bootstrap, "alert_topic": shop.alerts}
    with Breachline(shop.folder, given, "test-alert") as sender:
        assert sender.exit_code() == 0
    (alert,) = topics.read(bootstrap, shop.alerts)
    document = orjson.loads(alert.value)
    assert document["event"]["reason"].startswith("Test alert")
    assert document["tags"] == ["breachline-test"]
    jsonschema.validate(document, SCHEMA)

"""What becomes of records on the whole way from topic to topic."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

import jsonschema
import orjson
import pytest

from tests.integration.brokers import topics
from tests.integration.brokers.lines import address, benign, breach, poison
from tests.integration.daemon.conftest import SCHEMA, Shop


def test_alerts_arrive_as_cloud_events_keyed_by_client(
    shop_at: Callable[..., Shop], bootstrap: str
) -> None:
    """A breach becomes one alert with CloudEvents headers, and a benign request none."""
    shop = shop_at(bootstrap)
    shop.write(benign(0), breach(1))
    with shop.run() as daemon:
        shop.wait_for_commit(2)
        assert daemon.terminate() == 0
    (alert,) = topics.read(bootstrap, shop.alerts)
    document = orjson.loads(alert.value)
    headers = topics.headers(alert)
    assert alert.key == address(1).encode()
    assert document["url"]["path"] == "/n/1"
    assert headers["ce_id"] == document["event"]["id"]
    assert headers["ce_specversion"] == "1.0"
    assert headers["ce_subject"] == f"{shop.logs}:0:1"
    assert headers["content-type"] == "application/json"
    assert {"ce_source", "ce_type", "ce_time"} <= headers.keys()


def test_poison_goes_to_the_dead_letters_and_the_stream_goes_on(
    shop_at: Callable[..., Shop], bootstrap: str
) -> None:
    """A record that cannot be read keeps its bytes and has its reason; the next one is judged."""
    shop = shop_at(bootstrap)
    shop.write(poison(0), None, breach(2))
    with shop.run() as daemon:
        shop.wait_for_commit(3)
        assert daemon.metric("breachline_records_rejected_total", reason="not_text") == 1
        assert daemon.metric("breachline_records_rejected_total", reason="empty") == 1
    letter, tombstone = topics.read(bootstrap, shop.dead_letters)
    headers = topics.headers(letter)
    assert letter.value == poison(0)
    assert headers["reason"] == "not_text"
    assert headers["origin"] == f"{shop.logs}:0:0"
    assert headers["size"] == str(len(poison(0)))
    assert headers["sha256"] == sha256(poison(0)).hexdigest()
    assert topics.headers(tombstone)["reason"] == "empty"
    assert list(shop.alerts_by_path()) == ["/n/2"]


@pytest.mark.parametrize("limit", [1_000_000, 4_000], ids=["configured limit", "broker's limit"])
def test_a_value_too_large_for_the_dead_letter_topic_is_cut(
    shop_at: Callable[..., Shop], bootstrap: str, limit: int
) -> None:
    """Its head arrives with the size and the digest of the whole, and the stream goes on."""
    roomy = {"max.message.bytes": "4000000"}
    tight = {"max.message.bytes": str(limit)}
    shop = shop_at(bootstrap, logs=roomy, dead_letters=tight)
    large = b"\x00" + b"x" * 2_000_000
    shop.write(large, breach(1))
    with shop.run() as daemon:
        shop.wait_for_commit(2)
        assert daemon.metric("breachline_items_shortened_total", topic=shop.dead_letters) > 0
    (letter,) = topics.read(bootstrap, shop.dead_letters)
    headers = topics.headers(letter)
    assert limit / 4 < len(letter.value) < limit
    assert large.startswith(letter.value)
    assert headers["size"] == str(len(large))
    assert headers["sha256"] == sha256(large).hexdigest()
    assert list(shop.alerts_by_path()) == ["/n/1"]


def test_an_alert_too_large_for_its_topic_is_shortened(
    shop_at: Callable[..., Shop], bootstrap: str
) -> None:
    """An alert is never held up by its own length; it says what was cut."""
    shop = shop_at(bootstrap, alerts={"max.message.bytes": "2500"})
    line = breach(0).replace(b"/n/0", b"/n/" + b"0" * 5000)
    shop.write(line, breach(1))
    with shop.run():
        shop.wait_for_commit(2)
    alerts = [orjson.loads(item.value) for item in topics.read(bootstrap, shop.alerts)]
    for item in alerts:
        jsonschema.validate(item, SCHEMA)
    cuts = {item["event"]["id"]: item["breachline"].get("cut") for item in alerts}
    short = next(item for item in alerts if item["url"]["path"] == "/n/1")
    assert len(cuts) == 2
    assert cuts.pop(short["event"]["id"]) is None
    assert "url.path" in cuts.popitem()[1]


def test_a_time_that_cannot_be_one_is_no_poison(
    shop_at: Callable[..., Shop], bootstrap: str
) -> None:
    """A producer that takes nanoseconds for milliseconds: alert and dead letter arrive."""
    shop = shop_at(bootstrap, logs={"message.timestamp.after.max.ms": str(2**63 - 1)})
    topics.write_at(bootstrap, shop.logs, {1.9e15: breach(0), 9e15: poison(1)})
    with shop.run():
        shop.wait_for_commit(2)
    assert list(shop.alerts_by_path()) == ["/n/0"]
    assert shop.dead_letter_values() == [poison(1)]


def test_a_topic_that_takes_not_even_the_shortest_message_is_said(
    shop_at: Callable[..., Shop], bootstrap: str
) -> None:
    """The stream waits for a roomier topic, nothing is lost, and a stop is bounded."""
    shop = shop_at(bootstrap, dead_letters={"max.message.bytes": "150"})
    shop.write(poison(0))
    with shop.run(drain_seconds=1) as daemon:
        failed = daemon.wait_for("send.failed")
        assert (
            f"Raise max.message.bytes of {shop.alerts} and {shop.dead_letters}" in failed["error"]
        )
        assert daemon.terminate() == 0
    topics.configure(bootstrap, shop.dead_letters, {"max.message.bytes": "1000"})
    with shop.run():
        shop.wait_for_commit(1)
    assert shop.dead_letter_values() == [poison(0)]


@pytest.mark.parametrize("codec", ["gzip", "lz4", "snappy", "zstd"])
def test_compressed_batches_are_read(
    shop_at: Callable[..., Shop], bootstrap: str, codec: str
) -> None:
    """Each codec that producers use is among the lean install's."""
    shop = shop_at(bootstrap)
    topics.write(bootstrap, shop.logs, [breach(number) for number in range(50)], 0, codec)
    with shop.run():
        shop.wait_for_commit(50)
    assert len(shop.alerts_by_path()) == 50


def test_a_value_larger_than_the_fetch_limits_still_comes(
    shop_at: Callable[..., Shop], bootstrap: str
) -> None:
    """A record beyond max_partition_fetch_bytes is read, if its own limit allows it."""
    shop = shop_at(bootstrap, logs={"max.message.bytes": "9000000"})
    large = b'{"method":"POST","path":"/n/0","requestPayload":{"text":"%s\'"}}' % (b"x" * 4_000_000)
    shop.write(large, breach(1))
    with shop.run(max_record_bytes=5_000_000, session_seconds=10):
        shop.wait_for_commit(2)
    assert set(shop.alerts_by_path()) == {"/n/0", "/n/1"}

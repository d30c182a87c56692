"""Messages and their sizes."""

from __future__ import annotations

from hashlib import sha256

import pytest
from kafka.record.default_records import DefaultRecordBatchBuilder

from detector.ecs import document
from detector.kafka_messages import alert_message, dead_letter_message
from detector.types import Alert, Origin, Reason, Record, Rejection, Request


def _letter(value: bytes, size: int | None = None, digest: str | None = None) -> Rejection:
    record = Record(Origin("logs", 3, 14), 1e9, value, size, digest)
    return Rejection(record, Reason.NOT_TEXT)


def test_a_dead_letter_says_where_it_comes_from() -> None:
    """Reason, origin, size and digest stand in the headers; the value is untouched."""
    message = dead_letter_message(_letter(b"\x00abc"), "dead")
    headers = dict(message.headers)
    assert message.fitting(10_000) == b"\x00abc"
    assert headers["reason"] == b"not_text"
    assert headers["origin"] == b"logs:3:14"
    assert headers["size"] == b"4"
    assert headers["sha256"] == sha256(b"\x00abc").hexdigest().encode()


def test_of_a_record_cut_by_its_source_the_whole_is_described() -> None:
    """The head travels, with the whole's size and digest."""
    headers = dict(dead_letter_message(_letter(b"head", 999, "d1ge57"), "dead").headers)
    assert headers["size"] == b"999"
    assert headers["sha256"] == b"d1ge57"


@pytest.mark.parametrize(
    ("address", "key"),
    [
        ("192.0.2.7", b"192.0.2.7"),
        (None, None),
        ("x" * 900_000, b"x" * 256),
        ("\ud800", "\ufffd".encode() * 3),
    ],
    ids=["an address", "none", "too long", "no Unicode"],
)
def test_whatever_a_log_calls_an_address_makes_a_key(
    address: str | None, key: bytes | None
) -> None:
    """And leaves a message that can be cut to what the topic takes."""
    record = Record(Origin("logs", 3, 14), 1e9, b"x")
    request = Request("GET", "/a", client_address=address)
    alert = Alert(record, request, 0.9, 0.5, "sqli", None, "hand-made-1", 1e9)
    message = alert_message(alert, document(alert), "alerts")
    assert message.key == key
    assert message.overhead + len(message.fitting(4_000)) <= 4_000


@pytest.mark.parametrize("limit", [600, 1_000, 50_000])
def test_a_fitting_message_is_within_its_limit_as_kafka_counts(limit: int) -> None:
    """Kafka's own estimate of the record batch, headers and all, stays below."""
    message = dead_letter_message(_letter(b"x" * 100_000), "dead")
    value = message.fitting(limit)
    size = DefaultRecordBatchBuilder.estimate_size_in_bytes(None, value, message.headers)
    assert limit - 150 < size <= limit

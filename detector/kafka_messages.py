"""Alerts and dead letters as Kafka messages.

An alert is a CloudEvent 1.0 in binary mode (CloudEvents Kafka Protocol Binding 1.0.2): attributes
are `ce_…` headers, the value is the alert's JSON. A dead letter's value is the record's own bytes;
headers say the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote

import orjson

from detector.ecs import iso, readable
from detector.shortening import shortened
from detector.types import Alert, Rejection

ALERT_TYPE = "io.breachline.alert.v1"

_KEY_BYTES = 256  # an address is shorter; what a log calls one need not be
_FRAME_BYTES = 100  # of a record batch and of a record in it, around key, value and headers


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent for one item.

    Attributes:
        topic: where to.
        key: what its partition is chosen by; None for any.
        headers: name and value, in order.
        size: bytes of the whole value.
        cut: returns the value in at most some bytes, as far as that can be done.
    """

    topic: str
    key: bytes | None
    headers: list[tuple[str, bytes]]
    size: int
    cut: Callable[[int], bytes]

    @property
    def overhead(self) -> int:
        """Bytes that the message takes beside its value, at most."""
        texts = [part for name, value in self.headers for part in (name.encode(), value)]
        return _FRAME_BYTES + len(self.key or b"") + sum(len(text) + 5 for text in texts)

    def fitting(self, limit: int) -> bytes:
        """Returns the value cut so that the whole message takes at most `limit` bytes."""
        return self.cut(max(0, limit - self.overhead))


def alert_message(alert: Alert, document: dict[str, Any], topic: str) -> Message:
    """Makes the message for `alert`, keyed by its client's address (256 bytes of it at most)."""
    origin = alert.record.origin
    headers = {
        "ce_specversion": "1.0",
        "ce_id": alert.record.id,
        "ce_source": f"/breachline/{quote(origin.stream, safe='')}",
        "ce_type": ALERT_TYPE,
        "ce_time": iso(alert.created),
        "ce_subject": str(origin),
        "content-type": "application/json",
    }
    address = readable(alert.request.client_address)
    return Message(
        topic,
        _bytes(address)[:_KEY_BYTES] if address else None,
        [(name, _bytes(value)) for name, value in headers.items()],
        len(orjson.dumps(document)),
        lambda limit: shortened(document, limit),
    )


def dead_letter_message(rejection: Rejection, topic: str) -> Message:
    """Makes the message for `rejection`. `size` and `sha256` are the whole record's, cut or not."""
    record = rejection.record
    headers = {
        "reason": str(rejection.reason),
        "origin": str(record.origin),
        "id": record.id,
        "time": iso(record.timestamp),
        "size": str(len(record.value) if record.size is None else record.size),
        "sha256": record.digest or sha256(record.value).hexdigest(),
    }
    return Message(
        topic,
        None,
        [(name, _bytes(value)) for name, value in headers.items()],
        len(record.value),
        lambda limit: record.value[:limit],
    )


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")

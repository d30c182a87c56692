"""Alerts as documents in the Elastic Common Schema, and rejections as dead letters.

Field names and categories: https://www.elastic.co/docs/reference/ecs. The documents are described
by alert.schema.json. A field that the record says nothing of is absent.
"""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from ipaddress import ip_address
from typing import Any

from detector.text import to_bytes
from detector.types import Alert, Origin, Rejection, Request

ECS_VERSION = "8.17.0"

MEDIUM, HIGH, CRITICAL = 47, 73, 99
"""event.severity, on the scale of Elastic Security's own alerts."""

_MEDIUM_FAMILIES = {"xss", "crlf", "probe", "webshell"}
_FIELD_BYTES = {"path": 8_192, "query": 16_384, "body": 32_768, "user_agent": 2_048}
_ECS_NAMES = {
    "path": "url.path",
    "query": "url.query",
    "body": "http.request.body.content",
    "user_agent": "user_agent.original",
}
_EVIDENCE_BYTES = 4_096
_HOST = re.compile(r"(\[[^\]]*\]|[^:]*)(?::\d*)?")
_YEAR_10000 = 253_402_300_800  # Unix seconds; datetime ends there


def document(alert: Alert) -> dict[str, Any]:
    """Returns `alert` as an ECS document that JSON can carry.

    Long fields are cut, so that any sink takes it; `breachline.cut` then names them.
    """
    request = alert.request
    cut = [_ECS_NAMES[name] for name in _FIELD_BYTES if _is_long(request, name)]
    return _present(
        {
            "@timestamp": iso(_taken(alert)),
            "ecs": {"version": ECS_VERSION},
            "event": {
                "kind": "alert",
                "category": ["web", "intrusion_detection"],
                "type": ["info"],
                "id": alert.record.id,
                "created": iso(alert.created),
                "risk_score": round(100 * alert.score, 2),
                "severity": severity(alert.family, request.status_code),
                "reason": reason(alert),
            },
            "source": {
                "address": readable(request.client_address),
                "ip": _ip(request.client_address),
            },
            "url": {
                "domain": _domain(request.host),
                "path": _field(request, "path"),
                "query": _field(request, "query"),
            },
            "http": {
                "request": {
                    "method": readable(request.method),
                    "body": {"content": _field(request, "body")},
                },
                "response": {"status_code": request.status_code},
            },
            "user_agent": {"original": _field(request, "user_agent")},
            "breachline": {
                "score": alert.score,
                "threshold": alert.threshold,
                "bundle": alert.bundle,
                "family": alert.family,
                "evidence": _evidence(alert),
                "origin": origin(alert.record.origin),
                "cut": cut,
            },
        }
    )


def dead_letter(rejection: Rejection) -> dict[str, Any]:
    """Returns `rejection` as a document that JSON can carry: why, whence, and its bytes.

    `value` is Base64 of the bytes at hand; `size` (bytes) and `sha256` are the whole record's, also
    where the source kept its head only.
    """
    record = rejection.record
    return {
        "reason": str(rejection.reason),
        "id": record.id,
        "read": iso(record.timestamp),
        "origin": origin(record.origin),
        "size": len(record.value) if record.size is None else record.size,
        "sha256": record.digest or sha256(record.value).hexdigest(),
        "value": b64encode(record.value).decode(),
    }


def severity(family: str, status_code: int | None) -> int:
    """Judges how bad an attempt is: 47 medium, 73 high, 99 critical.

    What would run or read something on the server is high. Scripts for other visitors' browsers,
    forged headers, and calls for files and web shells that may not be there are medium. One step
    up where the server did not turn the request down, that is, where it answered 2xx or 5xx.
    """
    medium = family in _MEDIUM_FAMILIES
    if status_code is not None and status_code // 100 in (2, 5):
        return HIGH if medium else CRITICAL
    return MEDIUM if medium else HIGH


def reason(alert: Alert) -> str:
    """Says in one sentence why the alert was raised."""
    evidence = alert.evidence
    place = "" if evidence is None else f" in the {evidence.field.replace('_', ' ')}"
    client = readable(alert.request.client_address) or "unknown client"
    method = readable(alert.request.method)
    return (
        f"{alert.family} attempt{place} of a {method} request from {client}, "
        f"score {alert.score:.3f} at threshold {alert.threshold:.3f}."
    )


def origin(place: Origin) -> dict[str, Any]:
    """Returns where a record stood; a file has no partition."""
    found = {"stream": readable(place.stream), "offset": place.offset}
    return found if place.partition is None else {**found, "partition": place.partition}


def iso(seconds: float) -> str:
    """Writes Unix seconds as ISO 8601 in UTC, to the millisecond."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def readable(text: str | None) -> str | None:
    """Returns `text` as Unicode; bytes that are not UTF-8 become U+FFFD."""
    return None if text is None else to_bytes(text).decode("utf-8", "replace")


def _taken(alert: Alert) -> float:
    """Returns when the request was made; when it was read, if it does not sensibly say."""
    seconds = alert.request.timestamp
    if seconds is None or not 0 <= seconds < _YEAR_10000:
        return alert.record.timestamp
    return seconds


def _is_long(request: Request, name: str) -> bool:
    value: str | None = getattr(request, name)
    return value is not None and len(to_bytes(value)) > _FIELD_BYTES[name]


def _field(request: Request, name: str) -> str | None:
    value: str | None = getattr(request, name)
    return to_bytes(value)[: _FIELD_BYTES[name]].decode("utf-8", "replace") if value else None


def _evidence(alert: Alert) -> dict[str, Any] | None:
    if alert.evidence is None:
        return None
    text = alert.evidence.text.encode("utf-8", "replace")[:_EVIDENCE_BYTES]
    return {**alert.evidence._asdict(), "text": text.decode("utf-8", "replace")}


def _ip(address: str | None) -> str | None:
    """Reads an address; a zone after it (RFC 4007) goes, since Elasticsearch refuses one."""
    try:
        return str(ip_address(address.partition("%")[0])) if address else None
    except ValueError:
        return None


def _domain(host: str | None) -> str | None:
    """Takes the port off a Host header; an IPv6 address keeps its brackets."""
    whole = readable(host)
    match = _HOST.fullmatch(whole) if whole else None
    return match[1] if match else whole


def _present(fields: dict[str, Any]) -> dict[str, Any]:
    """Drops what is None or empty, at every depth."""
    kept = {}
    for name, value in fields.items():
        found = _present(value) if isinstance(value, dict) else value
        if found is not None and found not in ("", {}, []):
            kept[name] = found
    return kept

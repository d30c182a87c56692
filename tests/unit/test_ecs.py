"""Alerts and rejections as documents."""

from __future__ import annotations

import base64
import hashlib
import json
from importlib import resources
from typing import Any

import jsonschema
import orjson
import pytest

from detector.ecs import dead_letter, document, severity
from detector.types import Alert, Evidence, Origin, Reason, Record, Rejection, Request

SCHEMA = json.loads(resources.files("detector").joinpath("alert.schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(
    SCHEMA, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
)
RECORD = Record(Origin("shop", 3, 41), 1_502_738_800.5, b"{}")
FULL = Request(
    method="POST",
    path="/search",
    query="q=%27",
    body='{"a":1}',
    timestamp=1_502_738_810.082,
    status_code=400,
    client_address="203.0.113.9",
    host="shop.example:8002",
    user_agent="curl/8",
    referer="http://shop.example/",
)


def alert(request: Request, record: Record = RECORD, **changes: Any) -> Alert:
    values: dict[str, Any] = {
        "record": record,
        "request": request,
        "score": 0.875,
        "threshold": 0.5,
        "family": "sqli",
        "evidence": Evidence("query", "'", 14, 15),
        "bundle": "shop-1",
        "created": 1_502_738_811.0,
    }
    return Alert(**values | changes)


def written(found: Alert) -> Any:
    """The document as it arrives, checked against the schema."""
    read = orjson.loads(orjson.dumps(document(found)))
    VALIDATOR.validate(read)
    return read


def test_the_schema_is_one() -> None:
    """The file is itself valid JSON Schema."""
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_full_request_fills_every_field() -> None:
    """Field by field, what the issue asks for."""
    assert written(alert(FULL)) == {
        "@timestamp": "2017-08-14T19:26:50.082Z",
        "ecs": {"version": "8.17.0"},
        "event": {
            "kind": "alert",
            "category": ["web", "intrusion_detection"],
            "type": ["info"],
            "id": RECORD.id,
            "created": "2017-08-14T19:26:51.000Z",
            "risk_score": 87.5,
            "severity": 73,
            "reason": "sqli attempt in the query of a POST request from 203.0.113.9, "
            "score 0.875 at threshold 0.500.",
        },
        "source": {"address": "203.0.113.9", "ip": "203.0.113.9"},
        "url": {"domain": "shop.example", "path": "/search", "query": "q=%27"},
        "http": {
            "request": {"method": "POST", "body": {"content": '{"a":1}'}},
            "response": {"status_code": 400},
        },
        "user_agent": {"original": "curl/8"},
        "breachline": {
            "score": 0.875,
            "threshold": 0.5,
            "bundle": "shop-1",
            "family": "sqli",
            "evidence": {"field": "query", "text": "'", "start": 14, "end": 15},
            "origin": {"stream": "shop", "partition": 3, "offset": 41},
        },
    }


def test_what_the_record_does_not_say_is_absent() -> None:
    """No null, no empty text, no empty object; the time is when the record was read."""
    record = Record(Origin("a.log", None, 0), 1.5, b"")
    found = written(alert(Request("GET", "/"), record, evidence=None))
    assert found.keys() == {"@timestamp", "ecs", "event", "url", "http", "breachline"}
    assert found["@timestamp"] == "1970-01-01T00:00:01.500Z"
    assert found["url"] == {"path": "/"}
    assert found["http"] == {"request": {"method": "GET"}}
    assert found["breachline"]["origin"] == {"stream": "a.log", "offset": 0}
    assert "evidence" not in found["breachline"]


@pytest.mark.parametrize(
    ("address", "ip"),
    [
        ("2001:db8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("bastion.example", None),
        ("203.0.113.999", None),
    ],
)
def test_source_ip_is_there_only_for_an_ip_address(address: str, ip: str | None) -> None:
    """Elasticsearch refuses a document whose IP is none."""
    found = written(alert(FULL._replace(client_address=address)))
    assert found["source"].get("ip") == ip
    assert found["source"]["address"] == address


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("shop.example", "shop.example"),
        ("shop.example:443", "shop.example"),
        ("[2001:db8::1]:80", "[2001:db8::1]"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_domain_has_no_port(host: str, domain: str) -> None:
    """As ECS wants it."""
    assert written(alert(FULL._replace(host=host)))["url"]["domain"] == domain


@pytest.mark.parametrize("timestamp", [float("nan"), float("inf"), -1.0, 1e300])
def test_a_time_that_cannot_be_gives_way_to_when_the_record_was_read(timestamp: float) -> None:
    """A log may hold anything."""
    found = written(alert(FULL._replace(timestamp=timestamp)))
    assert found["@timestamp"] == "2017-08-14T19:26:40.500Z"


def test_bytes_that_are_not_utf8_do_not_stop_an_alert() -> None:
    """Surrogate escapes and lone surrogates become U+FFFD."""
    request = FULL._replace(path="/\udcff", query="\ud800", host="\udcfe", client_address="\udcfd")
    found = written(alert(request))
    assert found["url"]["path"] == "/\ufffd"
    assert found["source"]["address"] == "\ufffd"


def test_long_fields_are_cut_and_named() -> None:
    """An alert stays small enough for any sink, however long the request was."""
    long = "é" * 1_000_000
    request = FULL._replace(path="/" + long, query=long, body=long, user_agent=long)
    found = written(alert(request, evidence=Evidence("body", long, 0, 2_000_000)))
    assert len(orjson.dumps(found)) < 100_000
    assert set(found["breachline"]["cut"]) == {
        "url.path",
        "url.query",
        "http.request.body.content",
        "user_agent.original",
    }


def test_the_schema_refuses_what_is_not_an_alert() -> None:
    """It is closed: a misspelled or missing field does not pass."""
    good = written(alert(FULL))
    for bad in (good | {"extra": 1}, {k: v for k, v in good.items() if k != "event"}):
        with pytest.raises(jsonschema.ValidationError):
            VALIDATOR.validate(bad)


@pytest.mark.parametrize(
    ("family", "status_code", "expected"),
    [
        ("sqli", 403, 73),
        ("sqli", None, 73),
        ("sqli", 200, 99),
        ("cmdi", 500, 99),
        ("xss", 404, 47),
        ("xss", 200, 73),
        ("probe", 404, 47),
    ],
)
def test_severity_follows_family_and_answer(
    family: str, status_code: int | None, expected: int
) -> None:
    """One step up where the server did not turn the request down."""
    assert severity(family, status_code) == expected


def test_a_dead_letter_keeps_the_bytes() -> None:
    """Reason, origin, size, digest, and a value that decodes to what was read."""
    value = b"\x00\xff not a log"
    found = dead_letter(Rejection(Record(Origin("a.log", None, 7), 0.0, value), Reason.NOT_TEXT))
    assert base64.b64decode(found["value"]) == value
    assert found["reason"] == "not_text"
    assert found["origin"] == {"stream": "a.log", "offset": 7}
    assert found["size"] == len(value)
    assert found["sha256"] == hashlib.sha256(value).hexdigest()


def test_a_dead_letter_of_a_head_tells_of_the_whole() -> None:
    """Where the source kept the head only, size and digest are the whole record's."""
    record = Record(Origin("a.log", None, 0), 0.0, b"head", size=99, digest="ab" * 32)
    found = dead_letter(Rejection(record, Reason.TOO_LARGE))
    assert (found["size"], found["sha256"]) == (99, "ab" * 32)

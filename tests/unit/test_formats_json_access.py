"""The SecuritAI JSON access log."""

import gzip
from pathlib import Path
from typing import Any

import orjson
import pytest

from detector.errors import MalformedRecord
from detector.formats.json_access import FORMAT
from detector.text import TextSettings, canonical
from detector.types import Reason, Request

FIELDS = TextSettings().fields


def read(**fields: Any) -> Request:
    return FORMAT.parse(orjson.dumps({"method": "get", "path": "/", **fields}))


def text(request: Request) -> bytes:
    return canonical(request, FIELDS, 1024).data


def test_every_field() -> None:
    """The log's fields land where they belong; what says nothing of the request is unread."""
    assert read(
        timestamp=1502738402847,
        method="post",
        query={"q": "a b"},
        path="/login",
        statusCode=401,
        source={"remoteAddress": "192.0.2.7", "userAgent": "curl", "referer": "http://r/"},
        route="/login",
        headers={"host": "localhost:8002", "x-forwarded-for": "198.51.100.1"},
        requestPayload={"username": "Carl2"},
        responsePayload={"statusCode": 401},
    ) == Request(
        "POST",
        "/login",
        "q=a b",
        '{"username":"Carl2"}',
        1502738402.847,
        401,
        "192.0.2.7",
        "localhost:8002",
        "curl",
        "http://r/",
        "198.51.100.1",
        ("route", "responsePayload"),
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (None, ""),
        ({}, ""),
        ("?a=%27", "a=%27"),
        ({"a": "1", "b": ""}, "a=1&b="),
        ({"a": ["1", "2"]}, "a=1&a=2"),
        ({"a": None, "b": True, "c": 1.5}, "a&b=true&c=1.5"),
        ({"a": {"$ne": "x"}}, "a[$ne]=x"),
        ({"a": [{"b": ["c", "d"]}]}, "a[0][b]=c&a[0][b]=d"),
        ({"a=b&c": "d=e&f+g#h%27"}, "a%3Db%26c=d=e%26f%2Bg%23h%2527"),
        ({"?": "a"}, "?=a"),
        ({"a": {}, "b": []}, "a={}&b=[]"),
        ([1, "a"], '[1,"a"]'),
    ],
)
def test_query(query: object, expected: str) -> None:
    """A parsed query is written as it would have been sent."""
    assert read(query=query).query == expected


def test_query_nested_deeply() -> None:
    """From the ninth level on a query is written as JSON."""
    query: Any = {"k": "v"}
    for _ in range(9):
        query = {"a": query}
    assert read(query=query).query == "a" + "[a]" * 8 + '={"k":"v"}'


def test_query_in_the_path() -> None:
    """A logger that writes the whole target as path and no query is understood."""
    request = read(path="/a?b=c+d", query={})
    assert (request.path, request.query) == ("/a", "b=c+d")
    assert read(path="/a?b", query={"c": "d"}).path == "/a?b"


@pytest.mark.parametrize(
    ("payload", "body"),
    [
        (None, ""),
        ("a=1&b=%27", "a=1&b=%27"),
        ({"a": {"b": ["c d", 1, None]}}, '{"a":{"b":["c d",1,null]}}'),
        ([], "[]"),
        (7, "7"),
    ],
)
def test_payload(payload: object, body: str) -> None:
    """A parsed payload becomes compact JSON, a string stays itself."""
    assert read(requestPayload=payload).body == body


def test_payloads_that_orjson_does_not_write() -> None:
    """Deep nesting and lone surrogates are no way around the detector."""
    deep = b'{"method":"post","path":"/","requestPayload":' + b'{"a":' * 400 + b"1" + b"}" * 401
    assert FORMAT.parse(deep).body.startswith('{"a":{"a":')
    lone = rb'{"method":"post","path":"/","requestPayload":{"a":"\ud800"}}'
    assert FORMAT.parse(lone).body == '{"a":"\ud800"}'


def test_header_fallbacks() -> None:
    """What `source` lacks the headers may have, under either spelling."""
    request = read(headers={"User-Agent": "curl", "referer": "http://r/", "Host": "h"})
    assert (request.user_agent, request.referer, request.host) == ("curl", "http://r/", "h")


def test_fields_of_odd_types() -> None:
    """A field that is not needed is never a reason to reject."""
    assert read(source=[1], headers="x", timestamp={}, statusCode="x") == Request("GET", "/")


def test_duplicate_names() -> None:
    """Of a repeated name the last counts, as in most readers of JSON."""
    assert FORMAT.parse(b'{"method":"get","path":"/a","path":"/b"}').path == "/b"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b'{"method": "get"}', Reason.MISSING_FIELD),
        (b'{"path": "/"}', Reason.MISSING_FIELD),
        (b'{"method": "get", "path": ""}', Reason.MISSING_FIELD),
        (b'{"method": null, "path": "/"}', Reason.MISSING_FIELD),
        (b'{"method": 1, "path": "/"}', Reason.WRONG_TYPE),
        (b'{"method": "get", "path": ["/"]}', Reason.WRONG_TYPE),
        (b'"x"', Reason.WRONG_TYPE),
        (b"GET /", Reason.NOT_JSON),
        (b'{"a"\x00}', Reason.NOT_JSON),
    ],
)
def test_rejections(value: bytes, reason: Reason) -> None:
    """What cannot be read is rejected with the reason that fits."""
    with pytest.raises(MalformedRecord) as caught:
        FORMAT.parse(value)
    assert caught.value.reason is reason


def test_genuine_rows(shared_data: Path) -> None:
    """The rows of the SecuritAI log that are to be had are read whole."""
    with gzip.open(shared_data / "seeds/securitai_sample_rows.jsonl.gz") as lines:
        logs = [orjson.loads(line)["log"] for line in lines]
    requests = [FORMAT.parse(orjson.dumps(log)) for log in logs]
    assert len(requests) == 6
    for log, request in zip(logs, requests, strict=True):
        assert request.method == log["method"].upper()
        assert request.timestamp == log["timestamp"] / 1000
        assert request.client_address == log["source"]["remoteAddress"]
        assert request.host == "localhost:8002"
        assert request.unread == ("route", "responsePayload")
        values = [*log["query"].values(), *(log["requestPayload"] or {}).values()]
        assert all(value.encode() in text(request) for value in values)

"""Parsers: any bytes, and one request logged in every format."""

import json
from urllib.parse import quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from detector.errors import MalformedRecord
from detector.formats.auto import FORMATS, parser
from detector.formats.fields import unix_seconds
from detector.text import TEXT_FIELDS, canonical
from detector.types import Request

TOKENS = (
    b'192.0.2.7 - - [17/May/2015:10:05:03 +0000] "',
    b'GET /a?b=c HTTP/1.1" 200 5',
    b' "-" "curl"',
    b'{"method":"get","path":"/',
    b'{"request_method":"GET","request_uri":"/',
    b'","query":{"a":["b"]}}',
    b'","requestPayload":{"a":1}}',
    b'","args":1,"msec":"1e999"}',
    b'"}',
    b'"',
    b"\\",
    b"\\x",
    b"\\ud800",
    b"41",
    b"[",
    b"{",
    b"] ",
    b"\xff",
    b"\x00",
    b"\n",
)
LINES = st.binary() | st.lists(st.sampled_from(TOKENS), max_size=8).map(b"".join)


@pytest.mark.parametrize("name", FORMATS)
@given(LINES)
@example(b'{"method":"get","path":"/","requestPayload":' + b"[" * 1000 + b"]" * 1000 + b"}")
@example(b'{"method":"get","path":"/","query":{"a":' + b"[" * 1000 + b"]" * 1000 + b"}}")
@example(b'{"request":"GET /","msec":' + b"9" * 400 + b"}")
def test_any_bytes_parse_or_are_rejected(name: str, value: bytes) -> None:
    """Whatever the bytes, the outcome is a request that has a text, or a rejection."""
    try:
        request = parser(name)(value)
    except MalformedRecord:
        return
    assert isinstance(request, Request)
    assert isinstance(request.timestamp, float | None)
    assert isinstance(request.status_code, int | None)
    for text in (request.method, request.path, request.query, request.body):
        assert isinstance(text, str)
    canonical(request, TEXT_FIELDS, 1024)


@given(st.text() | st.floats() | st.integers() | st.binary() | st.none())
def test_any_time(value: object) -> None:
    """What is read as a time can be written as a date."""
    seconds = unix_seconds(value)
    assert seconds is None or 0 <= seconds < 253_402_300_800


def nginx_escaped(text: str) -> str:
    return "".join(
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02X}"
        for byte in text.encode()
    )


CHARACTERS = st.characters(codec="utf-8")
PATHS = st.text(CHARACTERS.filter(lambda character: character != "?"), max_size=40)
WORDS = st.text(CHARACTERS, max_size=20)
PARAMETERS = st.dictionaries(
    st.text(CHARACTERS, min_size=1, max_size=8),
    st.lists(WORDS, min_size=1, max_size=3),
    max_size=4,
)
JSON_BODIES = st.dictionaries(WORDS, WORDS | st.integers(-9999, 9999) | st.none(), max_size=4)
HEADERS = st.text(CHARACTERS, max_size=20).map(lambda text: "http://" + text)


@given(
    method=st.sampled_from(["GET", "POST", "PROPFIND", "M-SEARCH"]),
    path=PATHS.map(lambda path: "/" + path),
    parameters=PARAMETERS,
    status=st.integers(100, 599),
    referer=HEADERS,
)
def test_one_request_has_one_text(
    method: str, path: str, parameters: dict[str, list[str]], status: int, referer: str
) -> None:
    """The same request, logged in each format, has the same canonical text."""
    sent = [(name, value) for name, values in parameters.items() for value in values]
    target = path + "?" + "&".join(f"{quote_plus(name)}={quote_plus(item)}" for name, item in sent)
    lone_or_list = {
        name: values if len(values) > 1 else values[0] for name, values in parameters.items()
    }
    logged = {
        "json_access": json.dumps(
            {
                "method": method.lower(),
                "path": path,
                "query": lone_or_list,
                "statusCode": status,
                "source": {"referer": referer},
            }
        ),
        "nginx_json": json.dumps(
            {
                "request_method": method,
                "request_uri": target,
                "status": str(status),
                "http_referer": referer,
            },
            ensure_ascii=False,
        ),
        "combined": (
            "192.0.2.7 - - [17/May/2015:10:05:03 +0000] "
            f'"{method} {nginx_escaped(target)} HTTP/1.1" {status} 5 '
            f'"{nginx_escaped(referer)}" "-"'
        ),
    }
    texts = {
        canonical(parse(line.encode()), TEXT_FIELDS, 32_768)
        for name, line in logged.items()
        for parse in (parser(name), parser("auto"))
    }
    assert len(texts) == 1


@given(JSON_BODIES, st.booleans(), st.sampled_from([None, 2]))
def test_one_body_has_one_text(
    body: dict[str, object], ensure_ascii: bool, indent: int | None
) -> None:
    """A JSON body has the same text parsed or as sent, however its sender wrote it."""
    parsed = json.dumps({"method": "post", "path": "/", "requestPayload": body})
    sent = json.dumps(body, ensure_ascii=ensure_ascii, indent=indent)
    raw = json.dumps({"request_method": "POST", "request_uri": "/", "request_body": sent})
    auto = parser("auto")
    first, second = (canonical(auto(line.encode()), TEXT_FIELDS, 32_768) for line in (parsed, raw))
    assert first == second

"""nginx's JSON logs, in the many shapes that people give them."""

from typing import Any

import orjson
import pytest

from detector.errors import MalformedRecord
from detector.formats.nginx_json import FORMAT
from detector.types import Reason, Request


def read(**fields: Any) -> Request:
    return FORMAT.parse(orjson.dumps(fields))


def test_every_field() -> None:
    """Variables of nginx land where they belong; numbers may be strings; the rest is unread."""
    assert read(
        time_iso8601="2015-05-17T10:05:03+02:00",
        remote_addr="192.0.2.7",
        http_x_forwarded_for="198.51.100.1",
        request_method="POST",
        request_uri="/a?b=c",
        status="404",
        http_host="shop.example",
        http_user_agent="curl",
        http_referer="http://r/",
        request_body='{"a":1}',
        request_time="0.01",
    ) == Request(
        "POST",
        "/a",
        "b=c",
        '{"a":1}',
        1431849903.0,
        404,
        "192.0.2.7",
        "shop.example",
        "curl",
        "http://r/",
        "198.51.100.1",
        ("request_time",),
    )


def test_names_without_http() -> None:
    """Many write a header's name as it is, without nginx's prefix."""
    found = read(
        method="GET",
        uri="/",
        user_agent="curl",
        referrer="http://r/",
        x_forwarded_for="198.51.100.1",
    )
    assert found[-4:] == ("curl", "http://r/", "198.51.100.1", ())


@pytest.mark.parametrize(
    "fields",
    [
        {"request_method": "GET", "request_uri": "/a?b=c"},
        {"request": "GET /a?b=c HTTP/1.1"},
        {"request": "GET /a?b=c HTTP/1.1", "uri": "/index.html", "args": ""},
        {"request_method": "GET", "uri": "/a", "args": "b=c"},
        {"request_method": "GET", "document_uri": "/a", "query_string": "b=c"},
        {"method": "get", "uri": "/a?b=c"},
        {"request_method": "GET", "request_uri": "-", "uri": "/a", "args": "b=c"},
    ],
)
def test_ways_to_name_the_target(fields: dict[str, str]) -> None:
    """The same request comes of request_uri, of request, and of uri and args."""
    assert read(**fields) == Request("GET", "/a", "b=c")


@pytest.mark.parametrize("absent", ["", "-", None])
def test_absence(absent: str | None) -> None:
    """An empty string or "-" stands for a variable without a value."""
    request = read(
        request_method="GET",
        uri="/",
        args=absent,
        request_body=absent,
        http_user_agent=absent,
        status=absent,
        remote_addr=absent,
        msec=absent,
    )
    assert request == Request("GET", "/")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("msec", "1431849903.000"),
        ("msec", 1431849903),
        ("time_local", "17/May/2015:10:05:03 +0200"),
        ("time", "2015-05-17T08:05:03Z"),
        ("@timestamp", "2015-05-17T08:05:03"),
    ],
)
def test_times(name: str, value: object) -> None:
    """Each of nginx's time variables gives Unix seconds."""
    assert read(request="GET /", **{name: value}).timestamp == 1431849903.0


@pytest.mark.parametrize(
    "value",
    [
        "nan",
        "inf",
        -1,
        1e300,
        "1e999",
        True,
        [],
        "9999-99-99T00:00:00",
        "0001-01-01T00:00:00+23:59",
    ],
)
def test_unusable_times(value: object) -> None:
    """What is no time from 1970 to 9999 is none at all."""
    assert read(request="GET /", msec=value).timestamp is None


@pytest.mark.parametrize("value", ["099", "1000", "20", 99, 200.5, True, {}, "٢٠x"])
def test_unusable_status(value: object) -> None:
    """A status that HTTP does not have is none at all."""
    assert read(request="GET /", status=value).status_code is None


def test_server_name_is_no_match_for_the_host_header() -> None:
    """The Host header counts before the server's own name, wherever either stands."""
    assert read(host="node-7", http_host="shop", request="GET /").host == "shop"
    assert read(host="node-7", request="GET http://h/ HTTP/1.1").host == "h"
    assert read(host="node-7", request="GET /").host == "node-7"


def test_bytes_that_are_not_utf_8() -> None:
    """With escape=json nginx passes bytes from 0x80 as they come; none is lost."""
    request = FORMAT.parse(b'{"request_method":"GET","request_uri":"/\xff\xe2\x80\x91"}')
    assert request.path == "/\udcff\u2011"


def test_escapes_of_a_text_log() -> None:
    r"""Without escape=json nginx writes \xHH, which is no JSON, and yet is read."""
    request = FORMAT.parse(rb'{"request":"GET /\x22\x5C\x5Cx41\xE2\x80\x91\x0A HTTP/1.1"}')
    assert request.path == '/"\\\\x41\u2011\n'
    assert FORMAT.parse(rb'{"request":"GET /\\x41\xff"}').path == "/\\x41\udcff"


def test_body_that_is_not_text() -> None:
    """A body that was logged as JSON, not as a string, becomes compact JSON."""
    assert read(request="POST /", request_body={"a": [1, "b c"]}).body == '{"a":[1,"b c"]}'
    assert read(request="POST /", request_body=5).body == "5"


def test_no_request_came() -> None:
    """A connection without a request is read and has no text."""
    assert read(request="", request_method="", request_uri="", status=400) == Request(
        "", "", status_code=400
    )
    assert read(request="\u0016\u0003", request_method="").path == "\u0016\u0003"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"{", Reason.NOT_JSON),
        (b'{"request": "GET / HT', Reason.NOT_JSON),
        (b'192.0.2.7 - - "GET /"', Reason.NOT_JSON),
        (b'{"request": ' + b"[" * 100_000, Reason.NOT_JSON),
        (b'{"request": "GET /", "n": ' + b"1" * 5000 + b"}", Reason.NOT_JSON),
        (b"[]", Reason.WRONG_TYPE),
        (b"NaN", Reason.WRONG_TYPE),
        (b"{}", Reason.MISSING_FIELD),
        (b'{"uri": "/"}', Reason.MISSING_FIELD),
        (b'{"request_method": "GET"}', Reason.MISSING_FIELD),
        (b'{"request": {"method": "GET"}}', Reason.WRONG_TYPE),
        (b'{"request_method": "GET", "request_uri": 7}', Reason.WRONG_TYPE),
        (b"\n", Reason.EMPTY),
    ],
)
def test_rejections(value: bytes, reason: Reason) -> None:
    """What cannot be read is rejected with the reason that fits."""
    with pytest.raises(MalformedRecord) as caught:
        FORMAT.parse(value)
    assert caught.value.reason is reason

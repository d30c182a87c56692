"""Which parser takes a line."""

from ipaddress import ip_network

import pytest

from detector.errors import ConfigError, MalformedRecord
from detector.formats.auto import FORMATS, parse_named, parser
from detector.types import Reason

LINES = {
    "json_access": b'{"method":"get","path":"/x","statusCode":200,'
    b'"source":{"remoteAddress":"10.0.0.1"},"headers":{"x-forwarded-for":"192.0.2.7"}}',
    "nginx_json": b'{"request_method":"GET","request_uri":"/x","status":200,'
    b'"remote_addr":"10.0.0.1","http_x_forwarded_for":"192.0.2.7"}',
    "combined": b'10.0.0.1 - - [17/May/2015:10:05:03 +0000] "GET /x HTTP/1.1" 200 5 "-" "-" '
    b'"192.0.2.7"',
}


def test_names() -> None:
    """Every format has a line here, and `auto` comes on top."""
    assert list(FORMATS) == ["auto", *LINES]


@pytest.mark.parametrize("name", LINES)
def test_auto_reads_what_the_named_parser_reads(name: str) -> None:
    """A line read by detection gives the same request as one read by choice."""
    value = b"\xef\xbb\xbf  " + LINES[name] + b"\r\n"
    assert parser("auto")(value) == parser(name)(LINES[name])
    assert parse_named(value) == (name, parser(name)(LINES[name]))


@pytest.mark.parametrize("name", LINES)
def test_trusted_proxies(name: str) -> None:
    """X-Forwarded-For names the client only where the peer is trusted, in every format."""
    behind = parser(name, [ip_network("10.0.0.0/8")])(LINES[name])
    elsewhere = parser(name, [ip_network("172.16.0.0/12")])(LINES[name])
    assert (behind.client_address, elsewhere.client_address) == ("192.0.2.7", "10.0.0.1")
    assert parser(name)(LINES[name]).client_address == "10.0.0.1"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"{]", Reason.NOT_JSON),
        (b'{"a": 1}', Reason.UNKNOWN_FORMAT),
        (b'{"statusCode": 200}', Reason.MISSING_FIELD),
        (b"[1]", Reason.UNKNOWN_FORMAT),
        (b"plain words", Reason.UNKNOWN_FORMAT),
        (b"a\ttab is text", Reason.UNKNOWN_FORMAT),
        (b"\x00\x01", Reason.NOT_TEXT),
        ("{}".encode("utf-16"), Reason.NOT_TEXT),
    ],
)
def test_rejections(value: bytes, reason: Reason) -> None:
    """What no format takes is rejected with the reason that fits."""
    with pytest.raises(MalformedRecord) as caught:
        parser("auto")(value)
    assert caught.value.reason is reason


def test_unknown_name() -> None:
    """A format that does not exist is named, with those that do."""
    with pytest.raises(ConfigError, match=r"'clf'.*nginx_json"):
        parser("clf")

"""Canonical text: what is undone, what is cut, and where each field stands."""

import pytest

from detector.errors import ConfigError
from detector.text import DEFAULT_STRIP, TEXT_FIELDS, Span, canonical, fields_after_strip
from detector.types import Request

FIELDS = ("method", "path", "query", "body")


def text(request: Request) -> bytes:
    return canonical(request, FIELDS, 1024).data


def body(value: str) -> bytes:
    return text(Request("", "", body=value))


def test_order_and_spans() -> None:
    """Fields stand in a fixed order, each span holding its field and not what leads to it."""
    request = Request(
        "POST", "/a", "b=c", "d", status_code=404, user_agent="curl", referer="http://r/"
    )
    made = canonical(request, TEXT_FIELDS, 1024)
    assert made.data == b"POST /a?b=c\nd\nuser-agent: curl\nreferer: http://r/\nstatus: 404"
    assert made.cut == 0
    assert [(span.field, made.data[span.start : span.end]) for span in made.spans] == [
        ("method", b"POST"),
        ("path", b"/a"),
        ("query", b"b=c"),
        ("body", b"d"),
        ("user_agent", b"curl"),
        ("referer", b"http://r/"),
        ("status_code", b"404"),
    ]


def test_absent_fields_leave_nothing() -> None:
    """A field without a value has no lead-in and no span; without any the text is empty."""
    assert text(Request("GET", "/")) == b"GET /"
    assert canonical(Request("", "raw"), FIELDS, 9).spans == (Span("path", 0, 3),)
    assert canonical(Request("", ""), FIELDS, 9).data == b""


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("%27%20or%201", b"' or 1"),
        ("a+b", b"a b"),
        ("a%2Bb", b"a+b"),
        ("%2527", b"'"),
        ("%252527", b"'"),
        ("%25252527", b"%27"),
        ("%u0027%U00e9", "'é".encode()),
        ("%uD83D%uDE00", "😀".encode()),
        ("%uD83D!", b"\xed\xa0\xbd!"),
        ("%E2%80%91%ff", "\u2011".encode() + b"\xff"),
        ("100%", b"100%"),
        ("%zz%4", b"%zz%4"),
        ("\udcff", b"\xff"),
        ("\ud800", b"\xed\xa0\x80"),
    ],
)
def test_query_is_decoded(sent: str, meant: bytes) -> None:
    """Percent-encoding is undone, three times over, and a plus is a space."""
    assert text(Request("", "", sent)) == meant


def test_plus_in_a_path() -> None:
    """In a path a plus is a plus."""
    assert text(Request("GET", "/c++%20x")) == b"GET /c++ x"


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ('{"a":"\\u0027\\/\\n\\"\\\\n"}', b'{"a":"\'/\n"\\n"}'),
        ('{"a":"\\ud83d\\ude00"}', '{"a":"😀"}'.encode()),
        (' { "a b" : [ 1 , "c, d" ] }\n', b'{"a b":[1,"c, d"]}'),
        ('{"a": 1.00, "a": "\\" , "}', b'{"a":1.00,"a":"" , "}'),
        ('{"a":"%27+"}', b'{"a":"%27+"}'),
        ("a=%27+b\\n", b"a=' b\\n"),
        ("[a]=%27+b", b"[a]=' b"),
        ('{"a": "\\u0027%27', b'{"a": "\'\''),
    ],
)
def test_body_is_decoded(sent: str, meant: bytes) -> None:
    """JSON is read as JSON, all else as a form; what only begins like JSON is read as both."""
    assert body(sent) == meant


def test_body_nested_deeply() -> None:
    """A body too deep for orjson to write is compacted all the same."""
    assert body("[ " * 400 + "]" * 400) == b"[" * 400 + b"]" * 400


def test_a_long_text_loses_its_middle() -> None:
    """Head and tail stay, spans follow, and what was cut is counted."""
    made = canonical(Request("GET", "/" + "a" * 20, "q=" + "b" * 20, "tail"), FIELDS, 20)
    assert made.data == b"GET /aaaaa" + b"bbbbb\ntail"
    assert made.cut == len("GET /") + 20 + len("?q=") + 20 + len("\ntail") - 20
    assert made.spans == (
        Span("method", 0, 3),
        Span("path", 4, 10),
        Span("query", 10, 15),
        Span("body", 16, 20),
    )


def test_default_strip_leaves_the_request() -> None:
    """What is stripped by default takes the client's headers and nothing of the request."""
    assert fields_after_strip(FIELDS, DEFAULT_STRIP) == FIELDS
    assert fields_after_strip(TEXT_FIELDS, DEFAULT_STRIP) == (*FIELDS, "status_code")
    assert fields_after_strip(("body", "path"), ["query"]) == ("path", "body")


def test_unknown_strip() -> None:
    """A field that records do not have is named."""
    with pytest.raises(ConfigError, match="found cookies, expected names among timestamp"):
        fields_after_strip(FIELDS, ["path", "cookies"])

"""Combined and common logs: what servers write, and what attackers make them write."""

import pytest

from detector.errors import MalformedRecord
from detector.formats.combined import FORMAT
from detector.types import Reason, Request

TIME = "[17/May/2015:10:05:03 +0200]"


def line(request: str, end: str = "200 5") -> bytes:
    return f'192.0.2.7 - - {TIME} "{request}" {end}'.encode()


def read(request: str, end: str = "200 5") -> Request:
    return FORMAT.parse(line(request, end))


def test_combined_carries_all_but_host_and_body() -> None:
    """Every field of a combined line lands where it belongs."""
    request = FORMAT.parse(line("GET /a%20b?c=d+e HTTP/1.1", '404 - "http://r/" "Agent \\"7\\""'))
    assert request == Request(
        method="GET",
        path="/a%20b",
        query="c=d+e",
        timestamp=1431849903.0,
        status_code=404,
        client_address="192.0.2.7",
        user_agent='Agent "7"',
        referer="http://r/",
        unread=("ident", "user", "size"),
    )


def test_common_has_neither_referer_nor_agent() -> None:
    """A common line ends after the size; "-" in a combined line means the same."""
    common, combined = read("GET / HTTP/1.0"), read("GET / HTTP/1.0", '200 5 "-" "-"')
    assert common == combined
    assert (common.referer, common.user_agent) == (None, None)


def test_variants_of_combined() -> None:
    """Apache's vhost_combined names the host, nginx's `main` ends with X-Forwarded-For."""
    vhost = FORMAT.parse(b"shop.example:443 " + line("GET / HTTP/1.1"))
    assert (vhost.host, vhost.client_address) == ("shop.example:443", "192.0.2.7")
    main = read("GET / HTTP/1.1", '200 5 "-" "curl" "198.51.100.1, 10.0.0.1"')
    assert (main.user_agent, main.forwarded_for) == ("curl", "198.51.100.1, 10.0.0.1")


@pytest.mark.parametrize(
    "names",
    ["- - ", "- john smith ", "- a [b] ", "- a:1 - - ", "ident user "],
)
def test_user_names_do_not_hide_a_request(names: str) -> None:
    """A client chooses the user name: spaces and brackets in it must not spoil the line."""
    request = FORMAT.parse(f'::1 {names}{TIME} "GET /x HTTP/1.1" 401 0'.encode())
    assert (request.path, request.client_address) == ("/x", "::1")


@pytest.mark.parametrize(
    ("logged", "path"),
    [
        (r"GET /\x22\x5C\xE2\x80\x91 HTTP/1.1", '/"\\\u2011'),  # nginx
        (r"GET /\"\\\t\xe2\x80\x91 HTTP/1.1", '/"\\\t\u2011'),  # Apache
        (r"GET /\xff HTTP/1.1", "/\udcff"),
        (r"GET /\\x41 HTTP/1.1", r"/\x41"),
        (r"GET /\d HTTP/1.1", r"/\d"),
    ],
)
def test_escapes_are_undone(logged: str, path: str) -> None:
    """What nginx and Apache escape comes back as the client sent it."""
    assert read(logged).path == path


@pytest.mark.parametrize(
    ("logged", "method", "path", "query"),
    [
        ("get / HTTP/1.1", "GET", "/", ""),
        ("M-SEARCH * HTTP/1.1", "M-SEARCH", "*", ""),
        ("OPTIONS * HTTP/2.0", "OPTIONS", "*", ""),
        ("CONNECT shop.example:443 HTTP/1.1", "CONNECT", "shop.example:443", ""),
        ("GET /old", "GET", "/old", ""),
        ("GET /a b?c=d e HTTP/1.1", "GET", "/a b", "c=d e"),
        ("GET /?a=1 HTTP/1.1-- ", "GET", "/", "a=1 HTTP/1.1-- "),
        ("GET /?a?b HTTP/1.1", "GET", "/", "a?b"),
        ("", "", "", ""),
        ("-", "", "", ""),
        (r"\x16\x03\x01\x02", "", "\x16\x03\x01\x02", ""),
        ("SSH-2.0-Go", "", "SSH-2.0-Go", ""),
        ("' or 1=1 -- ", "", "' or 1=1 -- ", ""),
    ],
)
def test_request_lines(logged: str, method: str, path: str, query: str) -> None:
    """All that was sent is kept, whether or not it is a request."""
    request = read(logged, "400 0")
    assert (request.method, request.path, request.query) == (method, path, query)


@pytest.mark.parametrize(
    ("target", "host", "path", "query"),
    [
        ("http://h:8080/p?q", "h:8080", "/p", "q"),
        ("HTTPS://user:secret@h", "h", "/", ""),
        ("http://h?q", "h", "/", "q"),
        ("//h/p", None, "//h/p", ""),
    ],
)
def test_absolute_targets(target: str, host: str | None, path: str, query: str) -> None:
    """A target in absolute form gives its host to `host`, without credentials."""
    request = read(f"GET {target} HTTP/1.1")
    assert (request.host, request.path, request.query) == (host, path, query)


def test_quotes_that_a_server_did_not_escape() -> None:
    """All up to the last status and size is the request: a fake one inside cannot end it."""
    request = read('GET /?q="><script>" 200 5 "x HTTP/1.1', '403 9 "-" "-"')
    assert (request.query, request.status_code) == ('q="><script>" 200 5 "x', 403)


def test_escaped_quotes_cannot_fake_an_end() -> None:
    """A client that sends a quote, a status and a size does not shorten its request."""
    assert read(r"GET /\" 200 5 \"/evil HTTP/1.1", "404 9").path == '/" 200 5 "/evil'


def test_line_cut_short() -> None:
    """A request of which the end is lost (syslog cuts long lines) is still read."""
    request = FORMAT.parse(line("GET /?q=" + "A" * 500)[:400])
    assert request.method == "GET"
    assert request.query.startswith("q=AAAA")
    assert request.status_code is None


@pytest.mark.parametrize("time", ["17/Foo/2015:10:05:03 +0000", "17/May/99999:1", "1234567890zz"])
def test_time_that_is_none_spoils_nothing(time: str) -> None:
    """An unusable time is no reason to leave a request unread."""
    request = FORMAT.parse(f'::1 - - [{time}] "GET / HTTP/1.1" 200 1'.encode())
    assert (request.path, request.timestamp) == ("/", None)


def test_other_times() -> None:
    """A log that was set to write ISO 8601 is read too."""
    request = FORMAT.parse(b'::1 - - [2015-05-17T08:05:03Z] "GET / HTTP/1.1" 200 1')
    assert request.timestamp == 1431849903.0


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (b"", Reason.EMPTY),
        (b" \r\n", Reason.EMPTY),
        (b"\xef\xbb\xbf\n", Reason.EMPTY),
        (b"hello", Reason.UNKNOWN_FORMAT),
        (b'{"a": 1}', Reason.UNKNOWN_FORMAT),
        (b"2015/05/17 10:05:03 [error] 12#0: *1 open() failed", Reason.UNKNOWN_FORMAT),
        (b"\x7fELF\x02\x01\x01\x00\x00", Reason.NOT_TEXT),
    ],
)
def test_rejections(value: bytes, reason: Reason) -> None:
    """What is no such line is rejected with the reason that fits."""
    with pytest.raises(MalformedRecord) as caught:
        FORMAT.parse(value)
    assert caught.value.reason is reason


def test_line_ends_and_byte_order_mark() -> None:
    """A file from Windows reads like any other."""
    plain = line("GET / HTTP/1.1")
    assert FORMAT.parse(b"\xef\xbb\xbf" + plain + b"\r\n") == FORMAT.parse(plain)

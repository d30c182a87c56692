r"""Combined and common access logs of nginx and Apache.

`peer ident user [time] "request line" status size "referer" "user agent"`; common ends after size
(https://httpd.apache.org/docs/2.4/logs.html#accesslog). Two widespread variants are taken too:
Apache's vhost_combined, which begins with `host:port`, and nginx's `main`, which ends with
X-Forwarded-For in quotes. What else follows is left unread.
"""

from __future__ import annotations

import re
from typing import Any

from detector.formats.escapes import unescaped
from detector.formats.fields import status_code, text, unix_seconds
from detector.formats.format import LineFormat
from detector.formats.line import unknown
from detector.formats.request_line import split_request_line
from detector.types import Request

_BEGINNING = r'(\S+) (.*?)\[(\d[^\[\]]{9,63})\] "'
_QUOTED = r'([^"\\]*+(?:\\.[^"\\]*+)*+)"'
_END = r" (\d{3}|-) (?:\d+|-)(?!\S)"
_LINE = re.compile(
    rf'{_BEGINNING}{_QUOTED}{_END}(?: "{_QUOTED} "{_QUOTED}(?: "{_QUOTED})?)?', re.DOTALL
)
_DAMAGED_BEGINNING = re.compile(_BEGINNING, re.DOTALL)
_DAMAGED_REQUEST = re.compile(rf'(.*)"{_END}', re.DOTALL)
_HOST_AND_PORT = re.compile(r"\S+:\d+")
_UNREAD = ("ident", "user", "size")


def recognises(line: bytes) -> bool:
    """Tells whether a line has a time in brackets before something in quotes."""
    return b'] "' in line


def read(line: bytes) -> Request:
    """Makes a request of a line.

    Raises:
        MalformedRecord: UNKNOWN_FORMAT, or NOT_TEXT.
    """
    characters = line.decode("utf-8", "surrogateescape")
    match = _LINE.match(characters)
    parts = match.groups() if match else _parts_of_damaged(line, characters)
    peer, names, time, request, status, referer, user_agent, forwarded_for = parts
    if "\\" in characters:
        request = unescaped(request)
        referer, user_agent = unescaped(referer or ""), unescaped(user_agent or "")
    method, path, query, host = split_request_line(request)
    if names != "- - ":
        peer, virtual_host = _peer_and_host(peer, names)
        host = host or virtual_host
    return Request(
        method,
        path,
        query,
        "",
        unix_seconds(time),
        status_code(status),
        text(peer),
        host,
        text(user_agent),
        text(referer),
        text(forwarded_for),
        _UNREAD if match and match.end() == len(characters) else (*_UNREAD, "rest"),
    )


def _parts_of_damaged(line: bytes, characters: str) -> tuple[Any, ...]:
    """Finds the parts of a line whose quotes were not escaped or whose end was cut off."""
    beginning = _DAMAGED_BEGINNING.match(characters)
    if beginning is None:
        raise unknown(line)
    ending = _DAMAGED_REQUEST.match(characters, beginning.end())
    request, status = ending.groups() if ending else (characters[beginning.end() :], None)
    return (*beginning.groups(), request, status, None, None, None)


def _peer_and_host(first: str, names: str) -> tuple[str, str | None]:
    """Tells `peer ident user ` from `host:port peer ident user `, which Apache's vhost log has."""
    words = names.split(" ")
    if len(words) > 3 and words[0] != "-" and _HOST_AND_PORT.fullmatch(first):
        return words[0], first
    return first, None


FORMAT = LineFormat("combined", recognises, read)

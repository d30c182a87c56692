"""Canonical text: the one text that stands for a request, whatever format its log had.

`METHOD path?query`, then the body and each further field on a line of its own. Percent- and
JSON-encodings are undone, since they say how a value travelled and not what it means. The detector
and the trainer both call `canonical`; the bundle carries the settings that it was trained with.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

import orjson

from detector.errors import ConfigError
from detector.types import Request

TEXT_FIELDS = ("method", "path", "query", "body", "user_agent", "referer", "status_code")
"""Every field that a canonical text can hold, in the order in which it holds them."""

DEFAULT_STRIP = ("timestamp", "headers", "source", "route", "responsePayload")
"""Record fields that say nothing of intent."""

STRIPPABLE: dict[str, tuple[str, ...]] = {
    "timestamp": (),
    "method": ("method",),
    "path": ("path",),
    "query": ("query",),
    "requestPayload": ("body",),
    "statusCode": ("status_code",),
    "source": ("user_agent", "referer"),
    "headers": (),
    "route": (),
    "responsePayload": (),
}
"""A record field of the JSON access log → the text fields that are made from it."""

_LEAD = {
    "method": b"",
    "path": b" ",
    "query": b"?",
    "body": b"\n",
    "user_agent": b"\nuser-agent: ",
    "referer": b"\nreferer: ",
    "status_code": b"\nstatus: ",
}
_ROUNDS = 3
_PERCENT_U = re.compile(rb"(?:%[uU][0-9a-fA-F]{4})+")
_JSON_ESCAPE = re.compile(rb'(?:\\u[0-9a-fA-F]{4})+|\\["\\/bfnrt]')
_JSON_SPACE = re.compile(rb'("[^"\\]*+(?:\\.[^"\\]*+)*+")|[ \t\n\r]+', re.DOTALL)
_JSON_LETTERS = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t"}


@dataclass(frozen=True, slots=True)
class TextSettings:
    """How a bundle wants its texts made; part of the bundle's spec.

    Attributes:
        fields: text fields, a subset of TEXT_FIELDS.
        limit: longest text in bytes; a longer one loses its middle, so that neither padding before
            an attack nor padding after it can push the attack out.
    """

    fields: tuple[str, ...] = ("method", "path", "query", "body")
    limit: int = 32_768


class Span(NamedTuple):
    """Where a field stands in a text: [start, end) in bytes, its lead-in not counted."""

    field: str
    start: int
    end: int


class Text(NamedTuple):
    """A canonical text.

    Attributes:
        data: UTF-8 where the request was; one token id a byte.
        spans: the fields in it, in order.
        cut: bytes removed from its middle.
    """

    data: bytes
    spans: tuple[Span, ...]
    cut: int


def fields_after_strip(fields: Collection[str], strip: Collection[str]) -> tuple[str, ...]:
    """Returns `fields` without those made from the record fields in `strip`, in text order.

    Raises:
        ConfigError: `strip` names a field that the JSON access log does not have.
    """
    unknown = sorted(set(strip) - STRIPPABLE.keys())
    if unknown:
        raise ConfigError(
            f"strip: found {', '.join(unknown)}, expected names among "
            f"{', '.join(STRIPPABLE)}. Correct --strip, BREACHLINE_STRIP or `strip` in the file."
        )
    gone = {text_field for name in strip for text_field in STRIPPABLE[name]}
    return tuple(name for name in TEXT_FIELDS if name in fields and name not in gone)


def canonical(request: Request, fields: Collection[str], limit: int) -> Text:
    """Makes the canonical text of `request` from `fields` (see fields_after_strip).

    Args:
        request: what the log says.
        fields: the text fields to use, in text order.
        limit: longest text in bytes.

    Returns:
        The text. Empty when the request has none of the fields.
    """
    parts: list[bytes] = []
    spans: list[Span] = []
    length = 0
    for field in fields:
        value = decoded(request, field)
        if not value:
            continue
        lead = _LEAD[field] if parts else b""
        parts += (lead, value)
        start = length + len(lead)
        length = start + len(value)
        spans.append(Span(field, start, length))
    data = b"".join(parts)
    if length <= limit:
        return Text(data, tuple(spans), 0)
    head, cut = limit - limit // 2, length - limit
    kept = data[:head] + data[head + cut :]
    return Text(kept, tuple(_shift(span, head, cut) for span in spans), cut)


def _shift(span: Span, head: int, cut: int) -> Span:
    start, end = (
        position if position <= head else max(head, position - cut)
        for position in (span.start, span.end)
    )
    return Span(span.field, start, end)


def decoded(request: Request, field: str) -> bytes:
    """Returns one field of `request` as the canonical text has it."""
    value: str | int | None = getattr(request, field)
    if not value:
        return b""
    if isinstance(value, int):
        return b"%d" % value
    data = to_bytes(value)
    if field == "path":
        return _unquote(data) if b"%" in data else data
    if field == "query":
        return _unquote(data.replace(b"+", b" "))
    if field == "body":
        return _decoded_body(data)
    return data


def _decoded_body(body: bytes) -> bytes:
    """Reads JSON as a server would, white space between its tokens dropped, and the rest as a form.

    What begins like JSON and is none (cut off, or a form whose first name begins so) is read as
    both, lest a bracket in front of an attack keep its encoding on.
    """
    begins_like_json = body.lstrip()[:1] in (b"{", b"[")
    compact = _compact_json(body) if begins_like_json else None
    if compact is None:
        compact = _unquote(body.replace(b"+", b" "))
    if begins_like_json and b"\\" in compact:
        return _JSON_ESCAPE.sub(_json_characters, compact)
    return compact


def _compact_json(body: bytes) -> bytes | None:
    """Drops white space between tokens; all else stays, repeated names too. None if no JSON."""
    try:
        if orjson.dumps(orjson.loads(body)) == body:
            return body
    except orjson.JSONDecodeError:
        return None
    except TypeError:  # nested too deeply for orjson to write
        pass
    return _JSON_SPACE.sub(rb"\1", body)


def to_bytes(text: str) -> bytes:
    """Encodes `text` as UTF-8; surrogate escapes become the bytes they stand for (PEP 383)."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        pass
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate that a JSON escape wrote
        return text.encode("utf-8", "surrogatepass")


def _unquote(data: bytes) -> bytes:
    """Undoes percent-encoding, also where it was applied up to three times over."""
    for _ in range(_ROUNDS):
        if b"%" not in data:
            break
        encoded = data
        if b"%u" in data or b"%U" in data:
            data = _PERCENT_U.sub(_percent_characters, data)
        data = unquote_to_bytes(data)
        if data == encoded:
            break
    return data


def _percent_characters(match: re.Match[bytes]) -> bytes:
    return _from_utf16(match[0].lower().replace(b"%u", b""))


def _json_characters(match: re.Match[bytes]) -> bytes:
    codes = match[0]
    if len(codes) == 2:
        return _JSON_LETTERS.get(codes[1:], codes[1:])
    return _from_utf16(codes.replace(b"\\u", b""))


def _from_utf16(digits: bytes) -> bytes:
    """Makes UTF-8 of UTF-16 units in hexadecimal: two of them may be one character."""
    units = bytes.fromhex(digits.decode())
    return units.decode("utf-16-be", "surrogatepass").encode("utf-8", "surrogatepass")

"""The SecuritAI JSON access log: one object a request, query and payload as parsed objects."""

from __future__ import annotations

from typing import Any

from detector.errors import MalformedRecord
from detector.formats.fields import json_text, status_code, text, unix_seconds
from detector.formats.format import JsonFormat
from detector.formats.query_text import query_text
from detector.formats.request_line import split_target
from detector.types import Reason, Request

_READ = frozenset(
    ("timestamp", "method", "query", "path", "statusCode", "source", "headers", "requestPayload")
)


def recognises(fields: dict[str, Any]) -> bool:
    """Tells whether an object has this format's names."""
    return "statusCode" in fields or ("method" in fields and "path" in fields)


def read(fields: dict[str, Any]) -> Request:
    """Makes a request of a record.

    The path stays as the record has it; a query object or a payload object is written out as it
    would have been sent.

    Raises:
        MalformedRecord: MISSING_FIELD, no method or no path; WRONG_TYPE, either is no string.
    """
    method, path = _required(fields, "method"), _required(fields, "path")
    query = _query(fields.get("query"))
    if not query and "?" in path:
        path, query, _ = split_target(path)
    headers = _object(fields, "headers")
    source = _object(fields, "source")
    return Request(
        method.upper(),
        path,
        query,
        json_text(fields.get("requestPayload")),
        unix_seconds(fields.get("timestamp"), per_second=1000),
        status_code(fields.get("statusCode")),
        text(source.get("remoteAddress")),
        _header(headers, "Host"),
        text(source.get("userAgent")) or _header(headers, "User-Agent"),
        text(source.get("referer")) or _header(headers, "Referer"),
        _header(headers, "X-Forwarded-For"),
        tuple([name for name in fields if name not in _READ]),
    )


def _required(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if value is None or value == "":
        raise MalformedRecord(Reason.MISSING_FIELD)
    if not isinstance(value, str):
        raise MalformedRecord(Reason.WRONG_TYPE)
    return value


def _query(value: object) -> str:
    if isinstance(value, dict):
        return query_text(value)
    return json_text(value).removeprefix("?")


def _object(fields: dict[str, Any], name: str) -> dict[str, Any]:
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def _header(headers: dict[str, Any], name: str) -> str | None:
    return text(headers.get(name.lower())) or text(headers.get(name))


FORMAT = JsonFormat("json_access", recognises, read)

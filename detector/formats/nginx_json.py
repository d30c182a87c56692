"""nginx's JSON access logs: objects whose names are nginx's variables.

There is no fixed schema: `log_format` names what its author chose
(https://nginx.org/en/docs/varindex.html). The target may come as `request_uri`, within `request`,
or as `uri` and `args`; the first of these that says something counts.
"""

from __future__ import annotations

from typing import Any

from detector.errors import MalformedRecord
from detector.formats.fields import json_text, status_code, text, unix_seconds
from detector.formats.format import JsonFormat
from detector.formats.request_line import split_request_line, split_target
from detector.types import Reason, Request

_NAMES = {
    "request_method": "method",
    "method": "method",
    "request_uri": "target",
    "request": "line",
    "uri": "uri",
    "document_uri": "uri",
    "args": "args",
    "query_string": "args",
    "status": "status",
    "remote_addr": "peer",
    "http_user_agent": "user_agent",
    "user_agent": "user_agent",
    "http_referer": "referer",
    "http_referrer": "referer",
    "referer": "referer",
    "referrer": "referer",
    "http_host": "host_header",
    "host": "host",
    "server_name": "host",
    "request_body": "body",
    "msec": "time",
    "time_iso8601": "time",
    "time_local": "time",
    "time": "time",
    "timestamp": "time",
    "@timestamp": "time",
    "http_x_forwarded_for": "forwarded_for",
    "x_forwarded_for": "forwarded_for",
}
"""A name in the log → what it tells. Of two names for one thing the first in the record counts."""

_REQUEST = ("method", "target", "line", "uri", "args")


def recognises(fields: dict[str, Any]) -> bool:
    """Tells whether an object has one of nginx's names for a request."""
    return (
        "request_uri" in fields
        or "request" in fields
        or "request_method" in fields
        or "uri" in fields
    )


def read(fields: dict[str, Any]) -> Request:
    """Makes a request of a record.

    Raises:
        MalformedRecord: MISSING_FIELD, no name for the method or for the target; WRONG_TYPE,
            either is no string. A name with an empty value (or "-", or null) is not missing:
            nginx writes that for a connection on which no request came.
    """
    found: dict[str, Any] = {}
    unread: list[str] = []
    for name, value in fields.items():
        meaning = _NAMES.get(name)
        if meaning is None:
            unread.append(name)
        elif meaning not in found or found[meaning] is None:
            found[meaning] = None if value in ("", "-") else value
    method, path, query, target_host = _request(found)
    return Request(
        method,
        path,
        query,
        json_text(found.get("body")),
        unix_seconds(found.get("time")),
        status_code(found.get("status")),
        text(found.get("peer")),
        text(found.get("host_header")) or target_host or text(found.get("host")),
        text(found.get("user_agent")),
        text(found.get("referer")),
        text(found.get("forwarded_for")),
        tuple(unread),
    )


def _request(found: dict[str, Any]) -> tuple[str, str, str, str | None]:
    if not ("line" in found or ("method" in found and ("target" in found or "uri" in found))):
        raise MalformedRecord(Reason.MISSING_FIELD)
    for meaning in _REQUEST:
        value = found.get(meaning)
        if value is not None and not isinstance(value, str):
            raise MalformedRecord(Reason.WRONG_TYPE)
    method, path, query, host = split_request_line(found.get("line") or "")
    if found.get("target"):
        path, query, host = split_target(found["target"])
    elif not path and found.get("uri"):
        path, query, host = found["uri"], found.get("args") or "", None
        if "args" not in found:
            path, query, host = split_target(path)
    return (found.get("method") or method).upper(), path, query, host


FORMAT = JsonFormat("nginx_json", recognises, read)

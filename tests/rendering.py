"""Writes requests as web servers log them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_TIME = "17/May/2015:10:05:03 +0000"


def combined(row: Mapping[str, Any]) -> bytes:
    """A line of nginx's combined format, escaped as nginx does by default."""
    request = f"{row['method']} {row['target']} HTTP/1.1"
    referer, agent = row.get("referer", "-"), row.get("user_agent", "-")
    quoted = " ".join(f'"{_escaped(text)}"' for text in (referer, agent))
    line = f'203.0.113.7 - - [{_TIME}] "{_escaped(request)}" {row["status"]} 512 {quoted}'
    return line.encode()


def nginx_json(row: Mapping[str, Any]) -> bytes:
    """A JSON line as people have nginx write it."""
    return json.dumps(
        {
            "time_iso8601": "2015-05-17T10:05:03+00:00",
            "remote_addr": "203.0.113.7",
            "request_method": row["method"],
            "request_uri": row["target"],
            "status": row["status"],
            "http_referer": row.get("referer", ""),
            "http_user_agent": row.get("user_agent", ""),
        }
    ).encode()


def _escaped(text: str) -> str:
    data = re.sub(
        rb'["\\\x00-\x1f\x7f-\xff]', lambda found: b"\\x%02X" % found[0][0], text.encode()
    )
    return data.decode()

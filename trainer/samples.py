"""Writes the logs in samples/: the same seed, the same bytes."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson

from detector.formats import json_access
from trainer.generate.log import Row, log

_ROWS = 2_000
_ROWS_OTHER_FORMATS = 200
_ATTACKS = 0.03


def write_samples(folder: Path, seed: int) -> None:
    """Writes a shop's log plain and labelled, and its head in the other formats.

    Args:
        folder: where to, made if need be.
        seed: decides every row.

    Raises:
        OSError: a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plain = [row.log for row in log(_ROWS, seed, attacks=_ATTACKS, elsewhere=0, matched=0)]
    head = plain[:_ROWS_OTHER_FORMATS]
    write_lines(folder / "shop.jsonl.gz", map(orjson.dumps, plain))
    write_lines(folder / "shop.nginx.jsonl", (orjson.dumps(nginx(line)) for line in head))
    write_lines(folder / "shop.combined.log", map(combined, head))
    write_labelled(folder / "shop_labelled.jsonl.gz", log(_ROWS, seed + 1, elsewhere=0))


def write_labelled(path: Path, rows: Iterable[Row]) -> None:
    """Writes rows as JSON lines, gzip'd where `path` ends in .gz.

    Raises:
        OSError: `path` cannot be written.
    """
    write_lines(path, (orjson.dumps(row._asdict()) for row in rows))


def write_lines(path: Path, lines: Iterable[bytes]) -> None:
    """Writes lines, gzip'd without a time stamp where `path` ends in .gz."""
    data = b"".join(line + b"\n" for line in lines)
    path.write_bytes(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)


def nginx(log: dict[str, Any]) -> dict[str, Any]:
    """Returns a SecuritAI record as an nginx JSON log would have it."""
    body = log["requestPayload"]
    return {
        "time_iso8601": _time(log).isoformat(timespec="seconds"),
        "remote_addr": log["source"]["remoteAddress"],
        "request_method": log["method"].upper(),
        "request_uri": _target(log),
        "status": log["statusCode"],
        "http_host": log["headers"]["host"],
        "http_user_agent": log["source"].get("userAgent", ""),
        "http_referer": log["source"].get("referer", ""),
        "request_body": "" if body is None else orjson.dumps(body).decode(),
    }


def combined(log: dict[str, Any]) -> bytes:
    """Returns a SecuritAI record as a line of the combined log format, which has no body.

    Format: https://httpd.apache.org/docs/2.4/logs.html#combined
    """
    source = log["source"]
    return (
        f"{source['remoteAddress']} - - [{_time(log):%d/%b/%Y:%H:%M:%S %z}] "
        f'"{log["method"].upper()} {_target(log)} HTTP/1.1" {log["statusCode"]} - '
        f'"{source.get("referer", "-")}" "{source.get("userAgent", "-")}"'
    ).encode()


def _time(log: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(log["timestamp"] / 1000, UTC)


def _target(log: dict[str, Any]) -> str:
    request = json_access.read(log)
    path = quote(request.path, safe="/:@!$&'()*+,;=~")
    query = quote(request.query, safe="%/:@!$&'()*+,;=~?[]")
    return f"{path}?{query}" if query else path

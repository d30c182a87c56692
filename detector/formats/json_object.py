"""A log line that is a JSON object, read so that no byte of a request is lost."""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from detector.errors import MalformedRecord
from detector.types import Reason

_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|.)", re.DOTALL)


def load(line: bytes) -> dict[str, Any]:
    r"""Parses `line`, trimmed, as one JSON object.

    Beyond JSON it takes what web servers write: bytes that are not UTF-8 (they become surrogate
    escapes), control characters, lone surrogates, NaN, and the \xHH of a server that escapes for
    a text log (nginx without `escape=json`, Apache).

    Raises:
        MalformedRecord: NOT_JSON; WRONG_TYPE, it is JSON but no object.
    """
    try:
        fields = orjson.loads(line)
    except orjson.JSONDecodeError:
        fields = _load_leniently(line)
    if not isinstance(fields, dict):
        raise MalformedRecord(Reason.WRONG_TYPE)
    return fields


def _load_leniently(line: bytes) -> Any:  # noqa: ANN401 - JSON
    if b"\\x" in line:
        line = _ESCAPE.sub(_hex_as_json, line)
    try:
        return json.loads(line.decode("utf-8", "surrogateescape"), strict=False)
    except (ValueError, RecursionError):
        raise MalformedRecord(Reason.NOT_JSON) from None


def _hex_as_json(match: re.Match[bytes]) -> bytes:
    if match[1] is None:
        return match[0]
    byte = bytes.fromhex(match[1].decode())
    return b"\\" + byte if byte in b'"\\' else byte

"""A log line before anything is known of its format."""

from __future__ import annotations

from detector.errors import MalformedRecord
from detector.types import Reason

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\f\v")) + b"\x7f"


def trimmed(value: bytes) -> bytes:
    """Returns `value` without byte order mark, line end and white space around it.

    Raises:
        MalformedRecord: EMPTY, nothing is left.
    """
    line = value.strip()
    if line.startswith(_BYTE_ORDER_MARK):
        line = line[len(_BYTE_ORDER_MARK) :].strip()
    if not line:
        raise MalformedRecord(Reason.EMPTY)
    return line


def unknown(line: bytes) -> MalformedRecord:
    """Returns why no parser takes `line`: it is not text at all, or in no known format."""
    is_text = len(line.translate(None, _CONTROL)) == len(line)
    return MalformedRecord(Reason.UNKNOWN_FORMAT if is_text else Reason.NOT_TEXT)

"""Values as logs write them: numbers as strings, times in three notations, absence as "-"."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache

import orjson

from detector.errors import MalformedRecord
from detector.types import Reason

_YEAR_10000 = 253_402_300_800
_MONTHS = {
    name: f"{number:02}"
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), 1
    )
}


def text(value: object) -> str | None:
    """Returns `value` where it is text that says something, else None."""
    return value if isinstance(value, str) and value not in {"", "-"} else None


def json_text(value: object) -> str:
    """Returns text as it is and any other value as compact JSON; "" for None.

    Raises:
        MalformedRecord: WRONG_TYPE, it is nested too deeply to be written.
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # surrogates, more than 64 bits, or more than 254 levels
        pass
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except (ValueError, RecursionError):
        raise MalformedRecord(Reason.WRONG_TYPE) from None


def status_code(value: object) -> int | None:
    """Returns an HTTP status from a number or a string of three digits, else None."""
    if isinstance(value, str) and len(value) == 3 and value.isdecimal():
        value = int(value)
    return value if type(value) is int and 100 <= value <= 999 else None


def unix_seconds(value: object, per_second: int = 1) -> float | None:
    """Returns the time that `value` tells, None where it tells none from 1970 to 9999.

    Args:
        value: time since 1970 as a number or a string, ISO 8601 (UTC where it has no offset), or
            `17/May/2015:10:05:03 +0000`, the time of common and combined logs.
        per_second: how many of a number's units make a second.
    """
    try:
        if isinstance(value, str):
            seconds = _seconds_of(value, per_second)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            seconds = value / per_second
        else:
            return None
    except (ValueError, KeyError, OverflowError):
        return None
    return seconds if 0 <= seconds < _YEAR_10000 else None


def _seconds_of(value: str, per_second: int) -> float:
    if value[2:3] == "/":
        return _minute(value[:17], value[20:].strip()) + int(value[18:20])
    if value[4:5] == "-":
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return float(value) / per_second


@lru_cache(maxsize=64)
def _minute(minute: str, zone: str) -> float:
    date, hours, minutes = minute.split(":")
    day, month, year = date.split("/")
    iso = f"{year}-{_MONTHS[month]}-{day}T{hours}:{minutes}:00{zone}"
    return datetime.fromisoformat(iso).timestamp()

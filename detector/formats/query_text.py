"""A query that a framework has parsed, written again as it was sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from detector.formats.fields import json_text

_DEPTH = 8
_IN_NAME = re.compile(r"[%&+#=]")
_IN_VALUE = re.compile(r"[%&+#]")


def query_text(query: dict[str, Any]) -> str:
    """Returns `name=value&…`, escaped only where a reader would take it for something else.

    A list repeats its name, an object writes `name[key]=value` (as the parsers of Express and PHP
    read it), null stands without `=`. What is nested deeper than 8 levels is written as JSON.

    Raises:
        MalformedRecord: WRONG_TYPE, it is nested too deeply to be written.
    """
    return "&".join(
        parameter
        for name, value in query.items()
        for parameter in _parameters(_IN_NAME.sub(_percent, name), value, _DEPTH)
    )


def _parameters(name: str, value: object, depth: int) -> Iterator[str]:
    if depth and value and isinstance(value, dict):
        for key, item in value.items():
            yield from _parameters(f"{name}[{_IN_NAME.sub(_percent, key)}]", item, depth - 1)
    elif depth and value and isinstance(value, list):
        for index, item in enumerate(value):
            is_nested = isinstance(item, dict | list)
            yield from _parameters(f"{name}[{index}]" if is_nested else name, item, depth - 1)
    elif value is None:
        yield name
    else:
        yield f"{name}={_IN_VALUE.sub(_percent, json_text(value))}"


def _percent(match: re.Match[str]) -> str:
    return f"%{ord(match[0]):02X}"

"""Makes an alert's document small enough for a topic, from its longest text down."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import orjson

_SHORTEST = 16  # characters; a text of no more is left as it is


def shortened(document: dict[str, Any], limit: int) -> bytes:
    """Returns `document` as JSON of at most `limit` bytes.

    The longest text is halved until the whole fits; `breachline.cut` then names the fields. Where
    even the shortest texts do not fit, the result is longer than `limit`.
    """
    data = orjson.dumps(document)
    if len(data) <= limit:
        return data
    smaller = copy.deepcopy(document)
    cut = smaller.setdefault("breachline", {}).setdefault("cut", [])
    while len(data) > limit:
        holder, key, path = max(_texts(smaller), key=lambda text: len(text[0][text[1]]))
        if len(holder[key]) <= _SHORTEST:
            break
        holder[key] = holder[key][: len(holder[key]) // 2]
        if path not in cut:
            cut.append(path)
        data = orjson.dumps(smaller)
    return data


def _texts(fields: dict[str, Any], prefix: str = "") -> Iterator[tuple[dict[str, Any], str, str]]:
    """Yields every text at any depth: the object that holds it, its key and its dotted name."""
    for key, value in fields.items():
        if isinstance(value, dict):
            yield from _texts(value, f"{prefix}{key}.")
        elif isinstance(value, str):
            yield fields, key, f"{prefix}{key}"

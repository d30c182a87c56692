"""Makes an alert's document small enough for a topic, from its longest text down."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import orjson

_CUTTABLE = frozenset(
    (
        "breachline.evidence.text",
        "event.reason",
        "http.request.body.content",
        "http.request.method",
        "source.address",
        "url.domain",
        "url.path",
        "url.query",
        "user_agent.original",
    )
)
"""What a request can make long; ids and times are left whole."""

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
        texts = [text for text in _texts(smaller) if len(text[0][text[1]]) > _SHORTEST]
        if not texts:
            break
        holder, key, path = max(texts, key=lambda text: len(text[0][text[1]]))
        holder[key] = holder[key][: len(holder[key]) // 2]
        if path not in cut:
            cut.append(path)
        data = orjson.dumps(smaller)
    return data


def _texts(fields: dict[str, Any], prefix: str = "") -> Iterator[tuple[dict[str, Any], str, str]]:
    """Yields what may be cut: the object that holds it, its key and its dotted name."""
    for key, value in fields.items():
        if isinstance(value, dict):
            yield from _texts(value, f"{prefix}{key}.")
        elif f"{prefix}{key}" in _CUTTABLE:
            yield fields, key, f"{prefix}{key}"

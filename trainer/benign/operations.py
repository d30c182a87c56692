"""Fills in an API operation: its path, its parameters and its body."""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any

from detector.types import Request
from trainer.benign.lexicon import Lexicon, between, pick
from trainer.benign.patterns import Render, in_path, in_query, slot

_FIELD = re.compile(r"\{([^{}/]+)\}")
_MARK = re.compile(r"<([A-Za-z0-9-]+)>")
_VERSIONED = re.compile(r"/(?:api|rest|v\d)")
_PREFIXES = ("", "", "", "/api", "/v1", "/v2", "/rest", "/api/v1")

_BY_FORMAT: dict[str, tuple[str, ...]] = {
    "string": (
        "word",
        "words",
        "slug",
        "title",
        "alnum",
        "uuid",
        "user",
        "value",
        "search",
        "date",
    ),
    "object": ("word",),
    "uuid": ("uuid",),
    "guid": ("uuid",),
    "date": ("date",),
    "date-time": ("timestamp",),
    "uri": ("url",),
    "url": ("url",),
    "email": ("email",),
    "byte": ("base64",),
    "ipv4": ("ip",),
    "password": ("password",),
    "hostname": ("domain",),
}
_BY_NAME: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("mail", ("email",)),
    ("url", ("url",)),
    ("uri", ("url",)),
    ("link", ("url",)),
    ("date", ("date", "timestamp")),
    ("time", ("timestamp", "unix", "unixms")),
    ("token", ("token", "jwt")),
    ("phone", ("phone",)),
    ("address", ("address",)),
    ("street", ("address",)),
    ("city", ("place",)),
    ("country", ("country",)),
    ("currency", ("currency",)),
    ("lang", ("lang",)),
    ("locale", ("locale",)),
    ("descri", ("sentence", "prose")),
    ("comment", ("sentence", "prose")),
    ("message", ("sentence", "prose")),
    ("content", ("prose", "sentence")),
    ("text", ("sentence", "prose")),
    ("note", ("sentence",)),
    ("title", ("title",)),
    ("name", ("title", "person", "words", "surname")),
    ("user", ("user",)),
    ("query", ("search",)),
    ("search", ("search",)),
    ("file", ("file",)),
    ("version", ("version",)),
    ("color", ("colour",)),
    ("hash", ("hex32", "hex40")),
    ("id", ("int", "uuid", "alnum", "hex16")),
)


def render_operation(row: dict[str, Any], rng: Random, lex: Lexicon) -> Request:
    """Renders one row of the operations' corpus."""
    parameters = {field["name"]: field for field in row.get("path_parameters", ())}

    def fill(match: re.Match[str]) -> str:
        return in_path(rng, _parameter(parameters.get(match[1], {"name": match[1]}), rng, lex))

    shape = row["path"].partition("#")[0]  # some definitions tell operations apart by a fragment
    path = _FIELD.sub(fill, shape)
    if not _VERSIONED.match(path):
        path = pick(rng, _PREFIXES) + path
    query = "&".join(
        f"{field['name']}={in_query(rng, _parameter(field, rng, lex))}"
        for field in row.get("query", ())
        if rng.random() < 0.4
    )
    body = ""
    if row.get("body") is not None:
        compact = (",", ":") if rng.random() < 0.8 else None
        document = _filled(row["body"], "", rng, lex)
        body = json.dumps(document, separators=compact, ensure_ascii=rng.random() < 0.5)
    return Request(row["method"], path, query, body)


def _parameter(field: dict[str, Any], rng: Random, lex: Lexicon) -> str:
    if field.get("enum") and rng.random() < 0.9:
        return _text(pick(rng, field["enum"]))
    if "example" in field and rng.random() < 0.5:
        return _text(field["example"])
    return _text(
        _drawn(field.get("format") or field.get("type", "string"), field["name"], rng, lex)
    )


def _filled(shape: object, name: str, rng: Random, lex: Lexicon) -> object:
    if isinstance(shape, dict):
        return {
            key: _filled(child, key, rng, lex) for key, child in shape.items() if rng.random() < 0.9
        }
    if isinstance(shape, list):
        return [
            _filled(child, name, rng, lex) for child in shape for _ in range(between(rng, 1, 2))
        ]
    if isinstance(shape, str) and (match := _MARK.fullmatch(shape)):
        return _drawn(match[1], name, rng, lex)
    if shape is None and rng.random() < 0.7:
        return _drawn("string", name, rng, lex)
    if isinstance(shape, bool):
        return rng.random() < 0.5
    return shape


def _drawn(kind: str, name: str, rng: Random, lex: Lexicon) -> str | float:
    if kind in ("integer", "int32", "int64"):
        return int(slot("int")(rng, lex))
    if kind in ("number", "float", "double"):
        return round(rng.random() * 10.0 ** between(rng, 0, 4), 2)
    if kind == "boolean":
        return rng.random() < 0.5
    if kind == "array":
        return ",".join(_slot_for("string", name, rng)(rng, lex) for _ in range(between(rng, 1, 3)))
    return _slot_for(kind, name, rng)(rng, lex)


def _slot_for(kind: str, name: str, rng: Random) -> Render:
    if kind not in _BY_FORMAT or kind == "string":
        lowered = name.lower()
        for part, slots in _BY_NAME:
            if part in lowered:
                return slot(pick(rng, slots))
    return slot(pick(rng, _BY_FORMAT.get(kind, _BY_FORMAT["string"])))


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return (
        value
        if isinstance(value, str)
        else json.dumps(value)
        if isinstance(value, dict | list)
        else str(value)
    )

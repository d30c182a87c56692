"""Patterns: texts with slots, one a line, from which requests and values are rendered.

`«name»` is a slot (trainer.benign.slots) or a kind of value (the files of `patterns/values`),
`«a|b|c»` one of the alternatives, `«3-99»` a whole number, `⟦…⟧` stands or does not, `↵` is a line
break. A request is `METHOD path?query`, then ` :: ` and the body where there is one. What fills a
slot is encoded as its place asks for; `«=name»` is taken as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from random import Random
from typing import NamedTuple
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

from detector.types import Request
from trainer.benign.lexicon import Lexicon, between, pick
from trainer.benign.slots import SLOTS

Render = Callable[[Random, Lexicon], str]
Encode = Callable[[Random, str], str]

_TOKEN = re.compile(r"«([^«»]*)»|⟦|⟧")
_RANGE = re.compile(r"(\d+)-(\d+)")
_BROWSER_SAFE = "!$'()*,;:@/?~"


class Pattern(NamedTuple):
    """One line of a pattern file.

    Attributes:
        source: the file's name.
        template: the line; the unit of splitting.
        render: makes one text or, for requests, the parts of one.
    """

    source: str
    template: str
    render: Callable[[Random, Lexicon], Request]


def as_it_is(_: Random, value: str) -> str:
    """Leaves a value as it is."""
    return value


def in_path(rng: Random, value: str) -> str:
    """Percent-encodes a value for a path; slashes stand."""
    if value.isalnum() and value.isascii():
        return value
    if rng.random() < 0.3:
        return quote(value, safe="/!$&'()*+,;=:@~", errors="surrogateescape")
    return quote(value, safe="/", errors="surrogateescape")


def in_query(rng: Random, value: str) -> str:
    """Percent-encodes a value for a query or a form, as one of the usual clients does."""
    if value.isalnum() and value.isascii():
        return value
    draw = rng.random()
    if draw < 0.45:
        return quote_plus(value, errors="surrogateescape")
    if draw < 0.75:
        return quote(value, safe="!'()*~", errors="surrogateescape")
    return quote(value, safe=_BROWSER_SAFE, errors="surrogateescape")


def in_json(rng: Random, value: str) -> str:
    """Escapes a value for a JSON string."""
    return json.dumps(value, ensure_ascii=rng.random() < 0.5)[1:-1]


def in_xml(_: Random, value: str) -> str:
    """Escapes a value for XML text and attributes."""
    return escape(value, {'"': "&quot;"})


def compiled(text: str, encode: Encode) -> Render:
    """Compiles a pattern.

    Raises:
        ValueError: it names a slot that is not there, or its brackets do not match.
    """
    stack: list[list[Render | str]] = [[]]
    position = 0
    for match in _TOKEN.finditer(text):
        stack[-1].append(text[position : match.start()].replace("↵", "\n"))
        position = match.end()
        if match[0] == "⟦":
            stack.append([])
        elif match[0] == "⟧":
            if len(stack) == 1:
                raise ValueError(f"pattern {text!r}: found ⟧ without ⟦; remove it.")
            stack[-2].append(_optional(_joined(stack.pop())))
        else:
            stack[-1].append(_slot(match[1], encode))
    if len(stack) > 1:
        raise ValueError(f"pattern {text!r}: found ⟦ without ⟧; close it.")
    stack[0].append(text[position:].replace("↵", "\n"))
    return _joined(stack[0])


def _slot(name: str, encode: Encode) -> Render:
    if "|" in name:
        choices = name.split("|")
        return lambda rng, _: pick(rng, choices)
    if match := _RANGE.fullmatch(name):
        low, high = int(match[1]), int(match[2])
        return lambda rng, _: str(between(rng, low, high))
    if name.startswith("="):
        return slot(name[1:])
    value = slot(name)
    if encode is as_it_is:
        return value
    return lambda rng, lex: encode(rng, value(rng, lex))


def slot(name: str) -> Render:
    """Returns what fills `«name»`.

    Raises:
        ValueError: there is no such slot.
    """
    if name in SLOTS:
        return SLOTS[name]
    if name not in value_kinds():
        raise ValueError(
            f"pattern: found slot {name!r}, expected one of trainer.benign.slots.SLOTS or a file "
            "of patterns/values; correct its name."
        )
    return lambda rng, lex: pick(rng, values_of(name)).text(rng, lex)


def _optional(render: Render) -> Render:
    return lambda rng, lex: render(rng, lex) if rng.random() < 0.5 else ""


def _joined(parts: Sequence[Render | str]) -> Render:
    kept = [part for part in parts if part != ""]
    if all(isinstance(part, str) for part in kept):
        whole = "".join(part for part in kept if isinstance(part, str))
        return lambda rng, lex: whole
    return lambda rng, lex: "".join(
        [part if isinstance(part, str) else part(rng, lex) for part in kept]
    )


class ValuePattern(NamedTuple):
    """One line of a file of `patterns/values`.

    Attributes:
        kind: the file's name.
        template: the line; the unit of splitting.
        text: makes one value, not encoded.
    """

    kind: str
    template: str
    text: Render


def value_kinds() -> tuple[str, ...]:
    """Returns the kinds of harmless values that look bad, in order of name."""
    return tuple(sorted(_files("values")))


@cache
def values_of(kind: str) -> tuple[ValuePattern, ...]:
    """Returns the patterns of one kind of value."""
    lines = _lines(_files("values")[kind])
    return tuple(ValuePattern(kind, line, compiled(line, as_it_is)) for line in lines)


@cache
def request_patterns() -> dict[str, tuple[Pattern, ...]]:
    """Returns the patterns of requests by file, in order of name."""
    found = _files("requests")
    return {
        name: tuple(_request_pattern(name, line) for line in _lines(found[name]))
        for name in sorted(found)
    }


def _request_pattern(source: str, line: str) -> Pattern:
    head, _, body = line.partition(" :: ")
    method, _, target = head.partition(" ")
    path, _, query = target.partition("?")
    paths = compiled(path, in_path)
    queries = compiled(query, in_query)
    bodies = compiled(body, _body_encoding(body))

    def render(rng: Random, lex: Lexicon) -> Request:
        return Request(method, paths(rng, lex), queries(rng, lex), bodies(rng, lex))

    return Pattern(source, line, render)


def _body_encoding(body: str) -> Encode:
    if body.startswith(("{", "[")):
        return in_json
    if body.startswith("<"):
        return in_xml
    if re.match(r"[\w.\[\]-]+=", body):
        return in_query
    return as_it_is


def _lines(file: Traversable) -> list[str]:
    lines = file.read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("# ")]


@cache
def _files(folder: str) -> dict[str, Traversable]:
    root = files(__package__) / "patterns" / folder
    return {
        file.name.removesuffix(".txt"): file
        for file in root.iterdir()
        if file.name.endswith(".txt")
    }

"""Puts a value into a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from detector.types import Request
from trainer.benign.lexicon import between, pick
from trainer.placement import bodies
from trainer.placement.encoding import Style, bare, draw_style, in_pair, in_path, undone
from trainer.placement.names import parameter_name

Placer = Callable[[str, Request, Style, Random], Request]

MIX: dict[str, float] = {
    "query_whole": 30,
    "query_start": 4,
    "query_middle": 4,
    "query_end": 14,
    "query_name": 2,
    "query_bare": 4,
    "query_json": 2,
    "path_segment": 8,
    "path_end": 5,
    "path_whole": 3,
    "form_whole": 8,
    "form_start": 1,
    "form_middle": 1,
    "form_end": 3,
    "form_name": 0.5,
    "json_whole": 4,
    "json_start": 0.5,
    "json_middle": 0.5,
    "json_end": 1.5,
    "json_nested": 2,
    "json_key": 0.7,
    "multipart": 1,
    "xml_text": 0.8,
    "body_whole": 1,
}
"""A placement → its weight, as access logs have them: three in four without a body."""


def draw_placement(rng: Random, mix: Mapping[str, float] = MIX) -> str:
    """Returns a placement in keeping with `mix`."""
    return rng.choices(tuple(mix), tuple(mix.values()))[0]


def place(
    value: str, carrier: Request, placement: str, rng: Random, style: Style | None = None
) -> Request:
    """Puts `value` into a copy of `carrier`.

    Args:
        value: the characters to place, not encoded.
        carrier: a request that stands for itself. What the placement needs and it lacks (a query,
            a body) is added.
        placement: one of PLACEMENTS.
        rng: draws which parameter, segment or key.
        style: how the client encodes; None to draw one.

    Raises:
        KeyError: `placement` is not one of PLACEMENTS.
    """
    return _PLACERS[placement](value, carrier, style or draw_style(rng), rng)


def joined(value: str, existing: str, position: str, rng: Random) -> str:
    """Puts `value` at the start, in the middle or at the end of `existing`, or in its stead."""
    if position in ("whole", "nested") or not existing:
        return value
    gap = " " if " " in existing and rng.random() < 0.7 else ""
    if position == "start":
        return f"{value}{gap}{existing}"
    if position == "end":
        return f"{existing}{gap}{value}"
    cut = between(rng, 1, len(existing))
    return f"{existing[:cut]}{gap}{value}{gap}{existing[cut:]}"


def _query(position: str) -> Placer:
    def placer(value: str, carrier: Request, style: Style, rng: Random) -> Request:
        return carrier._replace(query=_pairs_with(carrier.query, value, position, style, rng))

    return placer


def _pairs_with(text: str, value: str, position: str, style: Style, rng: Random) -> str:
    pairs = text.split("&") if text else []
    if not pairs or rng.random() < 0.15:
        name = parameter_name(rng)
        existing = "" if position == "whole" else str(between(rng, 1, 9999))
        made = f"{name}={in_pair(joined(value, existing, position, rng), style)}"
        pairs.insert(between(rng, 0, len(pairs)), made)
        return "&".join(pairs)
    index = int(rng.random() * len(pairs))
    name, _, existing = pairs[index].partition("=")
    if position == "name":
        named = joined(value, undone(name), pick(rng, ("whole", "end")), rng)
        pairs[index] = f"{in_pair(named, style)}={existing}"
    else:
        made = joined(value, undone(existing), position, rng)
        pairs[index] = f"{name}={in_pair(made, style)}"
    return "&".join(pairs)


def _query_bare(value: str, carrier: Request, style: Style, _: Random) -> Request:
    return carrier._replace(query=bare(value, style))


def _query_json(value: str, carrier: Request, style: Style, rng: Random) -> Request:
    return _query("whole")(bodies.small_json(value, rng), carrier, style, rng)


def _path_segment(value: str, carrier: Request, style: Style, rng: Random) -> Request:
    segments = carrier.path.split("/")
    if len(segments) < 2:
        return carrier._replace(path=f"/{in_path(value, style)}")
    segments[between(rng, 1, len(segments) - 1)] = in_path(value, style)
    return carrier._replace(path="/".join(segments))


def _path_end(value: str, carrier: Request, style: Style, rng: Random) -> Request:
    gap = "" if carrier.path.endswith("/") or rng.random() < 0.5 else "/"
    return carrier._replace(path=f"{carrier.path}{gap}{in_path(value, style)}")


def _path_whole(value: str, carrier: Request, style: Style, _: Random) -> Request:
    return carrier._replace(path=f"/{in_path(value.removeprefix('/'), style)}")


def _form(position: str) -> Placer:
    def placer(value: str, carrier: Request, style: Style, rng: Random) -> Request:
        pairs = bodies.form_pairs(carrier, rng)
        return _posted(carrier, _pairs_with(pairs, value, position, style, rng))

    return placer


def _json(position: str) -> Placer:
    def placer(value: str, carrier: Request, _: Style, rng: Random) -> Request:
        def put(existing: str) -> str:
            return joined(value, existing, position, rng)

        return _posted(carrier, bodies.json_with(carrier, put, position, rng))

    return placer


def _json_key(value: str, carrier: Request, _: Style, rng: Random) -> Request:
    return _posted(carrier, bodies.json_with_key(carrier, value, rng))


def _multipart(value: str, carrier: Request, _: Style, rng: Random) -> Request:
    return _posted(carrier, bodies.multipart(carrier, value, rng))


def _xml_text(value: str, carrier: Request, _: Style, rng: Random) -> Request:
    return _posted(carrier, bodies.xml_with(carrier, value, rng))


def _body_whole(value: str, carrier: Request, _: Style, __: Random) -> Request:
    return _posted(carrier, value)


def _posted(carrier: Request, body: str) -> Request:
    method = carrier.method if carrier.method in bodies.METHODS else "POST"
    return carrier._replace(method=method, body=body)


def _user_agent(value: str, carrier: Request, _: Style, __: Random) -> Request:
    return carrier._replace(user_agent=value)


def _referer(value: str, carrier: Request, style: Style, rng: Random) -> Request:
    address = (
        f"https://{parameter_name(rng)}.example/?{parameter_name(rng)}={in_pair(value, style)}"
    )
    return carrier._replace(referer=pick(rng, (value, address)))


_PLACERS: dict[str, Placer] = {
    "query_whole": _query("whole"),
    "query_start": _query("start"),
    "query_middle": _query("middle"),
    "query_end": _query("end"),
    "query_name": _query("name"),
    "query_bare": _query_bare,
    "query_json": _query_json,
    "path_segment": _path_segment,
    "path_end": _path_end,
    "path_whole": _path_whole,
    "form_whole": _form("whole"),
    "form_start": _form("start"),
    "form_middle": _form("middle"),
    "form_end": _form("end"),
    "form_name": _form("name"),
    "json_whole": _json("whole"),
    "json_start": _json("start"),
    "json_middle": _json("middle"),
    "json_end": _json("end"),
    "json_nested": _json("nested"),
    "json_key": _json_key,
    "multipart": _multipart,
    "xml_text": _xml_text,
    "body_whole": _body_whole,
    "user_agent": _user_agent,
    "referer": _referer,
}

PLACEMENTS = tuple(_PLACERS)
"""Every placement: those of MIX, and `user_agent` and `referer`."""

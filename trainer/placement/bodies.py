"""Bodies with a value in them: forms, JSON, multipart, XML."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from random import Random
from typing import Any
from xml.sax.saxutils import escape

from detector.types import Request
from trainer.benign.lexicon import between, pick
from trainer.placement.encoding import undone
from trainer.placement.names import parameter_name

METHODS = ("POST", "PUT", "PATCH", "DELETE")
"""Methods under which a body is ordinary."""

_PAIRS = re.compile(r"[^={}\[\]<>\s]{1,40}=[^\s]*")
_XML_TEXT = re.compile(r">([^<>]*)</")
_WRAPPERS = ("data", "attributes", "payload", "params", "variables", "input", "item", "body")


def form_pairs(carrier: Request, rng: Random) -> str:
    """Returns the carrier's body where it is a form, its query, or two made-up fields."""
    if carrier.body and _PAIRS.fullmatch(carrier.body):
        return carrier.body
    if carrier.query and len(carrier.query) < 400 and _PAIRS.fullmatch(carrier.query):
        return carrier.query
    return (
        f"{parameter_name(rng)}={between(rng, 1, 9999)}&{parameter_name(rng)}={parameter_name(rng)}"
    )


def json_with(carrier: Request, put: Callable[[str], str], position: str, rng: Random) -> str:
    """Returns a JSON body in which `put` was applied to one string.

    Where `position` is "nested" the string stands at least two levels down.
    """
    document = _document(carrier, rng)
    if position == "nested":
        for _ in range(between(rng, 1, 4)):
            document = {pick(rng, _WRAPPERS): document}
    holder = document
    while True:
        if not holder:
            _add(holder, put(""), rng)
            break
        key: Any = pick(rng, list(holder) if isinstance(holder, dict) else range(len(holder)))
        child = holder[key]
        if not isinstance(child, dict | list):
            holder[key] = put(child if isinstance(child, str) else "")
            break
        holder = child
    return _dumped(document, rng)


def json_with_key(carrier: Request, value: str, rng: Random) -> str:
    """Returns a JSON body in which `value` is a key of some object."""
    document = _document(carrier, rng)
    holder = document[0] if isinstance(document, list) else document
    if not isinstance(holder, dict):
        holder = document = {}
    nested = [child for child in holder.values() if isinstance(child, dict)]
    if nested and rng.random() < 0.4:
        holder = pick(rng, nested)
    holder[value] = pick(rng, (1, True, "", parameter_name(rng), None))
    return _dumped(document, rng)


def small_json(value: str, rng: Random) -> str:
    """Returns a small JSON text with `value` in it, such as stands in a parameter."""
    return _dumped(
        pick(
            rng,
            (
                {parameter_name(rng): value},
                {parameter_name(rng): between(rng, 1, 99), parameter_name(rng): value},
                [value],
                {parameter_name(rng): {parameter_name(rng): value}},
                [{parameter_name(rng): parameter_name(rng), parameter_name(rng): value}],
            ),
        ),
        rng,
    )


def multipart(carrier: Request, value: str, rng: Random) -> str:
    """Returns a multipart/form-data body (RFC 7578) with `value` as a field or a file's name."""
    boundary = pick(
        rng,
        (
            f"----WebKitFormBoundary{rng.getrandbits(80):x}",
            f"{rng.getrandbits(128):032x}",
            f"---------------------------{rng.getrandbits(90)}",
        ),
    )
    as_file_name = rng.random() < 0.2
    fields = [undone(pair).partition("=")[::2] for pair in form_pairs(carrier, rng).split("&")[:4]]
    if not as_file_name:
        fields.insert(between(rng, 0, len(fields)), (parameter_name(rng), value))
    parts = [
        f'Content-Disposition: form-data; name="{name}"\r\n\r\n{text}' for name, text in fields
    ]
    if as_file_name or rng.random() < 0.3:
        name = value if as_file_name else f"{parameter_name(rng)}.txt"
        parts.append(
            f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n'
            f"Content-Type: application/octet-stream\r\n\r\n{parameter_name(rng)}"
        )
    return "".join(f"--{boundary}\r\n{part}\r\n" for part in parts) + f"--{boundary}--\r\n"


def xml_with(carrier: Request, value: str, rng: Random) -> str:
    """Returns an XML body with `value` as the text of one element, escaped or in CDATA."""
    escaped = f"<![CDATA[{value}]]>" if "]]>" not in value and rng.random() < 0.2 else escape(value)
    if carrier.body.startswith("<"):
        places = list(_XML_TEXT.finditer(carrier.body))
        if places:
            match = pick(rng, places)
            return f"{carrier.body[: match.start(1)]}{escaped}{carrier.body[match.end(1) :]}"
    outer, inner, other = parameter_name(rng), parameter_name(rng), parameter_name(rng)
    outer, inner, other = (re.sub(r"\W", "", name) for name in (outer, inner, other))
    head = '<?xml version="1.0" encoding="UTF-8"?>' if rng.random() < 0.6 else ""
    first = f"<{other}>{between(rng, 1, 999)}</{other}>"
    return f"{head}<{outer}>{first}<{inner}>{escaped}</{inner}></{outer}>"


def _document(carrier: Request, rng: Random) -> dict[str, Any] | list[Any]:
    if carrier.body[:1] in ("{", "["):
        try:
            found = json.loads(carrier.body)
        except ValueError:  # several documents, one a line
            found = None
        if found and isinstance(found, dict | list):
            return found
    pairs = [pair.partition("=") for pair in form_pairs(carrier, rng).split("&")]
    return {undone(name): undone(value) for name, _, value in pairs}


def _add(holder: dict[str, Any] | list[Any], value: str, rng: Random) -> None:
    if isinstance(holder, dict):
        holder[parameter_name(rng)] = value
    else:
        holder.append(value)


def _dumped(document: object, rng: Random) -> str:
    compact = (",", ":") if rng.random() < 0.8 else None
    return json.dumps(document, separators=compact, ensure_ascii=rng.random() < 0.5)

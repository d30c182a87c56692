"""In which placements a payload works."""

from __future__ import annotations

import re

from trainer.labelled import Payload
from trainer.placement.place import MIX

_WHOLE = ("query_whole", "form_whole", "json_whole", "json_nested", "query_json", "multipart")

_FAMILIES: dict[str, tuple[str, ...]] = {
    "rfi": _WHOLE,
    "ssrf": (*_WHOLE, "xml_text"),
    "xxe": ("body_whole", "form_whole", "query_whole", "multipart"),
    "deserialisation": (*_WHOLE, "body_whole", "query_bare", "path_segment"),
    "probe": ("path_whole",),
    "webshell": ("path_whole",),
}
"""A family → the placements in which its payloads work; all of MIX where it is not named."""

_SHAPES: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"\[\$?\w+\]"), ("query_name", "form_name")),  # continues a parameter's name
    (re.compile(r"[\w.-]+(?:\[[^\]]*\])*=[{\[\w]"), ("query_bare", "body_whole")),  # whole pairs
    (re.compile(r"[\[{]\s*[\"{\w$]"), (*_WHOLE, "body_whole")),  # a document
    (re.compile(r"<\?xml|<!DOCTYPE", re.IGNORECASE), (*_WHOLE, "body_whole")),
    (re.compile(r"[a-z][\w.+-]{1,20}:", re.IGNORECASE), (*_WHOLE, "xml_text")),  # a scheme
)
"""A shape of payload → the placements in which it works, whatever its family; the first counts."""


def mix_for(payload: Payload) -> dict[str, float]:
    """Returns the placements in which `payload` works, with their weights in MIX."""
    fitting = _FAMILIES.get(payload.family) or next(
        (placements for shape, placements in _SHAPES if shape.match(payload.text)), tuple(MIX)
    )
    return {name: MIX[name] for name in fitting}

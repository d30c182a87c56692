"""How clients encode a value that they put into a path, a query or a form."""

from __future__ import annotations

import re
from random import Random
from typing import Literal
from urllib.parse import quote, quote_plus, unquote_plus

Style = Literal["form", "component", "browser", "minimal", "raw"]

STYLES: dict[Style, float] = {
    "form": 0.3,
    "component": 0.25,
    "browser": 0.2,
    "minimal": 0.15,
    "raw": 0.1,
}
"""A style → its share: HTML forms and most libraries; encodeURIComponent; what a browser makes of a
typed address; a client that encodes only what would break its request; one that hardly does."""

_COMPONENT_SAFE = "!'()*~"
_BROWSER_SAFE = "!$'()*,;:@/?~[]|{}^`\\="
_BROWSER_PATH_SAFE = _BROWSER_SAFE.replace("?", "") + "&+"
_BREAKS = re.compile(r"[\x00-\x20#%\x7f-\U0010ffff]")
_BREAKS_PAIR = re.compile(r"[\x00-\x20#%&+\x7f-\U0010ffff]")
_BREAKS_PATH = re.compile(r"[\x00-\x20#%?\x7f-\U0010ffff]")
_BREAKS_LINE = re.compile(r"[\x00-\x20#\x7f-\x9f\ud800-\udfff]")


def draw_style(rng: Random) -> Style:
    """Returns a style in keeping with STYLES."""
    return rng.choices(tuple(STYLES), tuple(STYLES.values()))[0]


def in_pair(value: str, style: Style) -> str:
    """Encodes a parameter's name or value."""
    if style == "form":
        return quote_plus(value, safe="*", errors="surrogateescape")
    if style == "component":
        return quote(value, safe=_COMPONENT_SAFE, errors="surrogateescape")
    if style == "browser":
        return quote(value, safe=_BROWSER_SAFE, errors="surrogateescape")
    return _BREAKS_PAIR.sub(_percent, value) if style == "minimal" else _raw(value)


def in_path(value: str, style: Style) -> str:
    """Encodes a part of a path; slashes stand, save where a client encodes every value whole."""
    if style == "component":
        return quote(value, safe=_COMPONENT_SAFE, errors="surrogateescape")
    if style == "form":
        return quote(value, safe="/", errors="surrogateescape")
    if style == "browser":
        return quote(value, safe=_BROWSER_PATH_SAFE, errors="surrogateescape")
    return _BREAKS_PATH.sub(_percent, value) if style == "minimal" else _raw(value)


def bare(value: str, style: Style) -> str:
    """Encodes a query that has no names: `/search?value`."""
    if style == "minimal":
        return _BREAKS.sub(_percent, value)
    return in_pair(value, style)


def undone(value: str) -> str:
    """Decodes a parameter's name or value; bytes that are not UTF-8 become surrogate escapes."""
    return unquote_plus(value, errors="surrogateescape")


def _raw(value: str) -> str:
    return _BREAKS_LINE.sub(_percent, value)


def _percent(match: re.Match[str]) -> str:
    return quote(match[0], safe="", errors="surrogateescape")

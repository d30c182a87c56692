"""Evasions of cross-site scripting: what HTML parsers and JavaScript read as the same."""

from __future__ import annotations

import re
from random import Random
from typing import Final

from trainer.evasion.encodings import html_entities

_NAME: Final = re.compile(r"(?<=<)/?[a-z]+|(?<=[\s/\"'])on[a-z]+(?=\s*=)|javascript(?=:)", re.I)
_GAP: Final = re.compile(r"(?<=<)([a-z]+) +(?=[a-z])", re.I)
_EVENT: Final = re.compile(r"(\son[a-z]+)=", re.I)
_QUOTED: Final = re.compile(r"(\son[a-z]+=)([\"'])([^\"'<>&]+)\2", re.I)
_CALL: Final = re.compile(r"\b(alert|prompt|confirm|eval)(?=\s*[(`])")
_SCHEME: Final = re.compile(r"(?<=[=\"'])javascript:", re.I)


def html_case(text: str, rng: Random) -> str:
    """Swaps the case of tags, event attributes and schemes, which HTML does not heed."""
    return _NAME.sub(
        lambda match: "".join(rng.choice((c.lower(), c.upper())) for c in match[0]), text
    )


def html_gap(text: str, rng: Random) -> str:
    """Writes the space after a tag's name as a slash, a tab, a line or page break, or more."""
    gap = rng.choice(("/", "\t", "\n", "\x0c", "\r", "//", "   ", f"/{rng.randint(0, 99)}/"))
    return _GAP.sub(lambda match: match[1] + gap, text)


def html_equals(text: str, rng: Random) -> str:
    """Puts white space around the equals sign of event attributes."""
    before, after = (rng.choice(("", " ", "\t", "\n", "\x0c")) for _ in range(2))
    return _EVENT.sub(lambda match: f"{match[1]}{before} ={after}", text)


def attribute_entities(text: str, rng: Random) -> str:
    """Writes the script in quoted event attributes as HTML entities; the browser decodes them."""
    return _QUOTED.sub(
        lambda match: f"{match[1]}{match[2]}{html_entities(match[3], rng)}{match[2]}", text
    )


def scheme_breaks(text: str, rng: Random) -> str:
    """Puts tabs and line breaks, as entities or bare, into `javascript:`, which URLs drop."""
    mark = rng.choice(("\t", "\n", "&Tab;", "&NewLine;", "&#9;", "&#x0a;", "&#13;"))
    at = rng.randint(1, 9)
    return _SCHEME.sub(lambda match: match[0][:at] + mark + match[0][at:], text)


def script_names(text: str, rng: Random) -> str:
    """Writes the names of well-known functions with escapes, or as looked-up strings."""

    def other(match: re.Match[str]) -> str:
        name = match[1]
        at = rng.randint(1, len(name) - 1)
        return rng.choice(
            (
                f"{name[:at]}\\u{ord(name[at]):04x}{name[at + 1 :]}",
                f"{name[:at]}\\u{{{ord(name[at]):x}}}{name[at + 1 :]}",
                f"window['{name[:at]}'+'{name[at:]}']",
                f"self[`{name[:at]}`+`{name[at:]}`]",
                f"top[/{name[:at]}/.source+/{name[at:]}/.source]",
                f"(0,{name})",
                f"[{name}][0]",
            )
        )

    return _CALL.sub(other, text)

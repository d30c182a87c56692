"""Evasions that write characters in another code; each says which layer decodes it."""

from __future__ import annotations

import re
from random import Random
from typing import Final
from urllib.parse import quote

_UNRESERVED: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
_HEX: Final = re.compile(r"(%u|\\u|%)((?<=u)[0-9a-fA-F]{4}|(?<=%)[0-9a-fA-F]{2})")
_NAMED: Final = {
    "<": "&lt;", ">": "&gt;", '"': "&quot;", "&": "&amp;", "(": "&lpar;", ")": "&rpar;",
    ":": "&colon;", "\n": "&NewLine;", "\t": "&Tab;", "/": "&sol;", "=": "&equals;", "'": "&apos;",
}  # fmt: skip


def percent_all(text: str, rng: Random) -> str:
    """Percent-encodes every byte; the server decodes it once, as it does any query or form."""
    return _hex_case("".join(f"%{byte:02x}" for byte in _bytes(text)), rng)


def percent_some(text: str, rng: Random) -> str:
    """Percent-encodes what must be and half of the rest; the server decodes it once."""
    return "".join(
        character
        if character in _UNRESERVED and rng.random() < 0.5
        else percent_all(character, rng)
        for character in text
    )


def percent_double(text: str, rng: Random) -> str:
    """Percent-encodes special characters twice; a proxy decodes once, the application again."""
    return _special(text, rng).replace("%", "%25")


def percent_triple(text: str, rng: Random) -> str:
    """Percent-encodes special characters three times over."""
    return percent_double(text, rng).replace("%", "%25")


def percent_u(text: str, rng: Random) -> str:
    """Writes special characters as %uXXXX, which IIS and classic ASP decode."""
    return "".join(
        character
        if character in _UNRESERVED
        else "".join(_hex_case(f"%u{unit:04x}", rng) for unit in _utf16(character))
        for character in text
    )


def overlong(text: str, rng: Random) -> str:
    """Writes special characters as overlong UTF-8, which old Java and IIS decode.

    The forms have two or three bytes where one would do (RFC 3629, section 10).
    """
    return "".join(
        character if character in _UNRESERVED and character != "." else _overlong(character, rng)
        for character in text
    )


def fullwidth(text: str, rng: Random) -> str:
    """Writes printable ASCII as fullwidth forms, which NFKC normalisation folds back.

    Letters keep their form half of the time, the characters that filters look for never.
    """
    return "".join(
        chr(ord(character) + 0xFEE0)
        if "!" <= character <= "~" and (not character.isalnum() or rng.random() < 0.5)
        else character
        for character in text
    )


def json_unicode(text: str, rng: Random) -> str:
    """Writes the inside of a JSON string with u-escapes for specials and for some letters."""
    return "".join(
        character
        if character.isascii() and character.isalnum() and rng.random() < 0.7
        else "".join(_hex_case(f"\\u{unit:04x}", rng) for unit in _utf16(character))
        for character in text
    )


def json_unicode_all(text: str, rng: Random) -> str:
    """Writes every character of a JSON string's inside as a u-escape."""
    return "".join(_hex_case(f"\\u{unit:04x}", rng) for unit in _utf16(text))


def html_entities(text: str, rng: Random) -> str:
    """Writes characters as HTML entities; an application that unescapes its input, or the browser
    in an attribute's value, decodes it.
    """
    return "".join(
        character if character not in _NAMED and rng.random() < 0.4 else _entity(character, rng)
        for character in text
    )


def _entity(character: str, rng: Random) -> str:
    code, kind = ord(character), rng.randrange(4)
    if 0xD800 <= code < 0xE000 or code == 0:
        return character
    if kind == 0 and character in _NAMED:
        return _NAMED[character]
    zeros = "0" * rng.choice((0, 0, 0, 2, 5))
    return f"&#x{zeros}{code:x};" if kind < 3 else f"&#{zeros}{code};"


def _overlong(character: str, rng: Random) -> str:
    code = ord(character)
    if code > 0x7F:
        return quote(character, safe="", errors="surrogateescape")
    lead = (0xC0 | code >> 6,) if rng.random() < 0.6 else (0xE0, 0x80 | code >> 6)
    return _hex_case("".join(f"%{byte:02x}" for byte in (*lead, 0x80 | code & 0x3F)), rng)


def _special(text: str, rng: Random) -> str:
    return _hex_case(quote(text, safe="", errors="surrogateescape"), rng) if text else text


def _hex_case(text: str, rng: Random) -> str:
    """Writes the hex digits of `text` in upper or in lower case."""
    change = str.upper if rng.random() < 0.5 else str.lower
    return _HEX.sub(lambda match: match[1] + change(match[2]), text)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _utf16(text: str) -> list[int]:
    data = text.encode("utf-16-be", "surrogatepass")
    return [int.from_bytes(data[index : index + 2], "big") for index in range(0, len(data), 2)]

"""The words that every attack grammar may use: numbers, names, hosts, and codings of a text."""

from __future__ import annotations

import base64
from collections.abc import Callable
from random import Random
from typing import Final
from urllib.parse import quote, quote_plus

_LOWER: Final = "abcdefghijklmnopqrstuvwxyz"
_MIXED: Final = _LOWER + _LOWER.upper()
_CONSONANTS: Final = "bcdfghklmnprstvwz"
_VOWELS: Final = "aeiou"
_ENDINGS: Final[tuple[str, ...]] = ("", "", *_CONSONANTS)


def _number(low: int, high: int) -> Callable[[Random], str]:
    return lambda rng: str(rng.randint(low, high))


def _letters(alphabet: str, low: int, high: int) -> Callable[[Random], str]:
    return lambda rng: "".join(rng.choices(alphabet, k=rng.randint(low, high)))


def _hex(low: int, high: int) -> Callable[[Random], str]:
    return _letters("0123456789abcdef", low, high)


def _int(rng: Random) -> str:
    """A number as people write one: short more often than long."""
    return str(rng.randint(0, int("9" * rng.randint(1, 5))))


def _word(rng: Random) -> str:
    """A word that can be spoken, of one to four syllables."""
    syllables = [
        rng.choice(_CONSONANTS) + rng.choice(_VOWELS) for _ in range(rng.choice((1, 2, 2, 3, 4)))
    ]
    return "".join(syllables) + rng.choice(_ENDINGS)


def _public_ip(rng: Random) -> str:
    return f"{rng.randint(20, 223)}." + ".".join(str(rng.randint(0, 255)) for _ in range(3))


def _private_ip(rng: Random) -> str:
    last = f"{rng.randint(0, 255)}.{rng.randint(1, 254)}"
    kind = rng.randrange(3)
    if kind == 0:
        return f"10.{rng.randint(0, 255)}.{last}"
    if kind == 1:
        return f"172.{rng.randint(16, 31)}.{last}"
    return f"192.168.{last}"


def _uuid(rng: Random) -> str:
    digits = f"{rng.getrandbits(128):032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _columns(rng: Random) -> str:
    """The columns of a UNION: numbers or NULLs in a row."""
    count = rng.choice((1, 2, 3, 4, 5, 6, 8, 10, 13, 20))
    kind = rng.randrange(4)
    if kind == 0:
        return ",".join(["NULL"] * count)
    if kind == 1:
        return ",".join(["null"] * count)
    return ",".join(str(number + 1) for number in range(count))


MAKERS: Final[dict[str, Callable[[Random], str]]] = {
    "int": _int,
    "digit": _number(1, 9),
    "n2": _number(2, 30),
    "n3": _number(100, 999),
    "n4": _number(1000, 9999),
    "n9": _number(10**8, 10**10),
    "byte": _number(0, 255),
    "port": lambda rng: str(rng.choice((80, 443, 8080, 4444, 1337, rng.randint(1024, 65535)))),
    "word": _word,
    "rnd": _letters(_MIXED + "0123456789", 4, 10),
    "rndlow": _letters(_LOWER, 3, 9),
    "Rnd4": _letters(_MIXED, 4, 4),
    "token": _letters(_LOWER + "0123456789", 12, 33),
    "hex2": _hex(2, 2),
    "hex8": _hex(8, 8),
    "hex16": _hex(16, 16),
    "hex32": _hex(32, 32),
    "uuid": _uuid,
    "publicip": _public_ip,
    "privateip": _private_ip,
    "columns": _columns,
    "none": lambda _: "",
    "sp": lambda _: " ",
    "tab": lambda _: "\t",
    "cr": lambda _: "\r",
    "lf": lambda _: "\n",
    "crlf": lambda _: "\r\n",
    "nul": lambda _: "\0",
    "x4": lambda rng: f"{rng.getrandbits(16):04x}",
    "b64noise": lambda rng: base64.b64encode(rng.randbytes(rng.randint(12, 90))).decode(),
}
"""Symbols that are functions of a random number generator."""


def _mixed_case(text: str, rng: Random) -> str:
    return "".join(rng.choice((letter.lower(), letter.upper())) for letter in text)


def _some_case(text: str, rng: Random) -> str:
    """As people write keywords: lower, upper, capitalised, seldom mixed."""
    kind = rng.random()
    if kind < 0.42:
        return text.lower()
    if kind < 0.84:
        return text.upper()
    if kind < 0.92:
        return text.capitalize()
    return _mixed_case(text, rng)


def _seldom_mixed(text: str, rng: Random) -> str:
    """As people write tags: as it stands, now and then upper or mixed."""
    kind = rng.random()
    if kind < 0.75:
        return text
    return text.upper() if kind < 0.85 else _mixed_case(text, rng)


def _base64(text: str, _: Random) -> str:
    return base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()


WRAPPERS: Final[dict[str, Callable[[str, Random], str]]] = {
    "case": _some_case,
    "mixed": _mixed_case,
    "some": _seldom_mixed,
    "upper": lambda text, _: text.upper(),
    "base64": _base64,
    "base64utf16": lambda text, _: base64.b64encode(text.encode("utf-16-le")).decode(),
    "base64url": lambda text, _: _base64(text, _).replace("+", "-").replace("/", "_").rstrip("="),
    "hex": lambda text, _: text.encode().hex(),
    "url": lambda text, _: quote(text, safe=""),
    "urlpath": lambda text, _: quote(text, safe="/.-_~:;=@$,"),
    "form": lambda text, _: quote_plus(text),
    "double": lambda text, _: quote(quote(text, safe=""), safe=""),
    "chars": lambda text, _: ",".join(str(ord(letter)) for letter in text),
    "escapes": lambda text, _: "".join(f"\\x{ord(letter):02x}" for letter in text),
    "length": lambda text, _: str(len(text.encode())),
    "json": lambda text, _: text.replace("\\", "\\\\").replace('"', '\\"'),
    "dotless": lambda text, _: _dotless(text),
    "reverse": lambda text, _: text[::-1],
}
"""Functions of a text: `«base64:id»`."""


def _dotless(address: str) -> str:
    """An IPv4 address as one number, as inet_aton reads it."""
    number = 0
    for part in address.split("."):
        number = number * 256 + int(part)
    return str(number)

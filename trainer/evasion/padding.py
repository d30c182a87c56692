"""Evasions by length: harmless text before, after or around an attack, up to 16 KiB."""

from __future__ import annotations

import re
from random import Random
from typing import Final

LONGEST: Final = 16_384
"""Characters of padding at most."""

_WORDS: Final = re.findall(
    r"\w+",
    """
    the of and to in is it you that he was for on are with as his they be at one have this from
    by hot word but what some we can out other were all there when up use your how said an each
    she which do their time if will way about many then them write would like so these her long
    make thing see him two has look more day could go come did number sound no most people my
    over know water than call first who may down side been now find any new work part take get
    place made live where after back little only round man year came show every good me give
    our order select group update please report table user price page home account delivery
    """,
)
_PUNCTUATION: Final = ("", "", "", "", "", ",", ".", ".", "?", "!")


def pad_before(text: str, rng: Random) -> str:
    """Puts harmless text before the attack."""
    return f"{prose(rng, _length(rng))} {text}"


def pad_after(text: str, rng: Random) -> str:
    """Puts harmless text after the attack."""
    return f"{text} {prose(rng, _length(rng))}"


def pad_around(text: str, rng: Random) -> str:
    """Puts harmless text on both sides of the attack."""
    length = _length(rng)
    before = rng.randint(0, length)
    return f"{prose(rng, before)} {text} {prose(rng, length - before)}"


def pad_far(text: str, rng: Random) -> str:
    """Puts the attack at the end of 16 KiB of harmless text."""
    return f"{prose(rng, LONGEST)} {text}"


def prose(rng: Random, length: int) -> str:
    """Returns `length` characters of words in a row, as people type them."""
    count = length // 2 + 1  # the shortest word has one letter
    words = rng.choices(_WORDS, k=count)
    marks = rng.choices(_PUNCTUATION, k=count)
    return " ".join(map("".join, zip(words, marks, strict=True)))[:length]


def _length(rng: Random) -> int:
    """A length between 16 and 16,384: each doubling as likely as the next."""
    return int(2 ** rng.uniform(4, 14))

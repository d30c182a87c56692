"""Evasions by parameters: the same name twice, and an attack split over several of one name."""

from __future__ import annotations

from random import Random
from typing import Final
from urllib.parse import quote_plus

_DECOYS: Final = ("1", "0", "10", "home", "en", "true", "test", "2024", "all", "name")


def pollute(text: str, rng: Random, name: str = "id") -> str:
    """Returns a query that names `name` twice or more, the attack in one of them.

    Servers differ in which they take (PHP the last, JSP the first, ASP all); a filter that looks at
    another one misses it.
    """
    values = [rng.choice(_DECOYS) for _ in range(rng.randint(1, 4))]
    values.insert(rng.randint(0, len(values)), text)
    return "&".join(f"{name}={_encoded(value)}" for value in values)


def split_over_parameters(text: str, rng: Random, name: str = "id") -> str:
    """Returns a query with an SQL attack split at spaces over parameters of one name.

    ASP joins the values of one name with commas, so each joint hides its comma in a comment:
    `id=1 union/*&id=*/select`. A text without spaces stays whole.
    """
    words = text.split(" ")
    cuts = sorted(rng.sample(range(1, len(words)), min(len(words) - 1, rng.randint(1, 3))))
    parts = [
        " ".join(words[start:end])
        for start, end in zip((0, *cuts), (*cuts, len(words)), strict=True)
    ]
    last = len(parts) - 1
    values = [
        ("*/" if index else "") + part + ("/*" if index < last else "")
        for index, part in enumerate(parts)
    ]
    return "&".join(f"{name}={_encoded(value)}" for value in values)


def _encoded(value: str) -> str:
    return quote_plus(value, errors="surrogateescape")

"""Attack strings by family, from grammars of the project's own: one rules file a family."""

from __future__ import annotations

import re
from functools import cache
from random import Random

from trainer.generate.grammar import Rules, expand, load
from trainer.generate.words import RULES as WORDS

PATH_FAMILIES = ("webshell", "probe")
"""Families whose strings are paths, not values."""

_WORD = re.compile(r"[A-Za-z]{2,}")
_SPACES = ("/**/", "\t", "+", "\n", "/*!*/", "\u00a0")


def payload(rng: Random, family: str) -> str:
    """Draws an attack string of `family`."""
    drawn = expand(rng, _rules(family), "«start»")
    return _disguised(rng, drawn) if family == "sqli" else drawn


@cache
def _rules(family: str) -> Rules:
    return {**WORDS, **load(__name__, f"{family}.rules")}


def _disguised(rng: Random, sql: str) -> str:
    """Changes case and white space as scanners do, in half of the cases."""
    kind = rng.randrange(8)
    if kind in (0, 1):
        return sql.upper()
    if kind == 2:
        return _WORD.sub(
            lambda word: "".join(rng.choice((c.lower(), c.upper())) for c in word[0]), sql
        )
    if kind == 3:
        return sql.replace(" ", rng.choice(_SPACES))
    return sql

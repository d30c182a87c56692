"""What people and programs send without ill intent, near misses among it."""

from __future__ import annotations

from random import Random

from trainer.generate.grammar import Rules, expand, load
from trainer.generate.words import RULES as WORDS

_RULES: Rules = {**WORDS, **load("trainer.generate", "benign.rules")}


def value(rng: Random) -> str:
    """Draws a value as a form or a query carries it; nearly half are near misses."""
    (start,) = rng.choices(("«value»", "«hard»", "«sentence»", "«beacon»"), (55, 21, 14, 10))
    return expand(rng, _RULES, start)


def text(rng: Random, length: int) -> str:
    """Draws text of about `length` characters, near misses among it."""
    parts = [value(rng)]
    while sum(map(len, parts)) < length:
        parts.append(expand(rng, _RULES, "«tie»") + value(rng))
    return "".join(parts)


def phrase(rng: Random, rule: str) -> str:
    """Expands `rule` with the words and values of benign traffic."""
    return expand(rng, _RULES, rule)

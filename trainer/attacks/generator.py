"""Attack strings from the grammars: pick a production, expand it."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Collection
from functools import cache
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Final, NamedTuple

from trainer.attacks.grammar import Grammar
from trainer.attacks.words import MAKERS, WRAPPERS
from trainer.families import FAMILIES
from trainer.labelled import Payload
from trainer.splits import SPLITS, Split, split_of

SOURCE: Final = "grammar"
"""The source that generated attacks name."""

WHOLE_ONLY: Final = ("webshell", "probe")
"""Families that are a path rather than a value: see trainer.attacks.whole."""

PAYLOAD_FAMILIES: Final = tuple(family for family in FAMILIES if family not in WHOLE_ONLY)
"""Families with a grammar of payloads."""

_FOLDER: Final = Path(__file__).parent / "grammars"


def template_of(name: str, production: str) -> str:
    """Names a production for good: the grammar, and eight digits of the production's hash."""
    return f"{name}-{sha256(production.encode()).hexdigest()[:8]}"


@cache
def grammar(name: str) -> Grammar:
    """Returns the grammar `name`, read once: a family of PAYLOAD_FAMILIES, or "whole"."""
    shared = None if name == "common" else grammar("common")
    text = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    return Grammar(text, MAKERS, WRAPPERS, shared)


@cache
def templates(family: str) -> dict[str, str]:
    """Returns template → production of `family`, in the grammar's order."""
    return {template_of(family, line): line for line in grammar(family).productions}


def generate(
    family: str,
    rng: Random,
    template: str | None = None,
    splits: Collection[Split] = SPLITS,
) -> Payload:
    """Makes one attack string.

    Args:
        family: one of PAYLOAD_FAMILIES.
        rng: the only source of chance.
        template: the production to expand, by its template; drawn by weight when None.
        splits: the sides (trainer.splits) from which a production may be drawn.

    Returns:
        The payload; its characters are those that the application should get, so that it still
        has to be encoded for its place.
    """
    if template is None:
        template = _choices(family, tuple(splits)).draw(rng)
    text = grammar(family).expand(templates(family)[template], rng)
    return Payload(text, family, SOURCE, template)


class Choices(NamedTuple):
    """Templates with their weights summed up, to draw from fast."""

    templates: tuple[str, ...]
    sums: tuple[float, ...]

    @classmethod
    def of(cls, weights: dict[str, float]) -> Choices:
        """Returns the choices of template → weight.

        Raises:
            ValueError: there are none.
        """
        if not weights:
            raise ValueError("Found no production of this family on these sides. Name other sides.")
        return cls(tuple(weights), tuple(accumulate(weights.values())))

    def draw(self, rng: Random) -> str:
        """Returns one template, by weight."""
        return self.templates[bisect(self.sums, rng.random() * self.sums[-1])]


@cache
def _choices(family: str, splits: tuple[Split, ...]) -> Choices:
    weights = grammar(family).productions
    return Choices.of(
        {
            template: weights[production]
            for template, production in templates(family).items()
            if split_of(SOURCE, template) in splits
        }
    )

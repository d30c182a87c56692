"""Attacks that are a whole request: exploits of known weaknesses, web shells, probes for files."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from random import Random
from typing import Final, NamedTuple

from trainer.attacks.generator import SOURCE, Choices, grammar, template_of
from trainer.families import FAMILIES
from trainer.splits import SPLITS, Split, split_of

_GRAMMAR: Final = "whole"
_BODY: Final = " ⏎"


class RequestAttack(NamedTuple):
    """An attack that is a whole request, as sent: nothing in it is to be encoded again.

    Attributes:
        family: one of trainer.families.
        source: corpus or grammar that it comes from.
        template: the unit of splitting.
        method: upper case.
        path: as sent.
        query: as sent, without the question mark.
        body: as sent; "" when there is none.
    """

    family: str
    source: str
    template: str
    method: str
    path: str
    query: str
    body: str


def generate_whole(
    rng: Random,
    family: str | None = None,
    template: str | None = None,
    splits: Collection[Split] = SPLITS,
) -> RequestAttack:
    """Makes one whole request that is an attack.

    Args:
        rng: the only source of chance.
        family: the family to draw from, one of WHOLE_FAMILIES; any when None.
        template: the production to expand; drawn by weight when None.
        splits: the sides (trainer.splits) from which a production may be drawn.
    """
    if template is None:
        template = _choices(family, tuple(splits)).draw(rng)
    text = grammar(_GRAMMAR).expand(whole_templates()[template], rng)
    head, _, body = text.partition(_BODY)
    kind, method, target = head.split(" ", 2)
    path, _, query = target.partition("?")
    return RequestAttack(kind, SOURCE, template, method, path, query, body)


@cache
def whole_templates() -> dict[str, str]:
    """Returns template → production, in the grammar's order."""
    return {template_of(_family(line), line): line for line in grammar(_GRAMMAR).productions}


def _family(production: str) -> str:
    return production.partition(" ")[0]


@cache
def _choices(family: str | None, splits: tuple[Split, ...]) -> Choices:
    weights = grammar(_GRAMMAR).productions
    return Choices.of(
        {
            template: weights[production]
            for template, production in whole_templates().items()
            if family in (None, _family(production)) and split_of(SOURCE, template) in splits
        }
    )


def _whole_families() -> tuple[str, ...]:
    found = {_family(line) for line in grammar(_GRAMMAR).productions}
    return tuple(family for family in FAMILIES if family in found)


WHOLE_FAMILIES: Final = _whole_families()
"""Families of which there are whole requests."""

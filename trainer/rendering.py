"""Renders a value into a request, by way of an evasion where one is given."""

from __future__ import annotations

from random import Random
from typing import get_args

from detector.types import Request
from trainer.evasion import EVASIONS, Evasion
from trainer.evasion.catalogue import Place
from trainer.placement import place
from trainer.placement.encoding import Style

_MARK = "qzxMARKxzq"  # survives every encoding; stands for what is put in once all is encoded

NEUTRAL = frozenset(
    name
    for name, evasion in EVASIONS.items()
    if name != "overlong" and (evasion.stage != "text" or name.startswith(("pad", "full", "enti")))
) - {"split"}
"""Evasions that may befall harmless values too: padding, encodings, repeated parameters."""


def place_of(placement: str) -> Place | None:
    """Returns where, in the terms of trainer.evasion, a placement stands; None outside of them."""
    where = placement.partition("_")[0]
    return next((known for known in get_args(Place) if known == where), None)


def render(
    value: str,
    carrier: Request,
    placement: str,
    rng: Random,
    *,
    style: Style,
    evasion: Evasion | None = None,
) -> Request:
    """Puts `value` into a copy of `carrier`.

    Args:
        value: the characters to place, not encoded.
        carrier: see trainer.placement.place.
        placement: one of trainer.placement.PLACEMENTS.
        rng: draws what the evasion and the placement leave open.
        style: how the client encodes what is not encoded yet.
        evasion: rewrites the value first; its `places` must have the placement's.
    """
    if evasion is None:
        return place(value, carrier, placement, rng, style)
    rewritten = evasion.apply(value, rng)
    if evasion.stage == "text":
        return place(rewritten, carrier, placement, rng, style)
    if evasion.stage == "query":
        return carrier._replace(query=rewritten)
    marked = place(_MARK, carrier, placement, rng, style)
    return marked._replace(
        path=marked.path.replace(_MARK, rewritten),
        query=marked.query.replace(_MARK, rewritten),
        body=marked.body.replace(_MARK, rewritten),
    )

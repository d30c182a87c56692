"""What the generators hand on: payloads before they are placed, samples after."""

from __future__ import annotations

from typing import NamedTuple

from detector.types import Request


class Payload(NamedTuple):
    """An attack string that stands in no request yet.

    Attributes:
        text: the characters, not encoded.
        family: one of trainer.families.
        source: corpus or grammar that it comes from.
        template: grammar production or corpus file: the unit of splitting.
    """

    text: str
    family: str
    source: str
    template: str


class Sample(NamedTuple):
    """One labelled request.

    Attributes:
        label: 1 attack, 0 benign.
        family: one of trainer.families; "benign" for label 0.
        source: corpus or grammar that the payload or the request comes from.
        template: grammar production or corpus file: the unit of splitting.
        placement: where the payload stands (trainer.placement); "whole" where it is the request.
        request: the request.
    """

    label: int
    family: str
    source: str
    template: str
    placement: str
    request: Request

"""Labelled streams: attacks placed into ordinary requests, and ordinary requests beside them.

Only the value tells the classes apart. An attack's carrier is chosen so that the whole is as long
as some ordinary request, and its twin is the same request with a harmless value in its place.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

from detector.text import TextSettings, canonical
from detector.types import Request
from trainer.attack_mix import Attacks
from trainer.benign.lexicon import between
from trainer.benign.stream import TEXT_KINDS, Traffic, benign_stream, traffic
from trainer.evasion import Evasion, evasions_for
from trainer.labelled import Sample
from trainer.lengths import ByLength
from trainer.placement import draw_placement
from trainer.placement.encoding import Style, draw_style
from trainer.placement.fits import mix_for
from trainer.rendering import NEUTRAL, place_of, render
from trainer.splits import Split

_FIELDS = TextSettings().fields
_LIMIT = TextSettings().limit
_STOCK = 3000  # carriers and values at hand from the start
_LONG = (
    "pad before",
    "pad after",
    "pad around",
    "pad 16 KiB",
)  # dear to learn from: a fifth as many
_SHORTEST = (8, 40)  # bytes: a carrier has some body, or all long attacks would stand in `GET /`
_OVERHEAD = 8  # bytes that a placement adds beside the payload: a name, an equals sign


class Placed(NamedTuple):
    """An attack and what it was made from, so that its twin can be made too.

    Attributes:
        sample: the attack.
        payload: the characters placed; "" where the attack is a whole request.
        carrier: the request they were placed in; None where the attack is a whole request.
        style: how they were encoded.
        evasion: what rewrote them; None where nothing did.
    """

    sample: Sample
    payload: str
    carrier: Request | None
    style: Style
    evasion: Evasion | None


def attack_stream(
    rng: Random,
    attacks: Attacks,
    data: Path | None,
    split: Split,
    *,
    evaded: float = 0.25,
) -> Iterator[Sample]:
    """Yields attacks for ever, placed into ordinary requests of `split`.

    Args:
        rng: everything is drawn from it.
        attacks: draws attacks of `split` (trainer.attack_mix).
        data: the data folder, for the carriers (see trainer.benign.stream.traffic).
        split: the side whose carriers to use.
        evaded: share of the placed attacks that an evasion rewrites.
    """
    placer = _Placer(rng, attacks, traffic(data, split), evaded)
    for sample in benign_stream(rng, data, split):
        yield placer.attack(sample).sample


def training_stream(
    rng: Random,
    attacks: Attacks,
    data: Path | None,
    split: Split,
    *,
    attack_share: float = 0.5,
    twin_share: float = 0.5,
    evaded: float = 0.25,
) -> Iterator[Sample]:
    """Yields attacks, their harmless twins and ordinary requests for ever.

    Args:
        rng: everything is drawn from it.
        attacks: draws attacks of `split` (trainer.attack_mix).
        data: the data folder (see trainer.benign.stream.traffic).
        split: the side whose templates to use.
        attack_share: share of attacks.
        twin_share: share of twins among the harmless.
        evaded: share of the placed attacks that an evasion rewrites.
    """
    placer = _Placer(rng, attacks, traffic(data, split), evaded)
    twins: deque[Sample] = deque(maxlen=1000)
    for sample in benign_stream(rng, data, split):
        if rng.random() < attack_share:
            placed = placer.attack(sample)
            yield placed.sample
            twins.extend(placer.twin(placed))
        elif twins and rng.random() < twin_share:
            yield twins.popleft()
        else:
            yield sample


class _Placer:
    def __init__(self, rng: Random, attacks: Attacks, ordinary: Traffic, evaded: float) -> None:
        self._evaded = evaded
        self._rng = rng
        self._attacks = attacks
        self._ordinary = ordinary
        self._carriers: ByLength[Request] = ByLength()
        self._values: ByLength[tuple[str, str, str]] = ByLength()
        for _ in range(_STOCK):
            _, _, request = ordinary.request(rng)
            self._carriers.put(len(_text(request)), request)
            self._stock_value()

    def attack(self, like: Sample) -> Placed:
        """Makes an attack about as long as `like`, where its payload leaves room."""
        rng = self._rng
        length = len(_text(like.request))
        if like.placement == "whole":
            self._carriers.put(length, like.request)
        attack = self._attacks(rng)
        if isinstance(attack, Sample):
            return Placed(attack, "", None, "raw", None)
        placement = draw_placement(rng, mix_for(attack))
        style = draw_style(rng)
        evasion = self._evasion(attack.family, placement)
        on_the_wire = evasion if evasion and evasion.stage != "text" else None
        text = evasion.apply(attack.text, rng) if evasion and not on_the_wire else attack.text
        room = max(length - len(text) - _OVERHEAD, between(rng, *_SHORTEST))
        carrier = self._carriers.near(room, rng)
        request = render(text, carrier, placement, rng, style=style, evasion=on_the_wire)
        sample = Sample(1, attack.family, attack.source, attack.template, placement, request)
        return Placed(sample, attack.text, carrier, style, evasion)

    def twin(self, placed: Placed) -> Iterator[Sample]:
        """Makes the attack's twin: its carrier with a harmless value of about the same length."""
        if placed.carrier is None:
            return
        rng = self._rng
        placement = placed.sample.placement
        self._stock_value()
        for _ in range(3):
            kind, template, value = self._values.near(len(placed.payload), rng)
            if kind not in TEXT_KINDS or placement.startswith(("form", "json", "multipart")):
                break
        evasion = placed.evasion if placed.evasion and placed.evasion.name in NEUTRAL else None
        style = placed.style
        request = render(value, placed.carrier, placement, rng, style=style, evasion=evasion)
        yield Sample(0, "benign", kind, template, placement, request)

    def _evasion(self, family: str, placement: str) -> Evasion | None:
        where = place_of(placement)
        if where is None or self._rng.random() >= self._evaded:
            return None
        fitting = evasions_for(family, where)
        weights = [0.2 if evasion.name in _LONG else 1.0 for evasion in fitting]
        return self._rng.choices(fitting, weights)[0] if fitting else None

    def _stock_value(self) -> None:
        value = self._ordinary.value(self._rng)
        self._values.put(len(value[2]), value)


def _text(request: Request) -> bytes:
    return canonical(request, _FIELDS, _LIMIT).data

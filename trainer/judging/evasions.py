"""What evasions hide: of the attacks found in plain form, the share found once rewritten."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import numpy as np

from detector.text import TextSettings
from detector.types import Request
from trainer.attack_mix import attack_mix
from trainer.benign.stream import traffic
from trainer.evasion import EVASIONS, Evasion
from trainer.judging.cache import fingerprint, kept
from trainer.judging.held_out import search
from trainer.judging.intervals import Share
from trainer.judging.texts import Judge, texts_of
from trainer.labelled import Payload
from trainer.placement import draw_placement
from trainer.placement.encoding import draw_style
from trainer.placement.fits import mix_for
from trainer.rendering import place_of, render

_SEED = 22
_GENERATED = 3_000
_OF_EACH = 300
_TEST_SHARE = 0.5


class Pair(NamedTuple):
    """An attack and its rewriting, in the same place of the same request."""

    plain: Request
    evaded: Request


@dataclass(frozen=True, slots=True)
class EvasionRow:
    """What one detector does against one evasion.

    Attributes:
        evasion: its name.
        detector: the detector's.
        tried: attacks that the evasion changed.
        undone: those whose canonical text is the same as in plain form: decoding undoes it.
        found: attacks that alert both ways, of those that alert in plain form.
    """

    evasion: str
    detector: str
    tried: int
    undone: int
    found: Share

    def to_json(self) -> dict[str, Any]:
        """Returns all figures."""
        return {
            "evasion": self.evasion,
            "detector": self.detector,
            "tried": self.tried,
            "undone_by_decoding": self.undone,
            "still_found": self.found.to_json(),
        }


def generated(data: Path, sample: int | None = None) -> list[Payload]:
    """Returns payloads of the held-out part of the generator and of the training corpora."""
    count = min(_GENERATED, 10 * sample) if sample else _GENERATED

    def make() -> list[Any]:
        draw, rng = attack_mix(data, "test"), Random(_SEED)
        drawn = (draw(rng) for _ in range(10 * count))
        return list(islice((one for one in drawn if isinstance(one, Payload)), count))

    name = f"payloads-test-{count}-{fingerprint(data, __file__)}"
    return [Payload(*row) for row in kept(name, make)]


def pairs(
    evasion: Evasion,
    generated: Sequence[Payload],
    public: Sequence[Payload],
    data: Path | None,
    of_each: int = _OF_EACH,
) -> list[Pair]:
    """Returns attacks that `evasion` changes, in plain form and rewritten.

    Args:
        evasion: what rewrites them. A payload that it leaves as it is does not count.
        generated: placed into ordinary held-out requests.
        public: payloads of test sets, placed into `/search?q=…` or what the evasion needs; half of
            the pairs where there are enough.
        data: the data folder, for the ordinary requests.
        of_each: at most so many pairs.
    """
    rng = Random(f"{_SEED} {evasion.name}")
    ordinary = traffic(data, "test")
    from_public = (_pair(evasion, one, search(""), rng) for one in _fitting(evasion, public, rng))
    found = list(islice(filter(None, from_public), int(of_each * _TEST_SHARE)))
    from_generated = (
        _pair(evasion, one, ordinary.request(rng)[2], rng)
        for one in _fitting(evasion, generated, rng)
    )
    return found + list(islice(filter(None, from_generated), of_each - len(found)))


def rows(
    by_evasion: dict[str, list[Pair]], judges: Sequence[Judge], settings: TextSettings
) -> list[EvasionRow]:
    """Returns each detector's row for each evasion: the first detector's worst first.

    Args:
        by_evasion: an evasion's name → its pairs.
        judges: the detectors.
        settings: how texts are made.
    """
    every = [pair for found in by_evasion.values() for pair in found]
    if not every:
        return []
    plain = texts_of((pair.plain for pair in every), settings)
    evaded = texts_of((pair.evaded for pair in every), settings)
    is_same = np.array([a == b for a, b in zip(plain, evaded, strict=True)])
    table: dict[str, list[EvasionRow]] = {name: [] for name, found in by_evasion.items() if found}
    for judge in judges:
        verdicts = judge([*plain, *evaded])
        was_found, is_found = np.split(verdicts.alerts, 2)
        start = 0
        for name, of_evasion in table.items():
            part = slice(start, start := start + len(by_evasion[name]))
            both = int((was_found[part] & is_found[part]).sum())
            share = Share(both, int(was_found[part].sum()))
            undone = int(is_same[part].sum())
            tried = len(by_evasion[name])
            of_evasion.append(EvasionRow(name, verdicts.detector, tried, undone, share))
    worst_first = sorted(table.values(), key=lambda found: found[0].found.interval[1])
    return [row for found in worst_first for row in found]


def every_pair(
    data: Path, public: Sequence[Payload], sample: int | None = None
) -> dict[str, list[Pair]]:
    """Returns the pairs of every evasion (see `pairs`)."""
    made = generated(data, sample)
    of_each = min(_OF_EACH, sample or _OF_EACH)
    return {name: pairs(one, made, public, data, of_each) for name, one in EVASIONS.items()}


def _fitting(evasion: Evasion, payloads: Sequence[Payload], rng: Random) -> Iterator[Payload]:
    fitting = [payload for payload in payloads if payload.family in evasion.families]
    rng.shuffle(fitting)
    yield from fitting


def _pair(evasion: Evasion, payload: Payload, carrier: Request, rng: Random) -> Pair | None:
    mix = {
        name: weight
        for name, weight in mix_for(payload).items()
        if place_of(name) in evasion.places
    }
    rewritten = evasion.apply(payload.text, rng)
    if not mix or rewritten == payload.text:
        return None
    placement, style, seed = draw_placement(rng, mix), draw_style(rng), rng.random()
    plain = render(payload.text, carrier, placement, Random(seed), style=style)
    evaded = render(
        payload.text,
        carrier,
        placement,
        Random(seed),
        style=style,
        evasion=evasion._replace(apply=lambda text, rng: rewritten),
    )
    return Pair(plain, evaded)

"""Properties of placement over any characters and any placement."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from detector.text import TextSettings, canonical
from detector.types import Request
from trainer.benign.stream import traffic
from trainer.placement import PLACEMENTS, STYLES, place

texts = st.text(max_size=80)
placements = st.sampled_from(PLACEMENTS)
styles = st.sampled_from(sorted(STYLES))
seeds = st.integers(0, 2**32)


@given(value=texts, placement=placements, style=styles, seed=seeds)
def test_any_value_makes_a_request(value: str, placement: str, style: str, seed: int) -> None:
    """Whatever the value, there is a request, a canonical text, and no line break in its target."""
    rng = Random(seed)
    _, _, carrier = traffic(None, "train").request(rng)
    known = next(name for name in STYLES if name == style)
    request = place(value, carrier, placement, rng, known)
    settings = TextSettings()
    assert isinstance(request, Request)
    assert canonical(request, settings.fields, settings.limit).data
    if "\n" not in carrier.path + carrier.query:
        assert "\n" not in request.path + request.query


@given(value=texts, placement=placements, style=styles, seed=seeds)
def test_placing_depends_on_the_seed_alone(
    value: str, placement: str, style: str, seed: int
) -> None:
    """Twice the same seed, twice the same request."""
    known = next(name for name in STYLES if name == style)
    _, _, carrier = traffic(None, "train").request(Random(seed))
    made = [place(value, carrier, placement, Random(seed), known) for _ in range(2)]
    assert made[0] == made[1]

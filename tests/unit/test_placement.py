"""A value stands where it was placed, and reads the same in the canonical text."""

from __future__ import annotations

import json
from random import Random
from urllib.parse import parse_qsl

import pytest

from detector.text import TextSettings, canonical
from detector.types import Request
from trainer.labelled import Payload
from trainer.lengths import ByLength
from trainer.placement import MIX, PLACEMENTS, STYLES, draw_placement, place
from trainer.placement.fits import mix_for

CARRIER = Request("GET", "/shop/list.php", "id=12&name=blue%20shoes")
VALUE = "x' OR 1=1 -- <b>"
FIELDS = TextSettings().fields


def text_of(request: Request) -> str:
    return canonical(request, FIELDS, 32_768).data.decode()


@pytest.mark.parametrize("style", sorted(set(STYLES) - {"raw"}))
@pytest.mark.parametrize("placement", sorted(set(MIX) - {"xml_text", "query_json"}))
def test_the_value_reads_the_same_in_the_canonical_text(placement: str, style: str) -> None:
    """However it was encoded, the canonical text holds the value's own characters."""
    for seed in range(20):
        known = next(name for name in STYLES if name == style)
        request = place(VALUE, CARRIER, placement, Random(seed), known)
        assert VALUE in text_of(request), request


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_the_carrier_is_left_as_it_was(placement: str) -> None:
    """Placing makes a new request."""
    before = CARRIER
    place(VALUE, CARRIER, placement, Random(1))
    assert before == CARRIER


def test_start_and_end_keep_the_existing_value() -> None:
    """A value placed at the end follows what stood there; at the start it leads."""
    carrier = Request("GET", "/a", "id=12")
    ends = {place("Z", carrier, "query_end", Random(s), "form").query for s in range(30)}
    starts = {place("Z", carrier, "query_start", Random(s), "form").query for s in range(30)}
    assert "id=12Z" in ends
    assert "id=Z12" in starts


def test_json_placements_give_json() -> None:
    """Bodies of JSON placements parse, with the value in them once."""
    for placement in ("json_whole", "json_end", "json_nested", "json_key"):
        for seed in range(50):
            body = place(VALUE, CARRIER, placement, Random(seed)).body
            assert json.dumps(VALUE)[1:-1] in json.dumps(json.loads(body)), body


def test_nested_json_is_nested() -> None:
    """json_nested puts the value two objects deep at least."""
    body = place("Z", Request("GET", "/a"), "json_nested", Random(3)).body
    inner = next(iter(json.loads(body).values()))
    assert isinstance(inner, dict)


def test_forms_parse() -> None:
    """Form placements give pairs, the value among them."""
    request = place(VALUE, CARRIER, "form_whole", Random(3), "form")
    assert request.method == "POST"
    assert VALUE in dict(parse_qsl(request.body, keep_blank_values=True)).values()


def test_xml_text_is_escaped_or_cdata() -> None:
    """XML text cannot break out of its element."""
    for seed in range(30):
        body = place("<b>&", CARRIER, "xml_text", Random(seed)).body
        assert "&lt;b&gt;&amp;" in body or "<![CDATA[<b>&]]>" in body


def test_headers_are_placed_in_headers() -> None:
    """user_agent and referer leave target and body alone."""
    request = place(VALUE, CARRIER, "user_agent", Random(1))
    assert request == CARRIER._replace(user_agent=VALUE)


def test_draws_follow_the_mix() -> None:
    """Only placements of the mix are drawn, the heavy ones more often."""
    rng = Random(1)
    drawn = [draw_placement(rng, {"query_whole": 9, "json_key": 1}) for _ in range(2000)]
    assert 1700 < drawn.count("query_whole") < 1900
    assert set(drawn) == {"query_whole", "json_key"}


def test_a_remote_file_is_placed_whole() -> None:
    """What works only at the start of a value is never placed after something."""
    mix = mix_for(Payload("http://x.example/c.txt?", "rfi", "s", "t"))
    assert not [name for name in mix if name.endswith(("_end", "_middle"))]
    assert set(mix_for(Payload("' OR 1=1", "sqli", "s", "t"))) == set(MIX)
    assert "query_name" in mix_for(Payload("[$ne]=1", "nosql", "s", "t"))


def test_by_length_gives_the_nearest() -> None:
    """Of what was put, something of the nearest length comes back."""
    store: ByLength[str] = ByLength()
    for length in (1, 10, 100, 1000):
        store.put(length, "x" * length)
    rng = Random(1)
    assert [len(store.near(n, rng)) for n in (0, 11, 90, 5000)] == [1, 10, 100, 1000]


def test_by_length_empty() -> None:
    """An empty store says so."""
    with pytest.raises(LookupError, match="put them first"):
        ByLength[str]().near(3, Random(1))

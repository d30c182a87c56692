"""Masking keeps lengths and offsets, whatever it is given."""

from __future__ import annotations

import re
from urllib.parse import quote

import orjson
from hypothesis import given
from hypothesis import strategies as st

from detector.detection import Detector
from detector.masking import masked
from detector.text import canonical, to_bytes
from detector.types import Request

FRAGMENTS = (
    "password",
    "token",
    "card",
    "Bearer ",
    "eyJhbGciOiJI.eyJzdWIi",
    "4111111111111111",
    "://a:b@",
    *"=&:\"'\\{}[],<>%+ \n",
    "%41",
    "%2541",
    "%u0041",
    "%25",
    "\\u0041",
    "\\ud83d\\ude00",
    "é",
    "\udcff",
)
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4)).map("".join)
SECRETS = st.text(st.characters(min_codepoint=48, max_codepoint=122), min_size=1, max_size=30)
FIELDS = ("method", "path", "query", "body")


@given(TEXTS, TEXTS, TEXTS)
def test_masking_keeps_the_length_of_every_field(path: str, query: str, body: str) -> None:
    """A field that is masked is as many bytes long as before."""
    request = Request("GET", path, query, body, user_agent=query)
    hidden = masked(request)
    for name in ("path", "query", "body", "user_agent"):
        before, after = getattr(request, name), getattr(hidden, name)
        assert len(to_bytes(after)) == len(to_bytes(before))


@given(TEXTS, TEXTS, TEXTS)
def test_what_is_shown_has_the_spans_of_what_was_scored(
    detector: Detector, path: str, query: str, body: str
) -> None:
    """Offsets into the scored text are offsets into the masked one, for evidence to be right."""
    request = Request("GET", path, query, body)
    text = canonical(request, FIELDS, 1 << 20)
    shown = detector.shown(masked(request), text)
    assert shown.spans == text.spans
    assert len(shown.data) == len(text.data)


@given(TEXTS, TEXTS)
def test_masking_twice_is_masking_once(query: str, body: str) -> None:
    """What is masked already stays as it is."""
    once = masked(Request("GET", "/", query, body))
    assert masked(once) == once


@given(SECRETS, SECRETS)
def test_nothing_of_a_secret_is_left(user: str, secret: str) -> None:
    """Not a letter or digit of a password survives, in a query or in JSON."""
    query = f"user={quote(user)}&password={quote(secret)}"
    body = orjson.dumps({"user": user, "login": {"password": secret}}).decode()
    hidden = masked(Request("POST", "/", query, body))
    value = re.sub(r"%[0-9A-F]{2}", "", hidden.query.rpartition("password=")[2])
    assert not re.search(r"[0-9A-Za-z]", value)
    assert not re.search(r"[0-9A-Za-z]", orjson.loads(hidden.body)["login"]["password"])

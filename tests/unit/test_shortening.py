"""Documents cut to a limit."""

from __future__ import annotations

from typing import Any

import orjson

from detector.shortening import shortened

DOCUMENT: dict[str, Any] = {
    "event": {"id": "0" * 32},
    "url": {"path": "/a", "query": "q" * 5_000},
    "http": {"request": {"body": {"content": "é" * 2_000}}},
    "breachline": {"score": 0.9},
}


def test_a_document_that_fits_is_left_alone() -> None:
    """And nothing is said of a cut."""
    assert orjson.loads(shortened(DOCUMENT, 20_000)) == DOCUMENT


def test_the_longest_texts_are_cut_and_named() -> None:
    """What is short stays whole, and the given document is not changed."""
    data = shortened(DOCUMENT, 1_000)
    found = orjson.loads(data)
    assert len(data) <= 1_000
    assert set(found["breachline"]["cut"]) == {"url.query", "http.request.body.content"}
    assert found["event"]["id"] == "0" * 32
    assert found["url"]["path"] == "/a"
    assert "cut" not in DOCUMENT["breachline"]


def test_what_cannot_be_cut_further_comes_as_short_as_can_be() -> None:
    """It ends, rather than trying for ever, and the id stays whole."""
    data = shortened(DOCUMENT, 10)
    assert len(data) < 400
    assert orjson.loads(data)["event"] == DOCUMENT["event"]

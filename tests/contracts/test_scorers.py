"""What every Scorer keeps to. A new one is one line in SCORERS."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest

from detector.bundle import Bundle
from detector.scorers.onnx import OnnxScorer
from detector.spec import Pooling
from detector.types import Scorer
from tests.random_bundles import random_bundle

SCORERS: list[Callable[[Bundle], Scorer]] = [OnnxScorer]
POOLINGS: list[Pooling] = ["last", "max"]
TEXTS = [
    b"x",
    b"GET /",
    b"GET /search?q=1' OR 1=1--",
    b"\x00\xff\x80",
    b"GET /" + b"a" * 700,
    "POST /\u20ac\n{}".encode(),
] * 7


@pytest.fixture(params=SCORERS, ids=lambda make: make.__name__)
def make(request: pytest.FixtureRequest) -> Callable[[Bundle], Scorer]:
    """Makes the scorer under test from a bundle."""
    made: Callable[[Bundle], Scorer] = request.param
    return made


@pytest.fixture(params=POOLINGS)
def bundle(request: pytest.FixtureRequest) -> Bundle:
    """A bundle of each kind of pooling."""
    return random_bundle(request.param)


def test_one_row_a_text(make: Callable[[Bundle], Scorer], bundle: Bundle) -> None:
    """Shapes, types and ranges are those that Scores states."""
    scores = make(bundle).score(TEXTS)
    assert scores.breach.shape == scores.family.shape == scores.peak.shape == (len(TEXTS),)
    assert scores.breach.dtype == np.float32
    assert scores.family.dtype == np.int16
    assert scores.peak.dtype == np.int32
    assert ((scores.breach >= 0) & (scores.breach <= 1)).all()
    assert ((scores.family >= 0) & (scores.family < len(bundle.spec.families))).all()
    assert ((scores.peak >= 0) & (scores.peak < [len(text) for text in TEXTS])).all()


def test_nothing_to_score(make: Callable[[Bundle], Scorer], bundle: Bundle) -> None:
    """No texts give no rows."""
    scores = make(bundle).score([])
    assert [len(column) for column in scores] == [0, 0, 0]


def test_order_is_kept(make: Callable[[Bundle], Scorer], bundle: Bundle) -> None:
    """A text's row stands where the text stands, whatever the lengths."""
    scorer = make(bundle)
    forwards, backwards = scorer.score(TEXTS), scorer.score(TEXTS[::-1])
    for column in range(3):
        assert (forwards[column] == backwards[column][::-1]).all()


def test_alone_or_in_a_batch(make: Callable[[Bundle], Scorer], bundle: Bundle) -> None:
    """The neighbours of a text do not change its scores."""
    scorer = make(bundle)
    together = scorer.score(TEXTS)
    for row, text in enumerate(TEXTS[:6]):
        alone = scorer.score([text])
        np.testing.assert_allclose(alone.breach[0], together.breach[row], rtol=0, atol=1e-6)
        assert alone.family[0] == together.family[row]
        assert alone.peak[0] == together.peak[row]


def test_trace_agrees_with_the_score(make: Callable[[Bundle], Scorer], bundle: Bundle) -> None:
    """The trace peaks where Scores says, and ends or peaks in the score, by the pooling."""
    scorer = make(bundle)
    scores = scorer.score(TEXTS[:6])
    for row, text in enumerate(TEXTS[:6]):
        trace = scorer.trace(text)
        assert trace.shape == (len(text),)
        assert trace.dtype == np.float32
        assert trace[int(scores.peak[row])] == pytest.approx(trace.max(), abs=1e-6)
        expected = trace.max() if bundle.spec.network.pooling == "max" else trace[-1]
        assert scores.breach[row] == pytest.approx(expected, abs=1e-6)


def test_trace_of_a_prefix_begins_the_trace(
    make: Callable[[Bundle], Scorer], bundle: Bundle
) -> None:
    """The network is causal: what follows a character does not change the score after it."""
    scorer = make(bundle)
    text = TEXTS[2]
    np.testing.assert_allclose(scorer.trace(text[:11]), scorer.trace(text)[:11], rtol=0, atol=1e-6)


def test_longest_texts(make: Callable[[Bundle], Scorer], bundle: Bundle) -> None:
    """Texts of 32 KiB are scored to their last character, in bounded memory."""
    scorer = make(bundle)
    long = b"GET /?q=" + b"a" * 32_000
    tracemalloc.start()
    scores = scorer.score([long, b"x", long + b"<", long])
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert scores.breach[0] == scores.breach[3]
    assert len(scorer.trace(long + b"<")) == len(long) + 1
    assert most < 20_000_000

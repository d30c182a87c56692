"""Properties of scores that hold for any texts."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detector.scorers.onnx import OnnxScorer, batches
from tests.random_bundles import random_bundle

SCORERS = {"last": OnnxScorer(random_bundle("last")), "max": OnnxScorer(random_bundle("max"))}
texts = st.lists(st.binary(min_size=1, max_size=300), min_size=1, max_size=30)


@given(texts, st.sampled_from(["last", "max"]))
def test_batch_score_equals_single_score(found: list[bytes], pooling: str) -> None:
    """Whatever stands beside a text, its score is the same within 1e-6."""
    scorer = SCORERS[pooling]
    together = scorer.score(found).breach
    alone = [scorer.score([text]).breach[0] for text in found]
    np.testing.assert_allclose(together, alone, rtol=0, atol=1e-6)


@given(texts, st.floats(0, 1), st.floats(0, 1))
def test_raising_the_threshold_never_adds_an_alert(
    found: list[bytes], one: float, other: float
) -> None:
    """The alerts at a higher threshold are among those at a lower one."""
    breach = SCORERS["max"].score(found).breach
    lower, higher = sorted((one, other))
    assert set(np.flatnonzero(breach >= higher)) <= set(np.flatnonzero(breach >= lower))


@given(st.binary(min_size=1, max_size=100), st.binary(max_size=100))
def test_longer_text_never_lowers_the_highest_score(text: bytes, more: bytes) -> None:
    """With max pooling nothing that is appended can wash out what was seen."""
    scorer = SCORERS["max"]
    assert scorer.score([text + more]).breach[0] >= scorer.score([text]).breach[0] - 1e-6


@given(st.lists(st.integers(1, 40_000), max_size=300))
def test_each_text_stands_in_one_bounded_batch(lengths: list[int]) -> None:
    """Batches hold every row once, and at most 65,536 characters unless one text is longer."""
    column = np.array(lengths, np.int32)
    cut = list(batches(column))
    assert sorted(row for rows in cut for row in rows) == list(range(len(lengths)))
    assert all(len(rows) * max(column[rows]) <= 65_536 for rows in cut if len(rows) > 1)

"""The network, built twice from one spec: the two do not drift, and scoring can resume."""

from __future__ import annotations

import numpy as np
import onnxruntime
import pytest

from detector.network import keras_model, weights_of
from detector.scorers.onnx import OnnxScorer, fresh_state, packed
from detector.spec import Pooling
from tests.random_bundles import random_bundle

TEXTS = [b"a", b"GET /search?q=<script>", bytes(range(256)), b"POST /login\n{}" * 20]
STATE = ("h", "c", "best", "best_at", "best_hidden")


@pytest.mark.tensorflow
@pytest.mark.parametrize("pooling", ["last", "max"])
def test_keras_and_onnx_agree(pooling: Pooling) -> None:
    """Scores differ by at most 1e-5; families and peaks are the same; weights come back equal."""
    bundle = random_bundle(pooling)
    model = keras_model(bundle.spec, bundle.weights)
    inputs = packed(TEXTS)
    found = model.predict(
        {"tokens": inputs["tokens"].astype(np.int32), "lengths": inputs["lengths"]}, verbose=0
    )
    expected = OnnxScorer(bundle).score(TEXTS)
    np.testing.assert_allclose(found["breach"], expected.breach, rtol=0, atol=1e-5)
    assert (found["family"].argmax(axis=1) == expected.family).all()
    assert (found["peak"] == expected.peak).all()
    read = weights_of(bundle.spec, model)
    assert all((read[name] == bundle.weights[name]).all() for name in bundle.weights)


@pytest.mark.parametrize("pooling", ["last", "max"])
@pytest.mark.parametrize("cut", [1, 20, 200])
def test_resumed_scoring_equals_whole_scoring(pooling: Pooling, cut: int) -> None:
    """Scores from a prefix's state are those of the whole text, wherever it is cut."""
    bundle = random_bundle(pooling)
    session = onnxruntime.InferenceSession(bundle.graph)
    texts = [bytes(np.random.default_rng(seed).bytes(256)) for seed in range(9)]
    state = fresh_state(len(texts), bundle.spec.network.units)
    outputs = ["breach", "family", "peak"]
    whole = session.run(outputs, packed(texts) | state)
    after = session.run(STATE, packed([text[:cut] for text in texts]) | state)
    resumed = {f"{name}_in": array for name, array in zip(STATE, after, strict=True)}
    resumed["offset"] = np.full(len(texts), cut, np.int32)
    found = session.run(outputs, packed([text[cut:] for text in texts]) | resumed)
    for one, other in zip(found, whole, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)


def test_families_of_the_pooled_step() -> None:
    """With max pooling, what follows the highest score changes neither it nor the family."""
    scorer = OnnxScorer(random_bundle("max"))
    text = TEXTS[2]
    whole = scorer.score([text])
    until_peak = scorer.score([text[: whole.peak[0] + 1]])
    assert until_peak.peak[0] == whole.peak[0]
    assert until_peak.family[0] == whole.family[0]
    assert until_peak.breach[0] == pytest.approx(whole.breach[0], abs=1e-6)

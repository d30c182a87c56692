"""The training loop's parts: the fused layer learns as Keras's own do, batches are complete."""

from __future__ import annotations

import numpy as np
import pytest

from detector.text import TextSettings
from trainer.corpora import from_rows
from trainer.families import FAMILIES
from trainer.generate.log import log

pytestmark = pytest.mark.tensorflow


@pytest.mark.parametrize("rows", [1, 33])
def test_fused_layer_equals_keras(rows: int) -> None:
    """Outputs and gradients are those of Keras's layers, to bfloat16's precision."""
    import keras  # noqa: PLC0415 - slow, and not for the fast tests
    import tensorflow as tf  # noqa: PLC0415 - likewise

    from trainer import kernels  # noqa: PLC0415
    from trainer.architectures.fused_lstm import CharacterLSTM  # noqa: PLC0415

    kernel = kernels.load()
    if kernel is None:
        pytest.skip("no C compiler or no tile registers: training uses Keras's own layers")
    rng = np.random.default_rng(0)
    tokens = tf.constant(rng.integers(0, 256, (rows, 50)), tf.int32)
    fused = CharacterLSTM(
        kernel, vocabulary=256, embedding=8, units=32, dropout=0.0, recurrent_dropout=0.0
    )
    own = keras.Sequential(
        [keras.layers.Embedding(256, 8), keras.layers.LSTM(32, return_sequences=True)]
    )
    fused(tokens)
    own(tokens)
    own.set_weights(fused.get_weights())
    weighting = tf.constant(rng.normal(size=(rows, 50, 32)), tf.float32)
    found = []
    for layer in (own, fused):
        with tf.GradientTape() as tape:
            outputs = layer(tokens)
            loss = tf.reduce_sum(outputs * weighting)
        gradients = tape.gradient(loss, layer.trainable_variables)
        found.append([np.asarray(tf.convert_to_tensor(array)) for array in (outputs, *gradients)])
    for expected, other in zip(*found, strict=True):
        assert np.linalg.norm(other - expected) < 0.01 * np.linalg.norm(expected)


def test_kernel_leaves_the_process_arithmetic_alone() -> None:
    """Loading it does not make numbers below the normal range zero."""
    from trainer import kernels  # noqa: PLC0415

    kernels.load()
    smallest = np.finfo(np.float64).smallest_subnormal
    assert smallest * np.float64(1.0) > 0


def test_batches_hold_every_text_once() -> None:
    """An epoch shows each text with its own label, in batches of few widths and bounded size."""
    from trainer.fitting import Batches  # noqa: PLC0415

    corpus = from_rows(log(500, 2), TextSettings())
    batches = Batches(corpus, FAMILIES, characters=2_048, seed=1)
    label_of = dict(zip(corpus.texts, corpus.labels, strict=True))
    seen = []
    for inputs, targets, weights in batches:
        tokens, lengths = inputs["tokens"], inputs["lengths"]
        assert tokens.shape[1] in {32, 64, 96, 128, 192, 256, 384, 512, 768, 1024}
        assert tokens.size <= 2_048
        assert (weights["family"] == targets["breach"]).all()
        for row, length, breach in zip(tokens, lengths, targets["breach"], strict=True):
            text = row[:length].astype(np.uint8).tobytes()
            seen.append(text)
            assert label_of[text] == breach
            assert not row[length:].any()
    assert len(batches) == sum(1 for _ in batches)
    assert sorted(seen) == sorted(corpus.texts)

"""Embedding and LSTM as one Keras layer on the fused kernel: the mathematics of Keras's own layers,
several times faster on a CPU.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.kernels import Floats, Kernel


@keras.saving.register_keras_serializable("breachline")
class CharacterLSTM(keras.layers.Layer):  # type: ignore[misc]  # Keras has no types
    """Embedding → Dropout → LSTM, returning the output after every character.

    Its weights are those of keras.layers.Embedding and keras.layers.LSTM, in their order:
    embedding, kernel, recurrent_kernel, bias. Dropout falls on the embedding of a character
    wherever it stands in the batch; recurrent dropout on the state, alike for every step of a
    sequence.

    Reference: Gal and Ghahramani, A Theoretically Grounded Application of Dropout in Recurrent
    Neural Networks (2016).
    """

    def __init__(
        self,
        kernel: Kernel,
        *,
        vocabulary: int,
        embedding: int,
        units: int,
        dropout: float,
        recurrent_dropout: float,
    ) -> None:
        super().__init__(name="characters")
        self._fused = kernel
        self._vocabulary, self._width, self._units = vocabulary, embedding, units
        self._dropout, self._recurrent_dropout = dropout, recurrent_dropout

    def build(self, _shape: Any) -> None:  # noqa: ANN401 - Keras's
        """Makes the weights as Keras's own layers do."""
        gates = 4 * self._units
        weight = self.add_weight
        self._embedding = weight(
            shape=(self._vocabulary, self._width),
            initializer=keras.initializers.RandomNormal(stddev=0.3),
            name="embedding",
        )
        self._kernel = weight(
            shape=(self._width, gates), initializer="glorot_uniform", name="kernel"
        )
        self._recurrent = weight(
            shape=(self._units, gates), initializer="orthogonal", name="recurrent_kernel"
        )
        self._bias = weight(shape=(gates,), initializer=_forget_first, name="bias")

    def call(self, tokens: tf.Tensor, training: bool = False) -> tf.Tensor:
        """Returns (B, T, U) float32 for tokens (B, T) int32."""
        vectors = tf.convert_to_tensor(self._embedding)
        mask = tf.ones((tf.shape(tokens)[0], self._units))
        if training:
            vectors = tf.nn.dropout(vectors, self._dropout)
            mask = tf.nn.dropout(mask, self._recurrent_dropout)
        table = vectors @ self._kernel + self._bias
        by_step = tf.cast(tf.transpose(tokens), tf.uint8)
        hidden = self._recur(by_step, table, tf.convert_to_tensor(self._recurrent), mask)
        return tf.transpose(hidden, (1, 0, 2))

    def _recur(
        self, tokens: tf.Tensor, table: tf.Tensor, recurrent: tf.Tensor, mask: tf.Tensor
    ) -> tf.Tensor:
        @tf.custom_gradient  # type: ignore[untyped-decorator]  # nor TensorFlow
        def recur(table: tf.Tensor, recurrent: tf.Tensor) -> Any:  # noqa: ANN401
            hidden = tf.numpy_function(
                self._fused.forward, (tokens, table, recurrent, mask), tf.float32
            )
            hidden.set_shape((None, None, self._units))

            def gradient(d_hidden: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
                d_table, d_recurrent = tf.numpy_function(
                    self._backward, (tokens, recurrent, mask, d_hidden), (tf.float32, tf.float32)
                )
                return tf.ensure_shape(d_table, table.shape), tf.ensure_shape(
                    d_recurrent, recurrent.shape
                )

            return hidden, gradient

        return recur(table, recurrent)

    def _backward(
        self, tokens: NDArray[np.uint8], recurrent: Floats, mask: Floats, d_hidden: Floats
    ) -> tuple[Floats, Floats]:
        d_hidden = np.ascontiguousarray(d_hidden)
        return self._fused.backward(tokens, recurrent, mask, d_hidden, self._vocabulary)

    def compute_output_shape(self, shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        """Returns (B, T, U) for (B, T)."""
        return (*shape, self._units)


def _forget_first(shape: tuple[int], dtype: Any = None) -> tf.Tensor:  # noqa: ANN401
    """Zeros, but ones for the forget gate, as Keras's unit_forget_bias."""
    quarter = shape[0] // 4
    return tf.concat(
        (tf.zeros(quarter, dtype), tf.ones(quarter, dtype), tf.zeros(2 * quarter, dtype)), 0
    )

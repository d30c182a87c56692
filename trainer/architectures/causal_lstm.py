"""The network that ships: Embedding → Dropout → LSTM → Dropout → a breach and a family head."""

from __future__ import annotations

import keras

from detector.network import keras_model
from detector.spec import Network, Spec
from trainer import kernels
from trainer.architectures.fused_lstm import CharacterLSTM

_FAMILY_WEIGHT = 0.3  # which attack it is matters less than that it is one


def build(spec: Spec, learning_rate: float, steps: int) -> keras.Model:
    """Builds and compiles the network that `spec` describes, with fresh weights.

    Inputs and outputs are those of network.keras_model. The losses are binary cross-entropy for
    breach and categorical cross-entropy for family.

    Args:
        spec: the network.
        learning_rate: Adam's highest; it rises over the first twentieth of the steps and falls to
            nothing along a cosine.
        steps: of the whole training, if it is not stopped early.
    """
    warm_up = steps // 20
    schedule = keras.optimizers.schedules.CosineDecay(
        0.0, steps - warm_up, warmup_target=learning_rate, warmup_steps=warm_up
    )
    model = keras_model(spec, recurrence=_recurrence(spec.network))
    model.compile(
        optimizer=keras.optimizers.Adam(schedule, clipnorm=1.0),
        loss={
            "breach": keras.losses.BinaryCrossentropy(),
            "family": keras.losses.SparseCategoricalCrossentropy(),
        },
        loss_weights={"breach": 1.0, "family": _FAMILY_WEIGHT},
        jit_compile=False,  # XLA cannot call the fused kernel
    )
    return model


def _recurrence(network: Network) -> CharacterLSTM | None:
    """Returns the fused layer where this machine can have it; None leaves it to Keras."""
    kernel = kernels.load()
    if kernel is None or network.units not in kernels.UNITS:
        return None
    return CharacterLSTM(
        kernel,
        vocabulary=network.vocabulary,
        embedding=network.embedding,
        units=network.units,
        dropout=network.dropout,
        recurrent_dropout=network.recurrent_dropout,
    )

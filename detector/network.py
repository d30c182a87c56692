"""The network, built from a spec and its weights: as an ONNX graph, and as a Keras model.

One LSTM reads the characters once. After each, the breach head gives a logit; pooling chooses the
step whose logit is the score and whose state the family head reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from detector.bundle import graph_facts
from detector.spec import Spec

if TYPE_CHECKING:
    import keras

Weights = Mapping[str, NDArray[np.float32]]
"""Arrays named and shaped as Spec.weight_shapes says."""

_SHARPNESS = 4.0  # of the smooth maximum: log(sum(exp(4 z))) / 4
_FIRST_LOGIT = -2.0
"""Of every step before training: at 0 the maximum over steps begins above every target, and
training stays at chance."""
_GATES_ONNX_FROM_KERAS = (0, 3, 1, 2)  # i o f c from i f c o


def onnx_graph(spec: Spec, weights: Weights) -> bytes:
    """Builds the serving graph, in which scoring can resume from a prefix's state.

    Inputs: tokens (B, T) uint8, padded on the right; lengths (B,) int32, at least 1; and the state
    of what was read before: offset (B,) int32 characters, h_in and c_in (1, B, U) float32, best_in
    (B,) float32 the highest logit, best_at_in (B,) int32 its position, best_hidden_in (B, U) the
    LSTM's output there. A fresh state is zeros, with best_in at minus infinity.

    Outputs: breach (B,) in [0, 1]; family (B, F) probabilities; peak (B,) int32; trace (B, T) the
    score after each character, 0 in the padding; and the state to resume from: h and c (1, B, U),
    best (B,), best_at (B,), best_hidden (B, U).

    Formula: https://onnx.ai/onnx/operators/onnx__LSTM.html
    """
    from onnx import TensorProto, checker, helper, numpy_helper  # noqa: PLC0415 - trainer's extra

    units = spec.network.units
    constants: dict[str, NDArray[np.generic]] = {
        "embedding": weights["embedding"],
        "W": _gates(weights["kernel"].T)[None],
        "R": _gates(weights["recurrent_kernel"].T)[None],
        "B": np.concatenate([_gates(weights["bias"]), np.zeros(4 * units, np.float32)])[None],
        "breach_kernel": weights["breach_kernel"],
        "breach_bias": weights["breach_bias"],
        "family_kernel": weights["family_kernel"],
        "family_bias": weights["family_bias"],
        "zero": np.array(0, np.int64),
        "one": np.array(1, np.int64),
        "first_axis": np.array([0], np.int64),
        "second_axis": np.array([1], np.int64),
        "last_axis": np.array([-1], np.int64),
        "never": np.array(-np.inf, np.float32),
    }
    node = helper.make_node
    nodes = [
        node("Transpose", ["tokens"], ["tokens_by_step"], perm=[1, 0]),
        node("Cast", ["tokens_by_step"], ["ids"], to=TensorProto.INT32),
        node("Gather", ["embedding", "ids"], ["vectors"]),  # (T, B, E)
        node(
            "LSTM",
            ["vectors", "W", "R", "B", "lengths", "h_in", "c_in"],
            ["outputs", "h", "c"],
            hidden_size=units,
        ),
        node("Squeeze", ["outputs", "second_axis"], ["hidden"]),  # (T, B, U)
        node("MatMul", ["hidden", "breach_kernel"], ["breach_product"]),
        node("Add", ["breach_product", "breach_bias"], ["breach_column"]),
        node("Squeeze", ["breach_column", "last_axis"], ["raw_logits"]),  # (T, B)
        node("Shape", ["ids"], ["shape"]),
        node("Gather", ["shape", "zero"], ["T"]),
        node("Gather", ["shape", "one"], ["rows"]),
        node("Range", ["zero", "T", "one"], ["steps"]),
        node("Unsqueeze", ["steps", "last_axis"], ["steps_column"]),
        node("Cast", ["lengths"], ["lengths_wide"], to=TensorProto.INT64),
        node("Less", ["steps_column", "lengths_wide"], ["is_real"]),
        node("Where", ["is_real", "raw_logits", "never"], ["logits"]),
        node("ReduceMax", ["logits"], ["top"], axes=[0], keepdims=0),
        node("ArgMax", ["logits"], ["top_step"], axis=0, keepdims=0),
        node("Range", ["zero", "rows", "one"], ["row"]),
        node("Unsqueeze", ["row", "last_axis"], ["row_column"]),
        node("Unsqueeze", ["top_step", "last_axis"], ["top_step_column"]),
        node("Concat", ["top_step_column", "row_column"], ["top_index"], axis=1),
        node("GatherND", ["hidden", "top_index"], ["top_hidden"]),  # (B, U)
        node("Cast", ["top_step"], ["top_step_narrow"], to=TensorProto.INT32),
        node("Add", ["top_step_narrow", "offset"], ["top_at"]),
        node("Greater", ["top", "best_in"], ["rises"]),
        node("Unsqueeze", ["rises", "last_axis"], ["rises_column"]),
        node("Where", ["rises", "top", "best_in"], ["best"]),
        node("Where", ["rises", "top_at", "best_at_in"], ["best_at"]),
        node("Where", ["rises_column", "top_hidden", "best_hidden_in"], ["best_hidden"]),
        node("Identity", ["best_at"], ["peak"]),
        node("Sigmoid", ["logits"], ["trace_by_step"]),
        node("Transpose", ["trace_by_step"], ["trace"], perm=[1, 0]),
    ]
    if spec.network.pooling == "max":
        nodes += [
            node("Sigmoid", ["best"], ["breach"]),
            node("Identity", ["best_hidden"], ["pooled"]),
        ]
    else:
        nodes += [
            node("Squeeze", ["h", "first_axis"], ["pooled"]),
            node("MatMul", ["pooled", "breach_kernel"], ["last_product"]),
            node("Add", ["last_product", "breach_bias"], ["last_column"]),
            node("Squeeze", ["last_column", "last_axis"], ["last_logit"]),
            node("Sigmoid", ["last_logit"], ["breach"]),
        ]
    nodes += [
        node("MatMul", ["pooled", "family_kernel"], ["family_product"]),
        node("Add", ["family_product", "family_bias"], ["family_logits"]),
        node("Softmax", ["family_logits"], ["family"], axis=-1),
    ]
    float32, int32 = TensorProto.FLOAT, TensorProto.INT32
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes,
        "breachline",
        inputs=[
            value("tokens", TensorProto.UINT8, ["B", "T"]),
            value("lengths", int32, ["B"]),
            value("offset", int32, ["B"]),
            value("h_in", float32, [1, "B", units]),
            value("c_in", float32, [1, "B", units]),
            value("best_in", float32, ["B"]),
            value("best_at_in", int32, ["B"]),
            value("best_hidden_in", float32, ["B", units]),
        ],
        outputs=[
            value("breach", float32, ["B"]),
            value("family", float32, ["B", len(spec.families)]),
            value("peak", int32, ["B"]),
            value("trace", float32, ["B", "T"]),
            value("h", float32, [1, "B", units]),
            value("c", float32, [1, "B", units]),
            value("best", float32, ["B"]),
            value("best_at", int32, ["B"]),
            value("best_hidden", float32, ["B", units]),
        ],
        initializer=[
            numpy_helper.from_array(np.ascontiguousarray(array), name)
            for name, array in constants.items()
        ],
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="breachline"
    )
    helper.set_model_props(model, graph_facts(spec, weights))
    checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString(deterministic=True))


def _gates(array: NDArray[np.float32]) -> NDArray[np.float32]:
    """Reorders the gates along the first axis (4U, …)."""
    gates = np.split(array, 4)
    return np.concatenate([gates[gate] for gate in _GATES_ONNX_FROM_KERAS])


def keras_model(
    spec: Spec,
    weights: Weights | None = None,
    recurrence: Callable[[keras.KerasTensor], keras.KerasTensor] | None = None,
) -> keras.Model:
    """Builds the network in Keras.

    Inputs: tokens (B, T) int32, padded on the right, and lengths (B,) int32, as a dict. Outputs, as
    a dict: breach (B,) in [0, 1], family (B, F) probabilities, peak (B,) int32.

    Args:
        spec: its shape.
        weights: the weights to serve. None makes fresh ones, to train, and puts the dropout in:
            without it Keras can use the fused kernel of a GPU. In training "max" is a smooth
            maximum, so that more than one step learns from a text.
        recurrence: embeds tokens (B, T) and reads them into (B, T, U), instead of Keras's
            Embedding, Dropout and LSTM; its weights are theirs.
    """
    import keras  # noqa: PLC0415 - slow, and not in the lean installation
    from keras import layers, ops  # noqa: PLC0415 - likewise

    network, trains = spec.network, weights is None
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    lengths = keras.Input((), dtype="int32", name="lengths")
    if recurrence:
        hidden = recurrence(tokens)
    else:
        vectors = layers.Embedding(
            network.vocabulary,
            network.embedding,
            embeddings_initializer=keras.initializers.RandomNormal(stddev=0.3),
            name="embedding",
        )(tokens)
        vectors = layers.Dropout(network.dropout if trains else 0.0)(vectors)
        hidden = layers.LSTM(
            network.units,
            return_sequences=True,
            recurrent_dropout=network.recurrent_dropout if trains else 0.0,
            name="lstm",
        )(vectors)
    # one mask for all steps of a text: the maximum over steps must not pick lucky ones
    noise = (None, 1, network.units)
    hidden = layers.Dropout(network.dropout if trains else 0.0, noise_shape=noise)(hidden)
    breach_head = layers.Dense(
        1, bias_initializer=keras.initializers.Constant(_FIRST_LOGIT), name="breach_head"
    )
    logits = ops.squeeze(breach_head(hidden), -1)
    steps = ops.cumsum(ops.ones_like(tokens), axis=1) - 1
    logits = ops.where(steps < ops.expand_dims(lengths, 1), logits, -1e9)
    peak = ops.cast(ops.argmax(logits, axis=1), "int32")
    read_at = peak if network.pooling == "max" else lengths - 1
    is_read = ops.cast(ops.equal(steps, ops.expand_dims(read_at, 1)), "float32")
    pooled = ops.einsum("bt,btu->bu", is_read, hidden)
    if trains and network.pooling == "max":
        logit = ops.logsumexp(_SHARPNESS * logits, axis=1) / _SHARPNESS
    else:
        logit = ops.sum(is_read * logits, axis=1)
    outputs = {
        "breach": layers.Activation("sigmoid", name="breach")(logit),
        "family": layers.Dense(len(spec.families), activation="softmax", name="family")(pooled),
        "peak": peak,
    }
    model = keras.Model({"tokens": tokens, "lengths": lengths}, outputs, name="causal_lstm")
    if weights is not None:
        model.set_weights([weights[name] for name in spec.weight_shapes()])
    return model


def weights_of(spec: Spec, model: keras.Model) -> dict[str, NDArray[np.float32]]:
    """Returns the weights of a model that keras_model made."""
    arrays = zip(spec.weight_shapes(), model.weights, strict=True)
    return {name: np.asarray(array, np.float32) for name, array in arrays}

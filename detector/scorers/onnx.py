"""Scores on the CPU with ONNX Runtime."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from detector.bundle import Bundle
from detector.types import Scores

_CHARACTERS_PER_BATCH = 65_536  # padding included; the LSTM needs some 1.5 KiB for each
_TEXTS_PER_BATCH = 256


class OnnxScorer:
    """Scores canonical texts with a bundle's ONNX graph.

    Args:
        bundle: the model.
        threads: threads to compute with; 0 lets ONNX Runtime take every core.
    """

    def __init__(self, bundle: Bundle, threads: int = 0) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self._units = bundle.spec.network.units
        self._session = onnxruntime.InferenceSession(
            bundle.graph, options, providers=["CPUExecutionProvider"]
        )

    def score(self, texts: Sequence[bytes]) -> Scores:
        """Scores `texts`, none of which is empty."""
        lengths = np.fromiter(map(len, texts), np.int32, len(texts))
        scores = Scores(
            np.empty(len(texts), np.float32),
            np.empty(len(texts), np.int16),
            np.empty(len(texts), np.int32),
        )
        for rows in batches(lengths):
            inputs = packed([texts[row] for row in rows]) | fresh_state(len(rows), self._units)
            breach, family, peak = self._session.run(["breach", "family", "peak"], inputs)
            scores.breach[rows] = breach
            scores.family[rows] = family.argmax(axis=1)
            scores.peak[rows] = peak
        return scores

    def trace(self, text: bytes) -> NDArray[np.float32]:
        """Returns (len(text),): the score after each character."""
        inputs = packed([text]) | fresh_state(1, self._units)
        (trace,) = self._session.run(["trace"], inputs)
        row: NDArray[np.float32] = trace[0]
        return row


def batches(lengths: NDArray[np.int32]) -> Iterator[NDArray[np.intp]]:
    """Cuts texts into batches of similar length and of bounded size.

    Args:
        lengths: (B,) of the texts.

    Yields:
        Row numbers, the rows of the longest texts first. Each row occurs once.
    """
    order = np.argsort(-lengths, kind="stable")
    start = 0
    while start < len(order):
        longest = int(lengths[order[start]])
        size = min(_TEXTS_PER_BATCH, max(1, _CHARACTERS_PER_BATCH // longest))
        yield order[start : start + size]
        start += size


def packed(texts: Sequence[bytes]) -> dict[str, NDArray[np.generic]]:
    """Packs texts, none of which is empty, into the graph's tokens (B, T) and lengths (B,)."""
    lengths = np.fromiter(map(len, texts), np.int32, len(texts))
    tokens = np.zeros((len(texts), int(lengths.max())), np.uint8)
    tokens[np.arange(tokens.shape[1]) < lengths[:, None]] = np.frombuffer(b"".join(texts), np.uint8)
    return {"tokens": tokens, "lengths": lengths}


def fresh_state(size: int, units: int) -> dict[str, NDArray[np.generic]]:
    """Returns the graph's state for `size` texts of which nothing has been read."""
    return {
        "offset": np.zeros(size, np.int32),
        "h_in": np.zeros((1, size, units), np.float32),
        "c_in": np.zeros((1, size, units), np.float32),
        "best_in": np.full(size, -np.inf, np.float32),
        "best_at_in": np.zeros(size, np.int32),
        "best_hidden_in": np.zeros((size, units), np.float32),
    }

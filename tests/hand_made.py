"""A bundle whose weights are written by hand, so that a test knows what it must say.

Each of `'`, `;` and `|` raises the score, and `<` does so too and makes the family xss instead of
sqli. A text with none of them scores 0.018, with one 0.97, with more 0.99.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from detector import bundle
from detector.network import onnx_graph
from detector.spec import FORMAT_VERSION, Network, Spec
from detector.text import TextSettings

SPEC = Spec(
    format_version=FORMAT_VERSION,
    name="hand-made",
    version="1",
    network=Network(
        embedding=2, units=2, dropout=0.0, recurrent_dropout=0.0, pooling="last", vocabulary=256
    ),
    text=TextSettings(),
    families=("sqli", "xss"),
    threshold=0.5,
)


def save(path: Path) -> Path:
    """Writes the bundle into the directory `path` and returns it."""
    embedding = np.zeros((256, 2))
    embedding[list(b"';|<"), 0] = 1
    embedding[ord("<"), 1] = 1
    open_gates, candidate = np.full(2, 10.0), np.zeros(2)
    kernel = np.zeros((2, 8))
    kernel[0, 4] = kernel[1, 5] = 3  # gates stand in the order i, f, c, o
    weights = {
        "embedding": embedding,
        "kernel": kernel,
        "recurrent_kernel": np.zeros((2, 8)),
        "bias": np.concatenate((open_gates, open_gates, candidate, open_gates)),
        "breach_kernel": np.array([[10.0], [0.0]]),
        "breach_bias": np.array([-4.0]),
        "family_kernel": np.array([[0.0, 0.0], [0.0, 5.0]]),
        "family_bias": np.array([0.5, 0.0]),
    }
    arrays = {name: array.astype(np.float32) for name, array in weights.items()}
    graph = onnx_graph(SPEC, arrays)
    bundle.save(bundle.Bundle(path, SPEC, arrays, graph, figures={}), path)
    return path

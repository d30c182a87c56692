"""Bundles with random weights: real arithmetic, no training."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from detector.bundle import FORMAT_VERSION, Bundle, Network, Spec
from detector.network import onnx_graph
from detector.spec import Pooling
from detector.text import TextSettings


def random_bundle(pooling: Pooling = "max", units: int = 16, seed: int = 0) -> Bundle:
    """Returns a bundle, not yet on disk, whose scores spread over most of [0, 1]."""
    rng = np.random.default_rng(seed)
    spec = Spec(
        format_version=FORMAT_VERSION,
        name="random",
        version=str(seed),
        network=Network(
            embedding=8, units=units, dropout=0.2, recurrent_dropout=0.2, pooling=pooling
        ),
        text=TextSettings(),
        families=("sqli", "xss", "cmdi"),
        threshold=0.5,
    )
    weights = {
        name: rng.normal(0, 0.8, shape).astype(np.float32)
        for name, shape in spec.weight_shapes().items()
    }
    return Bundle(Path("random"), spec, weights, onnx_graph(spec, weights), {"seed": seed})

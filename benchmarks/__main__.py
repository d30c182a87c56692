"""`make bench`: what a record costs, and what batching by length saves over padding to 1,024.

The ancestor padded every text to 1,024 characters and scored 128 at a time. Here both ways run the
same ONNX graph on the texts of the sample log, so that the ratio is that of the batching alone.
"""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime

from detector import bundle
from detector.formats.auto import parser
from detector.scorers.onnx import OnnxScorer, fresh_state, packed
from detector.text import canonical

_LOG = Path(__file__).parents[1] / "samples" / "shop.jsonl.gz"
_PADDED_TO, _BATCH, _ROUNDS = 1024, 128, 3


def main() -> None:
    """Measures and prints one JSON object."""
    model = bundle.load(bundle.DEFAULT_PATH)
    lines = gzip.decompress(_LOG.read_bytes()).splitlines()
    parse, text = parser("auto"), model.spec.text
    requests = [parse(line) for line in lines]
    texts = [canonical(request, text.fields, text.limit).data for request in requests]
    scorer = OnnxScorer(model)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.graph, options, providers=["CPUExecutionProvider"])

    def pad_to_1024() -> None:
        for start in range(0, len(texts), _BATCH):
            inputs = packed([item[:_PADDED_TO] for item in texts[start : start + _BATCH]])
            tokens = inputs["tokens"]
            tokens = np.pad(tokens, ((0, 0), (0, _PADDED_TO - tokens.shape[1])))
            lengths = np.full(len(tokens), _PADDED_TO, np.int32)
            state = fresh_state(len(lengths), model.spec.network.units)
            session.run(["breach"], {"tokens": tokens, "lengths": lengths} | state)

    parsing = _seconds(lambda: [parse(line) for line in lines])
    canonicalising = _seconds(lambda: [canonical(r, text.fields, text.limit) for r in requests])
    scoring = _seconds(lambda: scorer.score(texts))
    padded = _seconds(pad_to_1024)
    records = len(lines)
    figures = {
        "records": records,
        "characters": sum(map(len, texts)),
        "parse_us_per_record": round(parsing / records * 1e6, 1),
        "text_us_per_record": round(canonicalising / records * 1e6, 1),
        "score_us_per_record": round(scoring / records * 1e6, 1),
        "score_mchar_per_second": round(sum(map(len, texts)) / scoring / 1e6, 2),
        "times_faster_than_padding_to_1024": round(padded / scoring, 1),
    }
    print(json.dumps(figures, indent=2))


def _seconds(work: Callable[[], object]) -> float:
    """Returns the least of a few runs: what the machine can do when it is left alone."""
    taken = []
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return min(taken)


if __name__ == "__main__":
    main()

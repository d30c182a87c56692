"""The honest rival: logistic regression on character n-grams, trained on the same data.

Needs scikit-learn. It reads one to four characters at a time and knows nothing of their order
beyond, trains in a minute, and is what a network has to beat.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.text import TextSettings
from trainer.attack_mix import attack_mix
from trainer.evaluation import threshold_for
from trainer.judging.cache import FOLDER, fingerprint, replacing
from trainer.judging.texts import Breach, Judge, Verdicts, texts_of
from trainer.splits import Split
from trainer.streams import training_stream

NAME = "n-gram rival"
TRAINED_ON = 60_000
FALSE_ALARMS = 0.001
"""Share of harmless rendered validation records that alert at its threshold."""

_VALIDATED_ON = 10_000
_SEED = 21
_LONGEST = 4
_BUCKETS = 2**20
_INVERSE_PENALTY = 10.0


def rival_judge(data: Path, settings: TextSettings, records: int = TRAINED_ON) -> Judge:
    """Returns the rival, trained the first time and kept.

    Args:
        data: the data folder.
        settings: how texts are made; those of the bundle that it is compared with.
        records: how many rendered records to train on.

    Raises:
        ModuleNotFoundError: scikit-learn is not installed.
    """
    vectorizer = _vectorizer()
    made = blake2b(repr(settings).encode(), digest_size=4).hexdigest()
    file = FOLDER / f"rival-{records}-{made}-{fingerprint(data, __file__)}.npz"
    if not file.exists():
        weights, threshold = _train(data, settings, records, vectorizer)
        with replacing(file) as part, part.open("wb") as out:
            np.savez(out, weights=weights, threshold=threshold)
    with np.load(file, allow_pickle=False) as stored:
        weights, threshold = stored["weights"], float(stored["threshold"])

    def judge(texts: Sequence[bytes]) -> Verdicts:
        return Verdicts(NAME, threshold, _scores(texts, vectorizer, weights))

    return judge


def _train(
    data: Path,
    settings: TextSettings,
    records: int,
    vectorizer: Any,  # noqa: ANN401
) -> tuple[Breach, float]:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - an extra

    texts, labels = _rendered(data, "train", records, settings)
    model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=100, tol=1e-3)
    model.fit(vectorizer.transform(_strings(texts)), labels)
    weights = np.append(model.coef_[0], model.intercept_).astype(np.float32)
    texts, labels = _rendered(data, "validation", min(records, _VALIDATED_ON), settings)
    benign = [text for text, label in zip(texts, labels, strict=True) if not label]
    return weights, threshold_for(_scores(benign, vectorizer, weights), FALSE_ALARMS)


def _rendered(
    data: Path, split: Split, records: int, settings: TextSettings
) -> tuple[list[bytes], NDArray[np.uint8]]:
    stream = training_stream(Random(_SEED), attack_mix(data, split), data, split)
    samples = list(islice(stream, records))
    texts = texts_of((sample.request for sample in samples), settings)
    return texts, np.array([sample.label for sample in samples], np.uint8)


def _scores(texts: Sequence[bytes], vectorizer: Any, weights: Breach) -> Breach:  # noqa: ANN401
    distinct = {text: row for row, text in enumerate(dict.fromkeys(texts))}
    sums = vectorizer.transform(_strings(list(distinct))) @ weights[:-1] + weights[-1]
    scores: Breach = (1 / (1 + np.exp(-sums))).astype(np.float32)
    return scores[[distinct[text] for text in texts]]


def _strings(texts: Sequence[bytes]) -> list[str]:
    return [text.decode("latin-1") for text in texts]


def _vectorizer() -> Any:  # noqa: ANN401 - scikit-learn has no types
    from sklearn.feature_extraction.text import HashingVectorizer  # noqa: PLC0415 - an extra

    return HashingVectorizer(
        analyzer="char",
        ngram_range=(1, _LONGEST),
        n_features=_BUCKETS,
        alternate_sign=False,
        binary=True,
        dtype=np.float32,
    )

"""Records as the texts that a detector reads, each scored once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.bundle import Bundle
from detector.scorers.onnx import OnnxScorer
from detector.text import DEFAULT_STRIP, TextSettings, canonical, fields_after_strip
from detector.types import Request

Breach = NDArray[np.float32]


class Verdicts(NamedTuple):
    """What a detector says of texts, one row a text.

    Attributes:
        detector: its name.
        threshold: at or above which a score counts as an alert.
        breach: (N,) scores in [0, 1].
        families: the family named for each; None where the detector names none.
    """

    detector: str
    threshold: float
    breach: Breach
    families: Sequence[str] | None = None

    @property
    def alerts(self) -> NDArray[np.bool_]:
        """(N,): which texts alert."""
        found: NDArray[np.bool_] = self.breach >= self.threshold
        return found


Judge = Callable[[Sequence[bytes]], Verdicts]
"""A detector: texts → what it says of them."""


def texts_of(requests: Iterable[Request], settings: TextSettings) -> list[bytes]:
    """Returns the canonical texts that the detector would read."""
    fields = fields_after_strip(settings.fields, DEFAULT_STRIP)
    return [canonical(request, fields, settings.limit).data for request in requests]


def bundle_judge(bundle: Bundle) -> Judge:
    """Returns the bundle as a judge of texts."""
    scorer = OnnxScorer(bundle)
    names = bundle.spec.families

    def judge(texts: Sequence[bytes]) -> Verdicts:
        distinct = {text: row for row, text in enumerate(dict.fromkeys(texts))}
        scores = scorer.score(list(distinct))
        rows = [distinct[text] for text in texts]
        families = [names[index] for index in scores.family[rows]]
        return Verdicts(bundle.label, bundle.spec.threshold, scores.breach[rows], families)

    return judge

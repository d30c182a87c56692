"""From records to verdicts and alerts. Pure: no I/O, no state."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.errors import MalformedRecord
from detector.masking import masked, shape
from detector.text import Text, canonical
from detector.types import Alert, Evidence, Reason, Record, Rejection, Request, Scorer

_SHARE_OF_RISE = 0.8


class Verdict(NamedTuple):
    """What became of one record that could be read.

    Attributes:
        record: the record.
        request: what it says.
        text: its canonical text.
        score: in [0, 1]; 0 for an empty text, which the network never sees.
        family: likeliest attack family, whether or not it is an attack; None for an empty text.
        is_alert: score ≥ threshold.
    """

    record: Record
    request: Request
    text: Text
    score: float
    family: str | None
    is_alert: bool


@dataclass(frozen=True, slots=True)
class Detection:
    """What became of a batch of records.

    Attributes:
        outcomes: one a record, in order.
        alerts: those to send, in order.
        rejections: those to send, in order.
        characters: bytes of text scored.
        cut: records whose text was longer than the limit.
    """

    outcomes: list[Verdict | Rejection]
    alerts: list[Alert]
    rejections: list[Rejection]
    characters: int
    cut: int


@dataclass(frozen=True, slots=True)
class Detector:
    """Everything that a verdict depends on.

    Attributes:
        parse: a log format's parser.
        scorer: scores canonical texts.
        fields: the text fields, in text order.
        limit: longest text in bytes.
        families: names, by the scorer's index.
        threshold: score at or above which an alert is raised.
        bundle: name and version of the bundle, for the alert.
    """

    parse: Callable[[bytes], Request]
    scorer: Scorer
    fields: tuple[str, ...]
    limit: int
    families: tuple[str, ...]
    threshold: float
    bundle: str

    def detect(self, records: Sequence[Record]) -> Detection:
        """Parses, scores and judges `records`. Nothing in a record makes it raise."""
        read = [self.read(record) for record in records]
        texts = [item[1].data for item in read if not isinstance(item, Rejection) and item[1].data]
        scores = self.scorer.score(texts) if texts else None
        outcomes: list[Verdict | Rejection] = []
        alerts: list[Alert] = []
        row = cut = 0
        for record, item in zip(records, read, strict=True):
            if isinstance(item, Rejection):
                outcomes.append(item)
                continue
            request, text = item
            cut += text.cut > 0
            if scores is None or not text.data:
                outcomes.append(Verdict(record, request, text, 0.0, None, False))
                continue
            score = float(scores.breach[row])
            family = self.families[scores.family[row]]
            verdict = Verdict(record, request, text, score, family, score >= self.threshold)
            outcomes.append(verdict)
            if verdict.is_alert:
                alerts.append(self._alert(verdict, family))
            row += 1
        rejections = [item for item in read if isinstance(item, Rejection)]
        return Detection(outcomes, alerts, rejections, sum(map(len, texts)), cut)

    def read(self, record: Record) -> tuple[Request, Text] | Rejection:
        """Parses one record and makes its canonical text."""
        if record.size is not None:
            return Rejection(record, Reason.TOO_LARGE)
        try:
            request = self.parse(record.value)
        except MalformedRecord as error:
            return Rejection(record, error.reason)
        return request, canonical(request, self.fields, self.limit)

    def _alert(self, verdict: Verdict, family: str) -> Alert:
        request = masked(verdict.request)
        return Alert(
            record=verdict.record,
            request=request,
            score=verdict.score,
            threshold=self.threshold,
            family=family,
            evidence=evidence(
                self.shown(request, verdict.text), self.scorer.trace(verdict.text.data)
            ),
            bundle=self.bundle,
            created=time.time(),
        )

    def shown(self, request: Request, text: Text) -> Text:
        """Returns `text`, a request's canonical text, as it may be shown.

        Args:
            request: the request, masked.
            text: the canonical text before masking.

        Returns:
            A text of the same spans. Should masking have changed its length, which takes an
            encoding made to confuse, every letter and digit in it is masked.
        """
        hidden = canonical(request, self.fields, self.limit)
        return hidden if hidden.spans == text.spans else text._replace(data=shape(text.data))


def evidence(text: Text, trace: NDArray[np.float32]) -> Evidence | None:
    """Finds the characters over which the score rose to its highest.

    They are the shortest stretch that ends at the peak and holds most of the rise to it, clipped to
    the field in which the peak stands. The rise is that of the log-odds: a score near 0 or 1 hides
    in its last digits what the first characters of an attack have told the network.

    Args:
        text: the canonical text.
        trace: (len(text.data),) score after each character.
    """
    peak = int(np.argmax(trace))
    span = next((span for span in text.spans if span.start <= peak < span.end), None)
    if span is None:
        return None
    before = log_odds(trace[span.start : peak + 1])
    floor, top = float(before.min()), float(before[-1])
    low = top - _SHARE_OF_RISE * (top - floor)
    below = np.flatnonzero(before <= low)
    start = span.start + (int(below[-1]) if below.size else 0)
    return Evidence(
        span.field, text.data[start : peak + 1].decode("utf-8", "replace"), start, peak + 1
    )


def log_odds(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    """Returns log(p / (1 - p)) of scores in [0, 1], which are float32: within ±16.1."""
    inside = np.clip(scores.astype(np.float64), 1e-7, 1 - 1e-7)
    return np.log(inside / (1 - inside))

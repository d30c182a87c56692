"""Says of one record what was read of it and what drove its score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.detection import Detector, Verdict, evidence
from detector.ecs import origin
from detector.formats.auto import parse_named
from detector.masking import masked
from detector.text import Text, to_bytes
from detector.types import Evidence, Record, Rejection, Request


class FieldRise(NamedTuple):
    """How much of a score a field brought.

    Attributes:
        field: name of a text field.
        start: first byte of it in the text, its lead-in included.
        end: byte after it.
        share: its part of all rises of the score, in [0, 1].
    """

    field: str
    start: int
    end: int
    share: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """What was read of a record and what drove its score.

    Attributes:
        verdict: what became of the record.
        threshold: score at or above which an alert is raised.
        format: the format that the record is in.
        stripped: what was read but not scored.
        unread: names of record fields that nothing was made from.
        text: the canonical text, credential-like values masked.
        rise: (len(text.data),) how much the score rose at each byte, not below 0.
        rises: the same by field, in text order.
        evidence: where it rose to its highest.
    """

    verdict: Verdict
    threshold: float
    format: str
    stripped: tuple[str, ...]
    unread: tuple[str, ...]
    text: Text
    rise: NDArray[np.float32]
    rises: tuple[FieldRise, ...]
    evidence: Evidence | None


def explain_record(
    detector: Detector, record: Record, chosen_format: str
) -> Explanation | Rejection:
    """Explains the verdict on `record`.

    Args:
        detector: that judges it.
        record: any record.
        chosen_format: the one that the detector's parser reads, or "auto".
    """
    outcome = detector.detect([record]).outcomes[0]
    if isinstance(outcome, Rejection):
        return outcome
    request, data = outcome.request, outcome.text.data
    trace = detector.scorer.trace(data) if data else np.zeros(0, np.float32)
    rise = np.maximum(np.diff(trace, prepend=trace[:1]), 0)
    shown = detector.shown(masked(request), outcome.text)
    return Explanation(
        verdict=outcome,
        threshold=detector.threshold,
        format=parse_named(record.value)[0] if chosen_format == "auto" else chosen_format,
        stripped=tuple(name for name in Request._fields if _is_stripped(request, name, shown)),
        unread=request.unread,
        text=shown,
        rise=rise,
        rises=_by_field(shown, rise),
        evidence=evidence(shown, trace) if data else None,
    )


def as_json(explanation: Explanation | Rejection) -> dict[str, Any]:
    """Returns an explanation as a document that JSON can carry."""
    if isinstance(explanation, Rejection):
        record = explanation.record
        return {
            "id": record.id,
            "origin": origin(record.origin),
            "rejected": str(explanation.reason),
        }
    verdict, found = explanation.verdict, explanation.evidence
    return {
        "id": verdict.record.id,
        "origin": origin(verdict.record.origin),
        "rejected": None,
        "format": explanation.format,
        "stripped": explanation.stripped,
        "unread": [to_bytes(name).decode("utf-8", "replace") for name in explanation.unread],
        "text": explanation.text.data.decode("utf-8", "replace"),
        "cut": explanation.text.cut,
        "score": verdict.score,
        "threshold": explanation.threshold,
        "alert": verdict.is_alert,
        "family": verdict.family if verdict.is_alert else None,
        "evidence": found._asdict() if found and verdict.is_alert else None,
        "fields": [
            {
                **field._asdict(),
                "share": round(field.share, 4),
                "rise": [
                    round(float(step), 5) for step in explanation.rise[field.start : field.end]
                ],
            }
            for field in explanation.rises
        ],
    }


def _is_stripped(request: Request, name: str, text: Text) -> bool:
    is_said = name != "unread" and getattr(request, name) not in (None, "")
    return is_said and name not in {span.field for span in text.spans}


def _by_field(text: Text, rise: NDArray[np.float32]) -> tuple[FieldRise, ...]:
    total = float(rise.sum()) or 1.0
    starts = [0, *(span.end for span in text.spans)][: len(text.spans)]
    return tuple(
        FieldRise(span.field, start, span.end, float(rise[start : span.end].sum()) / total)
        for span, start in zip(text.spans, starts, strict=True)
    )

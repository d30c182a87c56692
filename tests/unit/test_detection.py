"""From records to verdicts, with a bundle whose scores are known."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from detector.detection import Detector, Verdict, evidence
from detector.text import Span, Text
from detector.types import Origin, Reason, Record, Rejection


def record(fields: object, offset: int = 0) -> Record:
    return Record(Origin("shop", 0, offset), 1.0, json.dumps(fields).encode())


def request(query: str, **fields: object) -> dict[str, object]:
    found = {"method": "get", "path": "/search", "query": {"q": query}, "statusCode": 200}
    return found | fields


def test_each_record_has_one_outcome_in_order(detector: Detector) -> None:
    """Whether it is an attack, harmless, or unreadable."""
    harmless, attack = record(request("shoes"), 1), record(request("' or 1"), 2)
    empty = Record(Origin("shop", 0, 3), 1.0, b"")
    found = detector.detect([harmless, empty, attack])
    first, second, third = found.outcomes
    assert isinstance(first, Verdict)
    assert isinstance(third, Verdict)
    assert (first.record, first.is_alert) == (harmless, False)
    assert second == Rejection(empty, Reason.EMPTY)
    assert (third.record, third.is_alert, third.family) == (attack, True, "sqli")
    assert [alert.record for alert in found.alerts] == [attack]
    assert found.rejections == [second]


def test_nothing_in_gives_nothing_out(detector: Detector) -> None:
    """An empty batch is no error."""
    found = detector.detect([])
    assert (found.outcomes, found.alerts, found.rejections, found.characters) == ([], [], [], 0)


def test_a_head_is_rejected_unread(detector: Detector) -> None:
    """Half a record says nothing of the other half."""
    head = replace(record(request("'")), size=10_000_000, digest="ab" * 32)
    assert detector.detect([head]).outcomes == [Rejection(head, Reason.TOO_LARGE)]


def test_an_alert_shows_where_the_score_rose(detector: Detector) -> None:
    """Evidence is in the field of the character that did it, and offsets say where."""
    (alert,) = detector.detect([record(request("abc<"))]).alerts
    assert alert.family == "xss"
    assert alert.evidence is not None
    assert alert.evidence.field == "query"
    assert alert.evidence.text.endswith("<")
    assert alert.evidence.end == len("GET /search?q=abc<")


def test_an_alert_carries_no_password(detector: Detector) -> None:
    """Request and evidence are masked, the shape of the attack stays."""
    login = request("", method="post", requestPayload={"user": "a", "password": "x' or 1=1"})
    (alert,) = detector.detect([record(login)]).alerts
    assert '"password":"*\' ** *=*"' in alert.request.body
    assert alert.evidence is not None
    assert "x" not in alert.evidence.text
    assert alert.evidence.text.endswith("'")


def test_an_encoding_made_to_confuse_leaves_no_secret_in_the_evidence(detector: Detector) -> None:
    """Where masking cannot keep offsets, every letter and digit in the text is masked."""
    line = b'1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET /?pass=%%36%31bc\' HTTP/1.1" 200 5'
    (alert,) = detector.detect([Record(Origin("a.log", None, 0), 1.0, line)]).alerts
    assert alert.evidence is not None
    assert not any(character.isalnum() for character in alert.evidence.text)


def test_a_record_with_nothing_to_read_is_no_alert(detector: Detector) -> None:
    """An empty text never reaches the network."""
    bodies = replace(detector, fields=("body",))
    (outcome,) = bodies.detect([record(request("'"))]).outcomes
    assert isinstance(outcome, Verdict)
    assert (outcome.score, outcome.family, outcome.is_alert) == (0.0, None, False)


def test_cut_texts_are_counted(detector: Detector) -> None:
    """A text beyond the limit is scored and counted."""
    found = detector.detect([record(request("a" * 40_000 + "'")), record(request("a"))])
    assert found.cut == 1
    assert len(found.alerts) == 1


@pytest.mark.parametrize(
    ("trace", "start", "end"),
    [
        ([0.1, 0.1, 0.1, 0.1, 0.9, 0.9], 3, 5),
        ([0.9, 0.8, 0.1, 0.5, 0.8, 0.2], 0, 1),
        ([0.1, 0.1, 0.2, 0.5, 0.9, 0.8], 2, 5),
    ],
)
def test_evidence_is_the_stretch_of_the_rise(trace: list[float], start: int, end: int) -> None:
    """It ends at the peak and stays inside the peak's field."""
    text = Text(b"abcdef", (Span("path", 0, 1), Span("query", 2, 6)), 0)
    found = evidence(text, np.array(trace, np.float32))
    assert found is not None
    assert (found.start, found.end) == (start, end)
    assert found.text == "abcdef"[start:end]

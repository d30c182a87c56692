"""What holds of verdicts whatever the records are."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from detector.detection import Detector, Verdict
from detector.types import Origin, Record

QUERIES = st.text(st.sampled_from("ab'<;|=% ") | st.characters(), max_size=40)
REQUESTS = st.builds(
    lambda query, body: json.dumps(
        {"method": "get", "path": "/", "query": {"q": query}, "requestPayload": body}
    ).encode(),
    QUERIES,
    st.none() | st.dictionaries(st.sampled_from(["name", "password"]), QUERIES),
)
BATCHES = st.lists(REQUESTS | st.binary(max_size=40), max_size=12).map(
    lambda values: [
        Record(Origin("log", 0, offset), 1.0, value) for offset, value in enumerate(values)
    ]
)


@given(BATCHES, st.floats(0, 1), st.floats(0, 1))
def test_raising_the_threshold_never_adds_an_alert(
    detector: Detector, batch: list[Record], one: float, other: float
) -> None:
    """Every alert at the higher threshold is one at the lower."""
    low, high = sorted((one, other))
    at_low, at_high = (
        {alert.record.id for alert in replace(detector, threshold=t).detect(batch).alerts}
        for t in (low, high)
    )
    assert at_high <= at_low


@given(BATCHES)
def test_a_batch_says_what_its_records_say_alone(detector: Detector, batch: list[Record]) -> None:
    """No record's verdict depends on its neighbours."""
    together = detector.detect(batch).outcomes
    alone = [detector.detect([record]).outcomes[0] for record in batch]
    for one, other in zip(together, alone, strict=True):
        if isinstance(one, Verdict):
            assert isinstance(other, Verdict)
            assert abs(one.score - other.score) < 1e-6
            assert (one.is_alert, one.text) == (other.is_alert, other.text)
        else:
            assert one == other


@given(BATCHES)
def test_every_alert_is_of_a_record_at_or_above_the_threshold(
    detector: Detector, batch: list[Record]
) -> None:
    """And every such record has its alert, in the order of the records."""
    found = detector.detect(batch)
    raised = [v.record for v in found.outcomes if isinstance(v, Verdict) and v.score >= 0.5]
    assert [alert.record for alert in found.alerts] == raised

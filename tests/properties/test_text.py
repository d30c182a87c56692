"""Canonical text, whatever a request holds."""

from hypothesis import given
from hypothesis import strategies as st

from detector.text import TEXT_FIELDS, canonical
from detector.types import Request

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
ENCODED = st.lists(
    st.sampled_from(["%", "25", "27", "u00", "\\u", "d83d", "+", '"', "{", "[", " ", "\\", "é"]),
    max_size=30,
).map("".join)
VALUES = ANY_TEXT | ENCODED
REQUESTS = st.builds(
    Request,
    method=VALUES,
    path=VALUES,
    query=VALUES,
    body=VALUES,
    status_code=st.none() | st.integers(100, 999),
    user_agent=st.none() | VALUES,
    referer=st.none() | VALUES,
)


@given(REQUESTS, st.integers(1, 400))
def test_limit_and_spans(request: Request, limit: int) -> None:
    """No text is longer than the limit; spans lie within it, in order, and never overlap."""
    text = canonical(request, TEXT_FIELDS, limit)
    assert len(text.data) <= limit
    edges = [edge for span in text.spans for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(0 <= edge <= len(text.data) for edge in edges)
    assert [span.field for span in text.spans] == sorted(
        (span.field for span in text.spans), key=TEXT_FIELDS.index
    )


@given(REQUESTS, st.integers(1, 400))
def test_cut_keeps_head_and_tail(request: Request, limit: int) -> None:
    """What is cut is counted, and what is left is the whole text's head and tail."""
    whole = canonical(request, TEXT_FIELDS, 1_000_000).data
    text = canonical(request, TEXT_FIELDS, limit)
    assert len(text.data) + text.cut == len(whole)
    head = limit - limit // 2
    assert whole.startswith(text.data[:head])
    assert whole.endswith(text.data[head:])


@given(REQUESTS)
def test_spans_hold_all_but_the_lead_ins(request: Request) -> None:
    """Every byte is in a span or in one of the few that lead to a field."""
    text = canonical(request, TEXT_FIELDS, 1_000_000)
    outside = bytearray(text.data)
    for span in reversed(text.spans):
        del outside[span.start : span.end]
    assert len(outside) <= len(b" ?\n\nuser-agent: \nreferer: \nstatus: ")

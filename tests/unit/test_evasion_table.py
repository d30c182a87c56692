"""The evasions' table: what counts, and what does not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from detector.text import TextSettings
from detector.types import Request
from trainer.evasion import EVASIONS
from trainer.judging.evasions import Pair, pairs, rows
from trainer.judging.intervals import Share
from trainer.judging.texts import Verdicts, texts_of
from trainer.labelled import Payload


def _judge(texts: Sequence[bytes]) -> Verdicts:
    found = np.array([b"select" in text for text in texts], np.float32)
    return Verdicts("looks for select", 0.5, found)


def _pair(plain: str, evaded: str) -> Pair:
    return Pair(Request("GET", "/", plain), Request("GET", "/", evaded))


def test_only_attacks_found_in_plain_form_count() -> None:
    """Of two found in plain form one is found still; one never found is in neither count."""
    made = [_pair("select", "SELECT"), _pair("select", "%73elect"), _pair("union", "select")]
    (row,) = rows({"some": made}, [_judge], TextSettings())
    assert row.found == Share(1, 2)
    assert row.tried == 3
    assert row.undone == 1


def test_worst_comes_first_for_each_detector() -> None:
    """The evasion that hides most heads the table; each detector has a row of its own."""
    weak, strong = [_pair("select", "select 2")] * 9, [_pair("select", "SELECT")] * 9
    found = rows({"weak": weak, "strong": strong}, [_judge, _judge], TextSettings())
    assert [row.evasion for row in found] == ["strong", "strong", "weak", "weak"]
    assert [row.found.count for row in found] == [0, 0, 9, 9]


SQLI = [Payload("1 union select a from b", "sqli", "s", str(n)) for n in range(6)]
DIGITS = [Payload("123", "sqli", "s", str(n)) for n in range(6)]


def test_payloads_that_stay_as_they_are_do_not_count() -> None:
    """Digits have no case: `sql case` makes no pair of them."""
    assert pairs(EVASIONS["sql case"], DIGITS, DIGITS, None) == []
    assert pairs(EVASIONS["html case"], SQLI, SQLI, None) == []


@pytest.mark.parametrize("name", ["sql case", "percent double", "json u", "pollution"])
def test_pairs_differ_in_the_payload_alone(name: str) -> None:
    """Both halves of a pair keep method and placement; half come from the public payloads."""
    made = pairs(EVASIONS[name], SQLI, SQLI, None, of_each=6)
    assert len(made) == 6
    assert sum(pair.plain.path.startswith("/search") for pair in made) >= 3
    for pair in made:
        assert pair.evaded != pair.plain
        assert pair.evaded.method == pair.plain.method
        assert "union select" in texts_of([pair.plain], TextSettings())[0].decode()

"""The table: each figure against a case worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from detector.types import Request
from trainer.judging import table
from trainer.judging.held_out import Held
from trainer.judging.intervals import Share
from trainer.judging.right_families import families_of
from trainer.judging.slices import shortened, slices
from trainer.judging.texts import Verdicts
from trainer.labelled import Sample


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),  # 3.8416 / 13.8416, by hand
        (10, 10, 0.7225, 1.0),
        (81, 263, 0.2553, 0.3662),  # Newcombe, Stat. Med. 17 (1998) 857, table I
        (15, 148, 0.0624, 0.1605),  # the same
    ],
)
def test_wilson_interval_against_known_values(
    count: int, total: int, low: float, high: float
) -> None:
    """The interval is Wilson's, to the four decimals that are published."""
    assert Share(count, total).interval == pytest.approx((low, high), abs=5e-5)


def test_share_of_nothing_is_unknown() -> None:
    """Of no records there is no rate, and anything may be true."""
    assert Share(0, 0).rate is None
    assert Share(0, 0).interval == (0.0, 1.0)


def _held(name: str, label: int, text: str, family: str = "", source: str = "") -> Held:
    request = Request("GET", text)
    families = tuple(family.split("/")) if family else ()
    sample = Sample(label, family or "benign", source or name, "t", "whole", request)
    return Held(name, sample, families)


RECORDS = [
    *(_held("semicomplete", 0, f"/{n}") for n in range(98)),
    _held("semicomplete", 0, "/0"),
    _held("crs", 0, "/near"),
    _held("crs", 1, "/union select", "sqli"),
    _held("crs", 1, "/../../etc", "traversal/rfi"),
    _held("vulnbank", 1, "/unknown"),
]
TEXTS = [f"GET {held.sample.request.path}".encode() for held in RECORDS]
SCORES = np.array([*np.linspace(0, 0.5, 98), 0.9, 0.7, 0.8, 0.2, 0.95], np.float32)
VERDICTS = Verdicts("d", 0.6, SCORES, [*["xss"] * 100, "sqli", "rfi", "sqli"])


def _row(name: str, family: str | None = None) -> table.Row:
    rows = table.rows(RECORDS, TEXTS, [VERDICTS])
    return next(row for row in rows if (row.set, row.family) == (name, family))


def test_counts_at_the_threshold() -> None:
    """False alarms and finds are counted where they belong, repeats told apart."""
    row = _row("semicomplete")
    assert (row.false_alarms, row.found) == (Share(1, 99), Share(0, 0))
    assert row.distinct == 98
    assert row.roc_auc is None
    row = _row("crs")
    assert (row.false_alarms, row.found) == (Share(1, 1), Share(1, 2))


def test_rates_are_against_the_pooled_harmless() -> None:
    """At 1 % of the 99 pooled none may alert, so an attack must score above 0.9; a near miss of
    crs is not traffic and sets no bar.
    """
    assert _row("crs").rates == {0.01: 0.0, 0.001: 0.0, 0.0001: 0.0}
    assert _row("vulnbank").rates == {0.01: 1.0, 0.001: 1.0, 0.0001: 1.0}
    assert _row("semicomplete").rates == {0.01: None, 0.001: None, 0.0001: None}


def test_own_rate_needs_a_hundred_harmless() -> None:
    """A set with one near miss says nothing of 1 %; one with a hundred does."""
    assert _row("crs").own_rate is None
    records = [*(_held("crs", 0, f"/{n}") for n in range(100)), _held("crs", 1, "/x")]
    scores = np.append(np.linspace(0, 1, 100), 0.995).astype(np.float32)
    (row,) = table.rows(records, [b"x"] * 101, [Verdicts("d", 0.5, scores)])
    assert row.own_rate == 1.0


def test_area_is_against_own_harmless_else_pooled() -> None:
    """Of crs one attack of two beats the near miss; vulnbank's beats all the pooled."""
    assert _row("crs").roc_auc == 0.5
    assert _row("vulnbank").roc_auc == 1.0


def test_length_only_area_by_hand() -> None:
    """Both attacks of crs are longer than its near miss."""
    assert _row("crs").length_auc == 1.0


def test_family_is_right_when_any_that_fits_is_named() -> None:
    """A rule file on two families takes either; attacks of unknown family do not count."""
    assert _row("crs").family_right == Share(2, 2)
    assert _row("vulnbank").family_right == Share(0, 0)
    assert _row("crs", "traversal/rfi").found == Share(0, 1)


def test_families_of_the_test_sets() -> None:
    """Rule files and gotestwaf's names lead to our families; transports lead nowhere."""
    assert families_of("REQUEST-944-APPLICATION-ATTACK-JAVA") == (
        "code",
        "jndi",
        "deserialisation",
    )
    assert families_of("community/community-lfi-multipart") == ("traversal",)
    assert families_of("owasp-api/grpc") == families_of("mixed") == ()


def test_slices_are_worst_first_and_carry_records() -> None:
    """Eighty missed of a hundred come before two of two; the lowest score is shown first."""
    records = [
        *(_held("crs", 1, f"/{n:03}", source="many") for n in range(100)),
        *(_held("crs", 1, f"/x{n}", source="few") for n in range(2)),
        _held("crs", 0, "/fine", source="calm"),
    ]
    scores = np.array([*([0.4] * 79), 0.1, *([0.9] * 20), 0.2, 0.3, 0.1], np.float32)
    texts = [held.sample.request.path.encode() for held in records]
    many, few, calm = slices(records, texts, Verdicts("d", 0.5, scores), "source")
    assert (many.name, many.wrong) == ("crs: many", Share(80, 100))
    assert many.examples[0][1] == "/079"
    assert (few.wrong, len(few.examples)) == (Share(2, 2), 2)
    assert (calm.label, calm.wrong, calm.examples) == (0, Share(0, 1), ())


def test_slices_by_length_and_family() -> None:
    """Every record falls into one range; the harmless are told apart by source."""
    texts = [b"x" * 32, b"x" * 33, b"x" * 9999]
    records = [_held("crs", 1, "", "sqli"), _held("crs", 1, "", "xss"), _held("crs", 0, "")]
    verdicts = Verdicts("d", 0.5, np.zeros(3, np.float32))
    names = {one.name for one in slices(records, texts, verdicts, "length")}
    assert names == {"1 to 32 bytes", "33 to 64 bytes", "over 4,096 bytes"}
    names = {one.name for one in slices(records, texts, verdicts, "family")}
    assert names == {"sqli", "xss", "crs"}


def test_shortened_is_one_safe_line() -> None:
    """Controls show as pictures, and of a long text both ends stay."""
    assert shortened(b"a\x1b[2J\nb\xff") == "a␛[2J␊b\ufffd"
    long = shortened(b"begin" + b"." * 20_000 + b"end")
    assert long.startswith("begin")
    assert long.endswith("end")
    assert len(long) <= 160

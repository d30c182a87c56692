"""The curves behind the plots, each against a case worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.judging.curves import alerting, precision_recall, reliability, roc

ATTACKS = np.array([0.8, 0.4], np.float32)
BENIGN = np.array([0.5, 0.1], np.float32)


def test_roc_by_hand() -> None:
    """The first attack is found for nothing, the second at the price of half the harmless."""
    curve = roc(ATTACKS, BENIGN)
    points = set(zip(curve.x.tolist(), curve.y.tolist(), strict=True))
    assert {(0.0, 0.0), (0.0, 0.5), (0.5, 0.5), (0.5, 1.0), (1.0, 1.0)} == points
    assert (np.diff(curve.x) >= 0).all()


def test_roc_of_equal_scores_has_nothing_between_none_and_all() -> None:
    """Where every score is 1, no threshold finds an attack without every false alarm."""
    curve = roc(np.ones(5, np.float32), np.ones(9, np.float32))
    assert set(zip(curve.x.tolist(), curve.y.tolist(), strict=True)) == {(0.0, 0.0), (1.0, 1.0)}


def test_precision_recall_by_hand() -> None:
    """Both attacks found cost one false alarm: two alerts in three are attacks."""
    curve = precision_recall(ATTACKS, BENIGN)
    points = dict(zip(curve.x.tolist(), curve.y.tolist(), strict=True))
    assert points[1.0] == pytest.approx(0.5)  # the last threshold alerts on everything
    at_both = curve.y[curve.x == 1.0].max()
    assert at_both == pytest.approx(2 / 3)


def test_alerting_counts_scores_at_the_threshold() -> None:
    """A score equal to the threshold alerts, as in the detector."""
    assert alerting(BENIGN, np.array([0.1, 0.5, 0.6])).tolist() == [1.0, 0.5, 0.0]


def test_reliability_by_hand() -> None:
    """Bins without records are left out; a score of 1 falls into the last."""
    scores = np.array([0.05, 0.07, 1.0, 0.95], np.float32)
    found = reliability(scores, np.array([0, 1, 1, 1], np.uint8))
    assert found.records.tolist() == [2, 2]
    assert found.attacks.tolist() == [0.5, 1.0]
    assert found.score == pytest.approx([0.06, 0.975])

"""Figures: each against a case worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from detector.types import Scores
from trainer.corpora import Corpus
from trainer.evaluation import detection_rate, judge, pr_auc, roc_auc, threshold_for
from trainer.report import show

LABELS = np.array([0, 0, 1, 1], np.uint8)
SCORES = np.array([0.1, 0.4, 0.35, 0.8], np.float32)


def test_roc_auc_by_hand() -> None:
    """Of the four pairs of attack and benign, three are in order."""
    assert roc_auc(SCORES, LABELS) == 0.75


def test_roc_auc_counts_ties_half() -> None:
    """Equal scores tell nothing."""
    assert roc_auc(np.zeros(4), LABELS) == 0.5
    assert roc_auc(np.array([0, 1, 1, 2]), LABELS) == 0.875


def test_pr_auc_by_hand() -> None:
    """Precision is 1 at the first attack and 2/3 at the second; each is half of the recall."""
    assert pr_auc(SCORES, LABELS) == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


def test_pr_auc_of_ties_is_the_share_of_attacks() -> None:
    """Where all scores are equal, precision is the share of attacks, however rows are ordered."""
    assert pr_auc(np.zeros(4), LABELS) == 0.5
    assert pr_auc(np.zeros(4), LABELS[::-1]) == 0.5


@pytest.mark.parametrize("labels", [np.zeros(4, np.uint8), np.ones(4, np.uint8)])
def test_one_class_leaves_areas_undefined(labels: np.ndarray) -> None:
    """Without both kinds of record there is no area and no detection rate."""
    assert roc_auc(SCORES, labels) is None
    assert pr_auc(SCORES, labels) is None
    assert detection_rate(SCORES, labels, 0.01) is None


def test_detection_rate_keeps_to_the_budget() -> None:
    """No benign record may alert at 1 % of two; one may at 50 %."""
    assert detection_rate(SCORES, LABELS, 0.01) == 0.5
    assert detection_rate(SCORES, LABELS, 0.5) == 1.0


@pytest.mark.parametrize("budget", [0.0, 0.01, 0.1, 0.5])
def test_threshold_keeps_to_the_budget(budget: float) -> None:
    """At most that share of the benign alerts, and with the next lower threshold more would."""
    benign = (np.arange(100, dtype=np.float32) / 200 + 0.5).astype(np.float32)
    threshold = threshold_for(benign, budget)
    assert (benign >= threshold).mean() <= budget
    assert (benign >= np.nextafter(np.float32(threshold), np.float32(0))).mean() > budget


def test_threshold_is_never_below_a_half() -> None:
    """Benign scores that are all low do not make a detector that alerts on anything."""
    assert threshold_for(np.full(50, 0.01, np.float32), 0.0) == 0.5


def test_threshold_is_never_above_one() -> None:
    """A benign record scored 1 leaves a threshold that a bundle can hold."""
    assert threshold_for(np.ones(50, np.float32), 0.0) == 1.0


def test_judgement_by_hand() -> None:
    """Five records at threshold 0.5: one false alarm, one miss, one family of two right."""
    corpus = Corpus(
        [b"a", b"bb", b"ccc", b"dddd", b"eeeee"],
        np.array([0, 0, 0, 1, 1], np.uint8),
        [None, None, None, "xss", "sqli"],
    )
    scores = Scores(
        np.array([0.1, 0.2, 0.9, 0.3, 0.5], np.float32),
        np.array([0, 0, 0, 1, 1], np.int16),
        np.zeros(5, np.int32),
    )
    found = judge(corpus, scores, 0.5, ("sqli", "xss")).to_json()
    assert found["confusion"] == {
        "true_negatives": 2,
        "false_positives": 1,
        "false_negatives": 1,
        "true_positives": 1,
    }
    assert found["accuracy"] == 0.6
    assert found["precision"] == found["recall"] == found["f1"] == 0.5
    assert found["false_alarm_rate"] == pytest.approx(1 / 3)
    assert found["family_accuracy"] == 0.5
    assert found["length_only"] == {"roc_auc": 1.0}
    assert found["roc_auc"] == pytest.approx(4 / 6)
    assert found["detection_rates"] == {"0.01": 0.0, "0.001": 0.0, "0.0001": 0.0}


def test_short_texts_can_tell_too() -> None:
    """The length baseline is stated in its better direction."""
    corpus = Corpus([b"aaa", b"b"], np.array([0, 1], np.uint8), [None, None])
    scores = Scores(np.zeros(2, np.float32), np.zeros(2, np.int16), np.zeros(2, np.int32))
    found = judge(corpus, scores, 0.5, ("sqli",))
    assert found.length_roc_auc == 1.0
    assert found.family_accuracy is None


def test_the_report_says_which_rates_it_cannot_tell(capsys: pytest.CaptureFixture[str]) -> None:
    """At 0.1 % of 200 benign records none may alert, as at 0.01 %; at 1 % two may."""
    labels = np.array([0] * 200 + [1], np.uint8)
    corpus = Corpus([b"x"] * 201, labels, [None] * 201)
    scores = Scores(labels.astype(np.float32), np.zeros(201, np.int16), np.zeros(201, np.int32))
    show(judge(corpus, scores, 0.5, ("sqli",)), "made up")
    words = " ".join(capsys.readouterr().out.split())
    assert "At 0.10% and 0.01% none of 200 benign records may alert." in words

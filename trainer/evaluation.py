"""How well scores tell attacks from benign requests. NumPy only.

Definitions: https://scikit-learn.org/stable/modules/model_evaluation.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.types import Scores
from trainer.corpora import Corpus

FALSE_ALARM_RATES = (0.01, 0.001, 0.0001)
"""False-positive rates at which the detection rate is stated."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a detector does on labelled records. Rates are in [0, 1]; None where undefined.

    Attributes:
        benign: records labelled 0.
        attacks: records labelled 1.
        threshold: at or above which a score counts as an alert.
        false_alarms: benign records that alert.
        found: attacks that alert.
        roc_auc: chance that an attack scores above a benign record.
        pr_auc: average precision.
        detection_rates: false-alarm rate → share of attacks found at it.
        length_roc_auc: what the text's length alone reaches, in the better direction.
        family_accuracy: share of the attacks of known family whose family is named rightly.
    """

    benign: int
    attacks: int
    threshold: float
    false_alarms: int
    found: int
    roc_auc: float | None
    pr_auc: float | None
    detection_rates: dict[float, float | None]
    length_roc_auc: float | None
    family_accuracy: float | None

    @property
    def accuracy(self) -> float | None:
        """Share of all records that are judged rightly."""
        right = self.found + self.benign - self.false_alarms
        return _ratio(right, self.benign + self.attacks)

    @property
    def precision(self) -> float | None:
        """Share of the alerts that are attacks."""
        return _ratio(self.found, self.found + self.false_alarms)

    @property
    def recall(self) -> float | None:
        """Share of the attacks that alert."""
        return _ratio(self.found, self.attacks)

    @property
    def false_alarm_rate(self) -> float | None:
        """Share of the benign records that alert."""
        return _ratio(self.false_alarms, self.benign)

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall."""
        missed = self.attacks - self.found
        return _ratio(2 * self.found, 2 * self.found + self.false_alarms + missed)

    def to_json(self) -> dict[str, Any]:
        """Returns all figures, to write down."""
        return {
            "records": {"benign": self.benign, "attacks": self.attacks},
            "threshold": self.threshold,
            "accuracy": self.accuracy,
            "precision": self.precision,
            "recall": self.recall,
            "f1": self.f1,
            "false_alarm_rate": self.false_alarm_rate,
            "roc_auc": self.roc_auc,
            "pr_auc": self.pr_auc,
            "confusion": {
                "true_negatives": self.benign - self.false_alarms,
                "false_positives": self.false_alarms,
                "false_negatives": self.attacks - self.found,
                "true_positives": self.found,
            },
            "detection_rates": {f"{rate:g}": found for rate, found in self.detection_rates.items()},
            "family_accuracy": self.family_accuracy,
            "length_only": {"roc_auc": self.length_roc_auc},
        }


def judge(corpus: Corpus, scores: Scores, threshold: float, families: tuple[str, ...]) -> Judgement:
    """Compares `scores` with the labels of `corpus`.

    Args:
        corpus: texts and labels.
        scores: one row a text.
        threshold: at or above which a score counts as an alert.
        families: names by the scores' index.
    """
    attack = corpus.labels == 1
    alert = scores.breach >= threshold
    length_auc = roc_auc(corpus.lengths.astype(np.float64), corpus.labels)
    named = [
        families[index] == family
        for index, family in zip(scores.family, corpus.families, strict=True)
        if family in families
    ]
    return Judgement(
        benign=int((~attack).sum()),
        attacks=int(attack.sum()),
        threshold=threshold,
        false_alarms=int((alert & ~attack).sum()),
        found=int((alert & attack).sum()),
        roc_auc=roc_auc(scores.breach, corpus.labels),
        pr_auc=pr_auc(scores.breach, corpus.labels),
        detection_rates={
            rate: detection_rate(scores.breach, corpus.labels, rate) for rate in FALSE_ALARM_RATES
        },
        length_roc_auc=None if length_auc is None else max(length_auc, 1 - length_auc),
        family_accuracy=_ratio(sum(named), len(named)),
    )


def roc_auc(scores: NDArray[Any], labels: NDArray[np.uint8]) -> float | None:
    """Returns the area under the ROC curve, from ranks (Mann and Whitney 1947); ties count half."""
    attacks, benign = int((labels == 1).sum()), int((labels == 0).sum())
    if not attacks or not benign:
        return None
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[place]
    return float((ranks[labels == 1].sum() - attacks * (attacks + 1) / 2) / (attacks * benign))


def pr_auc(scores: NDArray[Any], labels: NDArray[np.uint8]) -> float | None:
    """Returns the average precision: precision weighted by the recall gained at each score."""
    attacks = int((labels == 1).sum())
    if not attacks or attacks == len(labels):
        return None
    order = np.argsort(-scores, kind="stable")
    is_last_of_tie = np.append(np.diff(scores[order]) != 0, True)
    found = np.cumsum(labels[order] == 1)[is_last_of_tie]
    alerts = np.flatnonzero(is_last_of_tie) + 1
    return float((np.diff(found, prepend=0) / attacks * (found / alerts)).sum())


def detection_rate(
    scores: NDArray[np.float32], labels: NDArray[np.uint8], false_alarm_rate: float
) -> float | None:
    """Returns the share of attacks above the threshold that keeps to `false_alarm_rate`."""
    attacks, benign = scores[labels == 1], scores[labels == 0]
    if not len(attacks) or not len(benign):
        return None
    return float((attacks > _bar(benign, false_alarm_rate)).mean())


def threshold_for(benign: NDArray[np.float32], false_alarm_rate: float) -> float:
    """Returns the lowest threshold from 0.5 at which at most that share of `benign` alerts.

    Args:
        benign: (N,) scores of benign records, at least one.
        false_alarm_rate: the budget, in [0, 1].
    """
    above = np.nextafter(_bar(benign, false_alarm_rate), np.float32(2))
    return float(min(max(above, 0.5), 1.0))


def _bar(benign: NDArray[np.float32], false_alarm_rate: float) -> np.float32:
    """Returns the score that only so many of `benign` exceed as the rate allows."""
    allowed = int(false_alarm_rate * len(benign))
    if allowed >= len(benign):
        return np.float32(-1)
    highest_first: NDArray[np.float32] = np.sort(benign)[::-1]
    return np.float32(highest_first[allowed])


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None

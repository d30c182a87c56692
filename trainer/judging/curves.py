"""The curves behind the plots, thinned so that a page stays small."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

_POINTS = 400


class Curve(NamedTuple):
    """Points of a curve: (N,) each, x rising."""

    x: Numbers
    y: Numbers


def roc(attacks: NDArray[np.float32], benign: NDArray[np.float32]) -> Curve:
    """Returns false-alarm rate → share of attacks found, at every threshold."""
    bars = _thresholds(benign, attacks)
    return Curve(_share_from(benign, bars), _share_from(attacks, bars))


def precision_recall(attacks: NDArray[np.float32], benign: NDArray[np.float32]) -> Curve:
    """Returns share of attacks found → share of the alerts that are attacks."""
    bars = _thresholds(benign, attacks)
    found = _share_from(attacks, bars)
    alerts = found * len(attacks) + _share_from(benign, bars) * len(benign)
    some = alerts > 0
    return Curve(found[some], found[some] * len(attacks) / alerts[some])


def alerting(scores: NDArray[np.float32], thresholds: Numbers) -> Numbers:
    """Returns the share of `scores` at or above each threshold."""
    return _share_from(scores, thresholds)


class Reliability(NamedTuple):
    """Bins of a score with what truly happens in them: (B,) each, empty bins left out.

    Attributes:
        score: mean score.
        attacks: share of attacks.
        records: how many.
    """

    score: Numbers
    attacks: Numbers
    records: NDArray[np.intp]


def reliability(
    breach: NDArray[np.float32], labels: NDArray[np.uint8], bins: int = 10
) -> Reliability:
    """Returns the reliability of `breach` in equal bins of [0, 1]."""
    place = np.minimum((breach * bins).astype(np.intp), bins - 1)
    count = np.bincount(place, minlength=bins)
    some = count > 0
    scores = np.bincount(place, weights=breach, minlength=bins)[some] / count[some]
    attacks = np.bincount(place, weights=labels, minlength=bins)[some] / count[some]
    return Reliability(scores, attacks, count[some])


def _thresholds(benign: NDArray[np.float32], attacks: NDArray[np.float32]) -> Numbers:
    """Thresholds from high to low, dense where few of the benign alert."""
    ordered = np.sort(benign)[::-1]
    ranks = np.unique(np.geomspace(1, len(ordered), _POINTS).astype(np.intp)) - 1
    spread = np.quantile(attacks, np.linspace(0, 1, _POINTS))
    every = np.unique(np.concatenate((ordered[ranks], spread, [0.0, np.nextafter(1.0, 2.0)])))
    return every[::-1].astype(np.float64)


def _share_from(scores: NDArray[np.float32], thresholds: Numbers) -> Numbers:
    ordered = np.sort(scores).astype(np.float64)
    return 1 - np.searchsorted(ordered, thresholds, side="left") / len(ordered)

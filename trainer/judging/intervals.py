"""Shares with the confidence that their counts allow."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

_Z = 1.959963984540054  # two-sided 95 % of the normal distribution


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `total` records.

    Attributes:
        count: records of the kind that is counted.
        total: all records.
    """

    count: int
    total: int

    @property
    def rate(self) -> float | None:
        """In [0, 1]; None of no records."""
        return self.count / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the rate; (0, 1) of no records.

        Wilson's score interval: E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212. It takes the
        records as independent; a log repeats itself, so its true interval is wider.
        """
        if not self.total:
            return 0.0, 1.0
        n, rate = self.total, self.count / self.total
        middle = rate + _Z**2 / (2 * n)
        half = _Z * sqrt(rate * (1 - rate) / n + _Z**2 / (4 * n**2))
        scale = 1 + _Z**2 / n
        return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)

    def to_json(self) -> dict[str, Any]:
        """Returns count, total, rate and interval."""
        return {
            "count": self.count,
            "of": self.total,
            "rate": self.rate,
            "interval": list(self.interval) if self.total else None,
        }

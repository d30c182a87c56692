"""The table: what each detector does on each set and each family."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.evaluation import FALSE_ALARM_RATES, detection_rate, roc_auc
from trainer.judging.held_out import POOL, RENDERED, SETS, Held
from trainer.judging.intervals import Share
from trainer.judging.texts import Verdicts

ORDER = (*SETS, RENDERED)
_ENOUGH = 100  # harmless records of a set's own for a rate against them


@dataclass(frozen=True, slots=True)
class Row:
    """What one detector does on one set, or on one family of it.

    Attributes:
        set: one of ORDER.
        family: as the set tells families apart, several joined by "/"; None for the whole set.
        detector: its name.
        false_alarms: harmless records that alert; of a family, of none.
        found: attacks that alert.
        distinct: distinct texts among the records.
        rates: false-alarm rate → share of the attacks found where so many of the pooled harmless
            records (POOL) alert; None without attacks.
        own_rate: the same where 1 % of the set's own harmless records alert; None where the set has
            fewer than a hundred or no attacks.
        roc_auc: against the set's own harmless records where it has any, else the pooled.
        length_auc: the same of the text's length alone, in the better direction.
        family_right: attacks whose family is named rightly, of those with a known one.
    """

    set: str
    family: str | None
    detector: str
    false_alarms: Share
    found: Share
    distinct: int
    rates: dict[float, float | None]
    own_rate: float | None
    roc_auc: float | None
    length_auc: float | None
    family_right: Share

    def to_json(self) -> dict[str, Any]:
        """Returns all figures."""
        return {
            "set": self.set,
            "family": self.family,
            "detector": self.detector,
            "false_alarms": self.false_alarms.to_json(),
            "found": self.found.to_json(),
            "distinct": self.distinct,
            "found_at_pooled_false_alarms": {f"{rate:g}": n for rate, n in self.rates.items()},
            "found_at_own_false_alarms": {"0.01": self.own_rate},
            "roc_auc": self.roc_auc,
            "length_only_roc_auc": self.length_auc,
            "family_right": self.family_right.to_json(),
        }


def rows(records: Sequence[Held], texts: Sequence[bytes], judged: Sequence[Verdicts]) -> list[Row]:
    """Returns the table: set by set, each detector's row, then its rows by family.

    Args:
        records: see held_out.
        texts: their texts.
        judged: what each detector says of the texts.
    """
    table = _Table(records, texts)
    found = []
    for name in ORDER:
        members = table.members(name)
        if not len(members):
            continue
        found += [table.row(verdicts, name, None, members) for verdicts in judged]
        for family, of_family in table.by_family(members):
            found += [table.row(verdicts, name, family, of_family) for verdicts in judged]
    return found


class _Table:
    def __init__(self, records: Sequence[Held], texts: Sequence[bytes]) -> None:
        self._records = records
        self._texts = texts
        self._labels = np.array([held.sample.label for held in records], np.uint8)
        self._sets = np.array([held.set for held in records])
        self._lengths = np.fromiter(map(len, texts), np.float64, len(texts))
        self._pool = np.flatnonzero(np.isin(self._sets, POOL) & (self._labels == 0))

    def members(self, name: str) -> NDArray[np.intp]:
        return np.flatnonzero(self._sets == name)

    def by_family(self, members: Iterable[int]) -> Iterable[tuple[str, NDArray[np.intp]]]:
        found: dict[str, list[int]] = defaultdict(list)
        for row in members:
            if self._records[row].families:
                found[self._records[row].sample.family].append(row)
        for family in sorted(found):
            yield family, np.array(found[family])

    def row(
        self, verdicts: Verdicts, name: str, family: str | None, members: NDArray[np.intp]
    ) -> Row:
        attacks = members[self._labels[members] == 1]
        own = members[self._labels[members] == 0]
        against = own if len(own) else self._pool
        length_auc = _auc(self._lengths, attacks, against)
        return Row(
            set=name,
            family=family,
            detector=verdicts.detector,
            false_alarms=Share(int(verdicts.alerts[own].sum()), len(own)),
            found=Share(int(verdicts.alerts[attacks].sum()), len(attacks)),
            distinct=len({self._texts[row] for row in members}),
            rates={
                rate: _rate(verdicts.breach, attacks, self._pool, rate)
                for rate in FALSE_ALARM_RATES
            },
            own_rate=_rate(verdicts.breach, attacks, own, 0.01) if len(own) >= _ENOUGH else None,
            roc_auc=_auc(verdicts.breach, attacks, against),
            length_auc=None if length_auc is None else max(length_auc, 1 - length_auc),
            family_right=self._family_right(verdicts, attacks),
        )

    def _family_right(self, verdicts: Verdicts, attacks: Iterable[int]) -> Share:
        if verdicts.families is None:
            return Share(0, 0)
        known = [row for row in attacks if self._records[row].families]
        right = sum(verdicts.families[row] in self._records[row].families for row in known)
        return Share(right, len(known))


def _auc(scores: NDArray[Any], attacks: NDArray[np.intp], benign: NDArray[np.intp]) -> float | None:
    return roc_auc(*_both(scores, attacks, benign))


def _rate(
    scores: NDArray[np.float32], attacks: NDArray[np.intp], benign: NDArray[np.intp], rate: float
) -> float | None:
    return detection_rate(*_both(scores, attacks, benign), rate)


def _both(
    scores: NDArray[Any], attacks: NDArray[np.intp], benign: NDArray[np.intp]
) -> tuple[NDArray[Any], NDArray[np.uint8]]:
    labels = np.repeat(np.array([1, 0], np.uint8), (len(attacks), len(benign)))
    return scores[np.concatenate((attacks, benign))], labels

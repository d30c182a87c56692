"""Judges a bundle on everything: the sets, the evasions, beside the rival and the rule set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detector.bundle import Bundle
from trainer.judging import evasions, table
from trainer.judging.evasions import EvasionRow
from trainer.judging.held_out import POOL, Held, held_out, payloads
from trainer.judging.published import RULES
from trainer.judging.rival import TRAINED_ON, rival_judge
from trainer.judging.table import Row
from trainer.judging.texts import Judge, Verdicts, bundle_judge, texts_of


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A bundle judged, with what it was judged on.

    Attributes:
        bundle: its label.
        records: what it was judged on.
        texts: their texts.
        judged: what the bundle, then the rival where scikit-learn is there, says of the texts.
        rows: the table.
        evasions: the table of the evasions.
    """

    bundle: str
    records: Sequence[Held]
    texts: Sequence[bytes]
    judged: Sequence[Verdicts]
    rows: Sequence[Row]
    evasions: Sequence[EvasionRow]

    def to_json(self) -> dict[str, Any]:
        """Returns all figures, to write down."""
        return {
            "bundle": self.bundle,
            "thresholds": {verdicts.detector: verdicts.threshold for verdicts in self.judged},
            "pooled": list(POOL),
            "table": [row.to_json() for row in self.rows],
            "evasions": [row.to_json() for row in self.evasions],
            "published": {
                name: {on: figures._asdict() for on, figures in sets.items()}
                for name, sets in RULES.items()
            },
        }


def evaluate(bundle: Bundle, data: Path, sample: int | None = None) -> Evaluation:
    """Judges `bundle`.

    Args:
        bundle: the model.
        data: the data folder.
        sample: at most so many records of a set, pairs of an evasion; and the rival learns from 20
            times as many. None for all.

    Raises:
        CorpusError: `data` lacks a file.
    """
    settings = bundle.spec.text
    records = held_out(data, sample)
    texts = texts_of((held.sample.request for held in records), settings)
    judges: list[Judge] = [bundle_judge(bundle)]
    if has_rival():
        judges.append(rival_judge(data, settings, min(20 * (sample or TRAINED_ON), TRAINED_ON)))
    judged = [judge(texts) for judge in judges]
    pairs = evasions.every_pair(data, payloads(records), sample)
    return Evaluation(
        bundle=bundle.label,
        records=records,
        texts=texts,
        judged=judged,
        rows=table.rows(records, texts, judged),
        evasions=evasions.rows(pairs, judges, settings),
    )


def has_rival() -> bool:
    """Tells whether scikit-learn is installed, so that the rival can be had."""
    try:
        import sklearn  # noqa: F401, PLC0415 - an extra
    except ModuleNotFoundError:
        return False
    return True

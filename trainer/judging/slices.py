"""Where a detector is weak: its records by family, length, source or placement, worst first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from detector.terminal import visible
from trainer.judging.held_out import Held
from trainer.judging.intervals import Share
from trainer.judging.texts import Verdicts

By = Literal["family", "length", "source", "placement"]
BY: tuple[By, ...] = ("family", "length", "source", "placement")

_LENGTHS = (32, 64, 128, 256, 512, 1024, 4096)  # bytes, upper ends
_SHOWN = 3
_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Slice:
    """What a detector does on the attacks, or the harmless records, of one kind.

    Attributes:
        name: the family, range of lengths, source or placement.
        label: 1 for attacks, 0 for the harmless.
        wrong: attacks missed, or false alarms.
        examples: the texts that it gets most wrong, shortened to fit a line, with their scores.
    """

    name: str
    label: int
    wrong: Share
    examples: tuple[tuple[float, str], ...]

    def to_json(self) -> dict[str, Any]:
        """Returns all of it."""
        return {
            "name": self.name,
            "label": self.label,
            "wrong": self.wrong.to_json(),
            "examples": [{"score": score, "text": text} for score, text in self.examples],
        }


def slices(
    records: Sequence[Held], texts: Sequence[bytes], verdicts: Verdicts, by: By
) -> list[Slice]:
    """Returns the attacks' slices, then those of the harmless, each worst first.

    Worst is what is surely bad: the lower end of the interval of the share that goes wrong, so that
    three records missed of three do not come before eighty of a hundred.

    Args:
        records: see held_out.
        texts: their texts.
        verdicts: what one detector says of them.
        by: what to tell records apart by. Harmless records have no family; there their source
            takes its place.
    """
    members: dict[tuple[int, str], list[int]] = defaultdict(list)
    for row, (held, text) in enumerate(zip(records, texts, strict=True)):
        members[held.sample.label, _kind(held, text, by)].append(row)
    found = [_slice(name, label, rows, texts, verdicts) for (label, name), rows in members.items()]
    return sorted(found, key=lambda one: (-one.label, -one.wrong.interval[0], one.name))


def shortened(text: bytes) -> str:
    """Returns `text` as one safe line, its middle left out where it is long."""
    line = visible(text.decode("utf-8", "replace"))
    if len(line) <= _CHARACTERS:
        return line
    half = (_CHARACTERS - 3) // 2
    return f"{line[:half]} … {line[-half:]}"


def _kind(held: Held, text: bytes, by: By) -> str:
    sample = held.sample
    if by == "length":
        return _range(len(text))
    if by == "source" or (by == "family" and not sample.label):
        return held.set if held.set == sample.source else f"{held.set}: {sample.source}"
    return sample.family if by == "family" else sample.placement


def _range(length: int) -> str:
    low = 0
    for high in _LENGTHS:
        if length <= high:
            return f"{low + 1:,} to {high:,} bytes"
        low = high
    return f"over {low:,} bytes"


def _slice(
    name: str, label: int, rows: Sequence[int], texts: Sequence[bytes], verdicts: Verdicts
) -> Slice:
    alerts = verdicts.alerts
    wrong = [row for row in rows if alerts[row] != bool(label)]
    sign = 1 if label else -1
    wrong.sort(key=lambda row: (sign * float(verdicts.breach[row]), texts[row]))
    return Slice(
        name=name,
        label=label,
        wrong=Share(len(wrong), len(rows)),
        examples=tuple(_examples(wrong, texts, verdicts.breach)),
    )


def _examples(
    rows: Iterable[int], texts: Sequence[bytes], breach: np.ndarray[Any, np.dtype[np.float32]]
) -> list[tuple[float, str]]:
    found: dict[str, float] = {}
    for row in rows:
        found.setdefault(shortened(texts[row]), float(breach[row]))
        if len(found) == _SHOWN:
            break
    return [(score, line) for line, score in found.items()]

"""A store from which something of about a given length can be drawn."""

from __future__ import annotations

from math import log
from random import Random
from typing import Generic, TypeVar

from trainer.benign.lexicon import pick

T = TypeVar("T")

_STEP = log(1.12)
_KEPT = 64


class ByLength(Generic[T]):
    """Keeps the latest few items of each length; lengths are told apart in steps of 12 %."""

    def __init__(self) -> None:
        self._shelves: dict[int, list[T]] = {}
        self._turns: dict[int, int] = {}

    def put(self, length: int, item: T) -> None:
        """Keeps `item`; the oldest of its length goes where there are many."""
        shelf_number = _shelf(length)
        shelf = self._shelves.setdefault(shelf_number, [])
        if len(shelf) < _KEPT:
            shelf.append(item)
            return
        turn = self._turns.get(shelf_number, 0)
        shelf[turn] = item
        self._turns[shelf_number] = (turn + 1) % _KEPT

    def near(self, length: int, rng: Random) -> T:
        """Returns an item of the nearest length that there is.

        Raises:
            LookupError: nothing was put.
        """
        if not self._shelves:
            raise LookupError("found no items, expected some; put them first.")
        wanted = _shelf(length)
        number = (
            wanted
            if wanted in self._shelves
            else min(
                self._shelves, key=lambda shelf_number: (abs(shelf_number - wanted), shelf_number)
            )
        )
        return pick(rng, self._shelves[number])


def _shelf(length: int) -> int:
    return int(log(max(1, length)) / _STEP)

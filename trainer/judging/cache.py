"""Keeps what is slow to make in `.cache/`, until the code or the data that it came from changes."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import detector.text
import trainer

FOLDER = Path(".cache/evaluate")
"""Where it is kept, under the working folder. It may be deleted at any time."""

_GENERATORS = ("attacks", "benign", "evasion", "placement")
_SOURCES = (".py", ".txt", ".rules")


@cache
def fingerprint(data: Path, recipe: str) -> str:
    """Returns a name for the state of the generators' code and of the files under `data`.

    Args:
        data: the data folder.
        recipe: path of the module that says what is made.
    """
    digest = blake2b(digest_size=8)
    package = Path(trainer.__file__).parent
    code = (
        file
        for folder in _GENERATORS
        for file in (package / folder).rglob("*")
        if file.suffix in _SOURCES
    )
    for file in sorted((*code, *package.glob("*.py"), Path(detector.text.__file__), Path(recipe))):
        digest.update(file.read_bytes())
    for file in sorted(data.rglob("*.gz")):
        digest.update(f"{file.name} {file.stat().st_size}".encode())
    return digest.hexdigest()


def kept(name: str, make: Callable[[], list[Any]]) -> list[Any]:
    """Returns the list kept as `name`, made by `make` the first time.

    Args:
        name: says all that the list depends on.
        make: returns what JSON can hold; tuples come back as lists.
    """
    file = FOLDER / f"{name}.json.gz"
    if file.exists():
        with gzip.open(file, "rt", encoding="ascii") as stored:
            found: list[Any] = json.load(stored)
            return found
    made = make()
    with replacing(file) as part, gzip.open(part, "wt", compresslevel=1, encoding="ascii") as out:
        json.dump(made, out)
    return made


class replacing:  # noqa: N801 - reads as a statement
    """Gives a path to write to that takes `file`'s place once it is whole."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._part = file.with_name(f"{os.getpid()}-{file.name}")

    def __enter__(self) -> Path:
        """Makes the folder and returns the path."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        return self._part

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        """Puts the file in its place, or removes it after an error."""
        if error is None:
            self._part.replace(self._file)
        else:
            self._part.unlink(missing_ok=True)

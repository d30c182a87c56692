"""Random text from rules: «name» in an alternative stands for one alternative of that name.

A rules file holds one alternative a line under a heading `= name`. A line that stands twice is
drawn twice as often; blank lines mean nothing. «nothing», «sp», «nl», «cr», «tab», «nul» and «nbsp»
stand for what a line cannot show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from random import Random

Rules = Mapping[str, Sequence[str] | Callable[[Random], str]]

_NAME = re.compile("«([a-z_0-9]+)»")
_INVISIBLE = {
    "nothing": "",
    "sp": " ",
    "nl": "\n",
    "cr": "\r",
    "tab": "\t",
    "nul": "\0",
    "nbsp": "\u00a0",
}


def expand(rng: Random, rules: Rules, text: str) -> str:
    """Replaces each «name» in `text` by an alternative drawn from `rules`, all the way down.

    Args:
        rng: where chance comes from.
        rules: name → alternatives, or a function that draws one.
        text: what to expand.

    Raises:
        KeyError: a name has no rule.
    """

    def draw(match: re.Match[str]) -> str:
        name = match[1]
        if name in _INVISIBLE:
            return _INVISIBLE[name]
        alternatives = rules[name]
        if callable(alternatives):
            return alternatives(rng)
        return expand(rng, rules, rng.choice(alternatives))

    return _NAME.sub(draw, text)


def load(package: str, file: str) -> dict[str, list[str]]:
    """Reads the rules file `file` that lies in `package`."""
    rules: dict[str, list[str]] = {}
    alternatives: list[str] = []
    for line in files(package).joinpath(file).read_text("utf-8").split("\n"):
        if line.startswith("= "):
            alternatives = rules.setdefault(line[2:], [])
        elif line:
            alternatives.append(line)
    return rules

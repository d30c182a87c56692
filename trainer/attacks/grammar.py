"""A small grammar: text with holes, expanded at random.

A grammar file holds sections. A line `:: name` opens one; every following non-empty line is one
alternative of the symbol `name`. `:: attack` holds the productions. Text before the first
section is for people. In a line, `«…»` is a hole:

- `«name»`        one alternative of the symbol, or what the function of that name makes
- `«a¦b¦c»`       one of the alternatives written there, any of which may be empty
- `«x:=name»`     as `«name»`, and `«x»` further on repeats the same text
- `«2-5*text»`    the text two to five times over, expanded anew each time
- `«name:text»`   the text through the function of that name (base64, url, …)
- `«*name»`       in a production: one production for each alternative of the symbol

A line that begins with `×3 ` counts three times. Holes nest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Final, NamedTuple

ATTACK: Final = "attack"
_HEADER: Final = re.compile(r":: ([\w-]+)\s*$")
_WEIGHT: Final = re.compile(r"×(\d+) ")
_REPEAT: Final = re.compile(r"(\d+)-(\d+)\*")
_EACH: Final = re.compile(r"«\*([\w-]+)»")
_WORD: Final = re.compile(r"([\w-]+):(=?)")

Maker = Callable[[Random], str]
Wrapper = Callable[[str, Random], str]


class State(NamedTuple):
    """One expansion under way: its random numbers and the names bound so far."""

    rng: Random
    bound: dict[str, str]


Node = Callable[[State], str]


class Grammar:
    """Symbols and productions, compiled once.

    Args:
        text: the grammar file.
        makers: functions that stand for a symbol.
        wrappers: functions that take a text.
        shared: a grammar whose symbols this one may also use.

    Attributes:
        productions: each line of `:: attack` → its weight, in order.

    Raises:
        ValueError: a hole is not closed, or a name is known neither as symbol nor as function.
    """

    def __init__(
        self,
        text: str,
        makers: Mapping[str, Maker],
        wrappers: Mapping[str, Wrapper],
        shared: Grammar | None = None,
    ) -> None:
        self._makers = makers
        self._wrappers = wrappers
        self._lines: dict[str, list[tuple[float, str]]] = dict(shared._lines) if shared else {}
        self._lines.update(_sections(text))
        attack = [
            alternative
            for weight, line in self._lines.pop(ATTACK, [])
            for alternative in self._each(weight, line)
        ]
        self._nodes: dict[str, Node] = {}
        self._roots = {line: self._compile(line) for _, line in attack}
        self.productions = {line: weight for weight, line in attack}

    def expand(self, production: str, rng: Random) -> str:
        """Returns one text of `production`, which must be one of `productions`."""
        return self._roots[production](State(rng, {}))

    def _each(self, weight: float, line: str) -> list[tuple[float, str]]:
        """Writes a production out for each alternative of its `«*name»`; the weight is shared."""
        match = _EACH.search(line)
        if not match:
            return [(weight, line)]
        options = self._lines[match[1]]
        share = weight / sum(times for times, _ in options)
        head, tail = line[: match.start()], line[match.end() :]
        return [(share * times, f"{head}{option}{tail}") for times, option in options]

    def _compile(self, text: str) -> Node:
        return self._scoped(text, frozenset())[0]

    def _scoped(self, text: str, names: frozenset[str]) -> tuple[Node, frozenset[str]]:
        """Compiles `text`, given the names bound before it; returns also those bound after it."""
        nodes: list[Node] = []
        for literal, hole in _parts(text):
            if literal:
                nodes.append(_literal(literal))
            if hole is not None:
                node, names = self._hole(hole, names)
                nodes.append(node)
        if len(nodes) == 1:
            return nodes[0], names
        return lambda state: "".join([node(state) for node in nodes]), names

    def _hole(self, hole: str, names: frozenset[str]) -> tuple[Node, frozenset[str]]:
        choices = _alternatives(hole)
        if len(choices) > 1:
            return _choice([self._scoped(choice, names)[0] for choice in choices]), names
        if match := _REPEAT.match(hole):
            low, high = int(match[1]), int(match[2])
            body = self._scoped(hole[match.end() :], names)[0]
            return (
                lambda state: "".join([body(state) for _ in range(state.rng.randint(low, high))]),
                names,
            )
        if match := _WORD.match(hole):
            rest = hole[match.end() :]
            if match[2]:
                return _bind(match[1], self._symbol(rest, names)), names | {match[1]}
            body, names = self._scoped(rest, names)
            return self._wrap(match[1], body), names
        return self._symbol(hole, names), names

    def _wrap(self, name: str, body: Node) -> Node:
        if name not in self._wrappers:
            known = ", ".join(sorted(self._wrappers))
            raise ValueError(f"«{name}:…»: found no such function, expected one of {known}.")
        wrapper = self._wrappers[name]
        return lambda state: wrapper(body(state), state.rng)

    def _symbol(self, name: str, names: frozenset[str]) -> Node:
        if name in names:
            return lambda state: state.bound[name]
        if name in self._makers:
            maker = self._makers[name]
            return lambda state: maker(state.rng)
        if name not in self._lines:
            raise ValueError(f"«{name}»: found no such symbol, expected a section `:: {name}`.")
        if name not in self._nodes:
            self._nodes[name] = lambda state: self._nodes[name](state)  # noqa: PLW0108 - set below
            lines = self._lines[name]
            compiled = [(weight, self._compile(line)) for weight, line in lines]
            node = _choice([node for weight, node in compiled for _ in range(int(weight))])
            binds = any(":=" in line for _, line in lines)
            self._nodes[name] = _apart(node) if binds else node
        return self._nodes[name]


def _literal(text: str) -> Node:
    return lambda state: text


def _choice(options: list[Node]) -> Node:
    return lambda state: options[int(state.rng.random() * len(options))](state)


def _apart(node: Node) -> Node:
    """Keeps what a symbol binds from the text that holds the symbol."""
    return lambda state: node(State(state.rng, {}))


def _bind(name: str, node: Node) -> Node:
    def bound(state: State) -> str:
        state.bound[name] = text = node(state)
        return text

    return bound


def _sections(text: str) -> dict[str, list[tuple[float, str]]]:
    sections: dict[str, list[tuple[float, str]]] = {}
    lines: list[tuple[float, str]] = []
    for line in text.split("\n"):
        if header := _HEADER.match(line):
            lines = sections.setdefault(header[1], [])
        elif line:
            weight = _WEIGHT.match(line)
            lines.append((int(weight[1]), line[weight.end() :]) if weight else (1, line))
    return sections


def _parts(text: str) -> list[tuple[str, str | None]]:
    """Splits into (literal, the hole after it), nesting respected."""
    parts: list[tuple[str, str | None]] = []
    start = depth = opened = 0
    for position, character in enumerate(text):
        if character == "«":
            if depth == 0:
                opened = position
            depth += 1
        elif character == "»":
            depth -= 1
            if depth == 0:
                parts.append((text[start:opened], text[opened + 1 : position]))
                start = position + 1
        if depth < 0:
            break
    if depth:
        raise ValueError(f"Found a hole that is not closed or not opened in: {text}")
    return [*parts, (text[start:], None)]


def _alternatives(hole: str) -> list[str]:
    """Splits at each ¦ that no inner hole holds."""
    choices, depth, start = [], 0, 0
    for position, character in enumerate(hole):
        depth += (character == "«") - (character == "»")
        if character == "¦" and depth == 0:
            choices.append(hole[start:position])
            start = position + 1
    return [*choices, hole[start:]]

"""From a corpus's raw string to an attack, or to the rule by which it is none."""

from __future__ import annotations

import re
from hashlib import sha256
from random import Random
from typing import Final, Literal, NamedTuple
from urllib.parse import unquote, unquote_plus

from trainer.attacks.generator import grammar
from trainer.attacks.rules import SENSITIVE_PATH, family_of
from trainer.attacks.words import MAKERS

DROPS: Final[dict[str, str]] = {
    "notes": "the list's own notes: descriptions, tags, headings, comments",
    "short": "three characters or fewer",
    "template": "a mark is left that nothing was filled in for",
    "harmless": "no rule finds the syntax of an attack: fuzz tokens, bare words, numbers, commands",
    "ordinary path": "a path that ordinary clients may ask for too",
    "repeated": "the same text as an earlier one, encoding and case undone",
    "test": "the same text stands in a test set",
}
"""Rule → why a string that falls under it is no attack to learn from."""

CHANGES: Final[dict[str, str]] = {
    "filled": "marks such as {FILE} filled in",
    "moved": "the content shows another family than the corpus's",
    "decoded": "percent-encoding undone",
}
"""Rule → how a string that falls under it was changed."""

Drop = Literal["notes", "short", "template", "harmless", "ordinary path"]

_SHORT: Final = 3
_NOTES: Final = re.compile(
    r"exploit (?:name|description|tags)\s*:|^\s*#+ |^--\s+\w+ |\t\t|\.\.\.\s*$", re.I
)
_LABEL: Final = re.compile(r"^exploit string\s*:\s*", re.I)
_LEFT: Final = re.compile(
    r"XXpathXX|__TIME__|\{(?:FILE|file|DOMAIN|IP|HOST)\}|%\(\w+\)s|<(?:filepath|username|password)>"
)
_ENCODED: Final = re.compile(
    r"(?:[\w.~*'()!-]|%[0-9a-fA-F]{2}|\+)*%[0-9a-fA-F]{2}(?:[\w.~*'()!-]|%[0-9a-fA-F]{2}|\+)*"
)
_LOGGED: Final = re.compile(r"\|\d+\|[0-9a-f]+\|.*$")  # an IIS log's error after the address
_FILES: Final = (
    "etc/passwd",
    "etc/passwd",
    "etc/shadow",
    "etc/hosts",
    "boot.ini",
    "windows/win.ini",
)


class Cleaned(NamedTuple):
    """A string that is an attack.

    Attributes:
        text: the attack, marks filled in and the corpus's own encoding undone.
        family: by content.
        changes: keys of CHANGES.
    """

    text: str
    family: str
    changes: tuple[str, ...]


def clean(text: str, hint: str, encoded: bool = False) -> Cleaned | Drop:
    """Judges one string of a corpus.

    Args:
        text: as the corpus has it.
        hint: the family that the corpus names.
        encoded: whether the whole corpus is form-encoded.

    Returns:
        The attack, or the key of DROPS that says why it is none.
    """
    changes = []
    if _NOTES.search(text):
        return "notes"
    text = _LABEL.sub("", text)
    filled = fill(text)
    if filled != text:
        changes.append("filled")
    text = filled
    if encoded or (hint != "traversal" and _ENCODED.fullmatch(text)):
        changes.append("decoded")
        text = unquote_plus(text, errors="surrogateescape")
    if len(text.strip()) <= _SHORT:
        return "short"
    if _LEFT.search(text):
        return "template"
    family = family_of(plain(text), hint)
    if family is None:
        return "harmless"
    if family != hint:
        changes.append("moved")
    return Cleaned(text, family, tuple(changes))


def clean_path(path: str) -> Cleaned | Drop:
    """Judges one path of a scanner's list: kept when it is an attack or asks for a secret."""
    if _NOTES.search(path):
        return "notes"
    path = _LOGGED.sub("", path).replace('\\"', '"').replace("\\\\", "\\")
    path = fill("/" + path.lstrip("/"))
    if _LEFT.search(path):
        return "template"
    text = plain(path)
    family = family_of(text)
    if family is None and SENSITIVE_PATH.search(text.partition("?")[0]):
        family = "probe"
    return Cleaned(path, family, ()) if family else "ordinary path"


def fill(text: str) -> str:
    """Fills in the marks that corpora leave: the same text always in the same way."""
    if not _LEFT.search(text):
        return text
    rng = Random(sha256(text.encode("utf-8", "surrogatepass")).digest())
    text = text.replace("XXpathXX", _shell(rng))
    text = text.replace("__TIME__", MAKERS["digit"](rng))
    text = re.sub(r"\{(?:FILE|file)\}", lambda _: rng.choice(_FILES), text)
    text = re.sub(r"<(?:username|password)>", lambda _: MAKERS["word"](rng), text)
    return re.sub(r"%\(\w+\)s", lambda _: f"alert({rng.randint(1, 9999)})", text)


def _shell(rng: Random) -> str:
    remote = grammar("rfi")
    production = next(iter(remote.productions))
    return remote.expand(production, rng).rstrip("?\0")


def plain(text: str) -> str:
    """Returns `text` decoded as the canonical text is, in lower case."""
    return undone(text, rounds=3).lower()


def undone(text: str, rounds: int) -> str:
    """Undoes percent-encoding; bytes that are not UTF-8 become surrogate escapes (PEP 383)."""
    for _ in range(rounds):
        if "%" not in text:
            break
        text = unquote(text, errors="surrogateescape")
    return text

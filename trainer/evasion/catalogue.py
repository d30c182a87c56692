"""Every evasion: its name, what it may rewrite, and who decodes it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final, Literal, NamedTuple

from trainer.evasion import encodings, markup, padding, parameters, shell, sql
from trainer.families import FAMILIES

Stage = Literal["text", "wire", "query"]
"""What an evasion's result is: the value that the application gets, still to be encoded for its
place; the value as sent, not to be encoded again; or the whole query as sent."""

Place = Literal["query", "form", "path", "json"]


class Evasion(NamedTuple):
    """One transformation that keeps an attack working.

    Attributes:
        name: how tables call it.
        apply: (text, rng) → the text rewritten; the text itself where there is nothing to rewrite.
        families: the families that it may rewrite.
        stage: what the result is.
        places: where the result may stand.
    """

    name: str
    apply: Callable[[str, Random], str]
    families: frozenset[str]
    stage: Stage
    places: frozenset[Place]


_ALL: Final = frozenset(FAMILIES) - {"webshell", "probe"}
_ANYWHERE: Final[frozenset[Place]] = frozenset(("query", "form", "path", "json"))
_PERCENT: Final[frozenset[Place]] = frozenset(("query", "form", "path"))
_JSON: Final[frozenset[Place]] = frozenset(("json",))
_QUERY: Final[frozenset[Place]] = frozenset(("query",))
_VALUE: Final[frozenset[Place]] = frozenset(("query", "form", "json"))
_SQL: Final = frozenset(("sqli",))
_XSS: Final = frozenset(("xss",))
_SHELL: Final = frozenset(("cmdi",))
_WHOLE_VALUE: Final = frozenset(("xxe", "rfi", "deserialisation", "traversal", "ssrf", "nosql"))

_LIST: Final = (
    Evasion("pad before", padding.pad_before, _ALL - _WHOLE_VALUE, "text", _VALUE),
    Evasion("pad after", padding.pad_after, _ALL - _WHOLE_VALUE, "text", _VALUE),
    Evasion("pad around", padding.pad_around, _ALL - _WHOLE_VALUE, "text", _VALUE),
    Evasion("pad 16 KiB", padding.pad_far, _ALL - _WHOLE_VALUE, "text", _VALUE),
    Evasion("percent all", encodings.percent_all, _ALL, "wire", _PERCENT),
    Evasion("percent some", encodings.percent_some, _ALL, "wire", _PERCENT),
    Evasion("percent double", encodings.percent_double, _ALL, "wire", _PERCENT),
    Evasion("percent triple", encodings.percent_triple, _ALL, "wire", _PERCENT),
    Evasion("percent u", encodings.percent_u, _ALL, "wire", _PERCENT),
    Evasion(
        "overlong", encodings.overlong, frozenset(("traversal", "xss", "sqli")), "wire", _PERCENT
    ),
    Evasion(
        "fullwidth",
        encodings.fullwidth,
        frozenset(("xss", "sqli", "traversal", "ssti", "cmdi")),
        "text",
        _ANYWHERE,
    ),
    Evasion("json u", encodings.json_unicode, _ALL, "wire", _JSON),
    Evasion("json u all", encodings.json_unicode_all, _ALL, "wire", _JSON),
    Evasion("entities", encodings.html_entities, frozenset(("xss", "sqli", "xxe")), "text", _VALUE),
    Evasion("attribute entities", markup.attribute_entities, _XSS, "text", _ANYWHERE),
    Evasion("html case", markup.html_case, _XSS, "text", _ANYWHERE),
    Evasion("html gap", markup.html_gap, _XSS, "text", _ANYWHERE),
    Evasion("html equals", markup.html_equals, _XSS, "text", _ANYWHERE),
    Evasion("scheme breaks", markup.scheme_breaks, _XSS, "text", _ANYWHERE),
    Evasion("script names", markup.script_names, _XSS, "text", _ANYWHERE),
    Evasion("sql case", sql.sql_case, _SQL, "text", _ANYWHERE),
    Evasion("sql space", sql.sql_space, _SQL, "text", _ANYWHERE),
    Evasion("sql comment", sql.sql_comment, _SQL, "text", _ANYWHERE),
    Evasion("sql version comment", sql.sql_version_comment, _SQL, "text", _ANYWHERE),
    Evasion("sql comment rewriting", sql.sql_comment_rewriting, _SQL, "text", _ANYWHERE),
    Evasion("sql number", sql.sql_number, _SQL, "text", _ANYWHERE),
    Evasion("sql tautology", sql.sql_tautology, _SQL, "text", _ANYWHERE),
    Evasion("sql operator", sql.sql_operator, _SQL, "text", _ANYWHERE),
    Evasion("sql invariant", sql.sql_invariant, _SQL, "text", _ANYWHERE),
    Evasion("sql string", sql.sql_string, _SQL, "text", _ANYWHERE),
    Evasion("shell quotes", shell.shell_quotes, _SHELL, "text", _ANYWHERE),
    Evasion("shell backslash", shell.shell_backslash, _SHELL, "text", _ANYWHERE),
    Evasion("shell space", shell.shell_space, _SHELL, "text", _ANYWHERE),
    Evasion("shell glob", shell.shell_glob, _SHELL, "text", _ANYWHERE),
    Evasion("shell base64", shell.shell_base64, _SHELL, "text", _ANYWHERE),
    Evasion("pollution", parameters.pollute, _ALL, "query", _QUERY),
    Evasion("split", parameters.split_over_parameters, _SQL, "query", _QUERY),
)

EVASIONS: Final[dict[str, Evasion]] = {evasion.name: evasion for evasion in _LIST}
"""Every evasion by its name. To add one, write its function and add a line above."""


def evasions_for(family: str, place: Place) -> tuple[Evasion, ...]:
    """Returns the evasions of `family` that may stand at `place`."""
    return tuple(
        evasion
        for evasion in EVASIONS.values()
        if family in evasion.families and place in evasion.places
    )

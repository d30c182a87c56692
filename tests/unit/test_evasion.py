"""Evasions, one by one."""

from __future__ import annotations

import base64
import re
from random import Random

import pytest

from trainer.attacks import generate
from trainer.evasion import EVASIONS, evasions_for, pollute, split_over_parameters
from trainer.evasion.markup import html_gap, scheme_breaks, script_names
from trainer.evasion.padding import LONGEST, pad_far
from trainer.evasion.shell import shell_base64, shell_glob
from trainer.evasion.sql import (
    sql_comment_rewriting,
    sql_invariant,
    sql_operator,
    sql_tautology,
    sql_version_comment,
)
from trainer.families import FAMILIES


@pytest.mark.parametrize("name", EVASIONS)
def test_an_evasion_changes_some_attacks_and_is_repeatable(name: str) -> None:
    """Each evasion rewrites attacks of the families that it names, the same way for one seed."""
    evasion = EVASIONS[name]
    attacks = [
        generate(family, Random(f"{name}{index}")).text
        for family in sorted(evasion.families)
        for index in range(60)
    ]
    first, second = (
        [evasion.apply(text, rng) for text in attacks] for rng in (Random(5), Random(5))
    )
    assert first == second
    assert any(rewritten != text for rewritten, text in zip(first, attacks, strict=True))


def test_evasions_are_found_by_family_and_place() -> None:
    """A family gets the evasions that name it, at places where they hold."""
    assert {evasion.name for evasion in evasions_for("sqli", "json")} >= {"json u", "sql case"}
    assert "html case" not in {evasion.name for evasion in evasions_for("sqli", "query")}
    assert "percent all" not in {evasion.name for evasion in evasions_for("xss", "json")}
    assert all(evasion.families <= set(FAMILIES) for evasion in EVASIONS.values())


def test_padding_reaches_its_full_length() -> None:
    """The attack stands whole at the end of 16 KiB of harmless text."""
    padded = pad_far("' or 1=1--", Random(0))
    assert padded.endswith(" ' or 1=1--")
    assert len(padded) == LONGEST + len(" ' or 1=1--")


def test_tautologies_stay_true() -> None:
    """What stands for `5=5` is true when the database's operators are read as Python's."""
    rng = Random(1)
    for _ in range(300):
        rewritten = sql_tautology("1 or 5=5", rng).removeprefix("1 or ")
        assert _true(rewritten), rewritten


def test_an_invariant_keeps_the_comparison() -> None:
    """A term is added and nothing is taken away."""
    assert re.fullmatch(r"1' or 7=7 (?:AND|OR) .+-- ", sql_invariant("1' or 7=7-- ", Random(2)))


def test_operators_are_swapped_but_not_in_assignments() -> None:
    """OR and = change in conditions; an UPDATE keeps its equals sign."""
    rewritten = {sql_operator("1' or 2=2#", Random(seed)) for seed in range(30)}
    assert any("||" in text for text in rewritten)
    assert any("like" in text.lower() for text in rewritten)
    assert all("=" in sql_operator("1;update t set a=1", Random(seed)) for seed in range(30))


def test_comments_are_rewritten_and_stay_comments() -> None:
    """Only what the database skips changes."""
    rewritten = sql_comment_rewriting("1'/**/or/*x*/1=1-- tail", Random(4))
    assert re.fullmatch(r"1'/\*\w+\*/or/\*\w+\*/1=1-- \w+", rewritten)


def test_version_comments_leave_values_alone() -> None:
    """A word that is a value, not a function or keyword, stands bare."""
    assert sql_version_comment("user' or 1=1", Random(0)).startswith("user' /*!")


def test_base64_commands_decode_to_the_command() -> None:
    """The code in the rewritten command is the command."""
    rewritten = shell_base64(";cat /etc/passwd", Random(1))
    code = re.search(r"[A-Za-z0-9+/]{12,}={0,2}", rewritten)
    assert code
    assert base64.b64decode(code[0]) == b"cat /etc/passwd"


def test_globs_match_the_path() -> None:
    """The wildcards match the path that they stand for."""
    for seed in range(40):
        pattern = shell_glob("/etc/passwd", Random(seed))
        assert "?" in pattern
        assert re.fullmatch(pattern.replace("?", "."), "/etc/passwd")


def test_markup_stays_markup() -> None:
    """A tag keeps its name and attribute, a scheme its letters, a call its name once folded."""
    assert re.match(r"<img[/\s]+\d*/?src=x", html_gap("<img src=x>", Random(3)))
    broken = scheme_breaks("<a href='javascript:x'>", Random(0))
    assert re.sub(r"[\t\n]|&(?:Tab|NewLine|#\w+);", "", broken) == "<a href='javascript:x'>"
    assert script_names("alert(1)", Random(0)) != "alert(1)"


def test_a_split_joins_back_to_the_attack() -> None:
    """Joined with commas, as ASP does, and with comments skipped, the parts are the attack."""
    attack = "1 union select name from users"
    for seed in range(20):
        query = split_over_parameters(attack, Random(seed))
        values = [pair.partition("=")[2] for pair in query.split("&")]
        joined = ",".join(values).replace("%2F%2A,%2A%2F", "+").replace("+", " ")
        assert joined == attack


def test_pollution_names_one_parameter_several_times() -> None:
    """The attack is one of the values, the others are harmless."""
    query = pollute("' or 1=1", Random(0), "q")
    assert query.count("q=") >= 2
    assert "q=%27+or+1%3D1" in query.split("&")


def _true(expression: str) -> bool:
    if expression.startswith("NOT "):
        return not _true(expression.removeprefix("NOT "))
    if match := re.fullmatch(r"(\d+) BETWEEN (\d+) AND (\d+)", expression):
        return int(match[2]) <= int(match[1]) <= int(match[3])
    if match := re.fullmatch(r"(\d+) IN \((\d+),(\d+)\)", expression):
        return match[1] in (match[2], match[3])
    if expression.endswith(" IS NOT NULL"):
        return True
    match = re.fullmatch(r"(\S+?)\s*(LIKE|<>|=|<|>)\s*(\S+)", expression)
    assert match, expression
    left, operator, right = match[1].strip("()"), match[2], match[3].strip("()")
    if operator in ("<", ">"):
        return (int(left) < int(right)) == (operator == "<")
    return (left == right) != (operator == "<>")

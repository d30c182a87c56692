"""The cleaning of the public attack corpora."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from trainer.attacks.cleaning import DROPS, Cleaned, clean, clean_path, fill
from trainer.attacks.corpus import counts_table, load_attacks, skeleton
from trainer.families import FAMILIES

DATA = Path(__file__).parents[2] / "../shared/data"


@pytest.mark.parametrize(
    ("text", "hint", "rule"),
    [
        ("Exploit Description: Div expression", "xss", "notes"),
        ("Exploit Tags: general, evil tags", "xss", "notes"),
        ("id", "cmdi", "short"),
        ("'", "sqli", "short"),
        ("342.php", "cmdi", "harmless"),
        ("logrotate", "cmdi", "harmless"),
        ("iptables-save", "cmdi", "harmless"),
        ("ontoggle", "xss", "harmless"),
        ("Null Chars 1", "xss", "harmless"),
        ("<body>", "xss", "harmless"),
        ("/netbanking", "sqli", "harmless"),
        ("sqlvuln;", "sqli", "harmless"),
        ("?id=1&id=2", "crlf", "harmless"),
        ("pass.dat", "traversal", "harmless"),
        ("/x.php?path=XXpathXX{DOMAIN}", "rfi", "template"),
    ],
)
def test_what_is_harmless_alone_is_dropped(text: str, hint: str, rule: str) -> None:
    """Fuzz tokens, bare words, notes and marks are no attacks, and the rule says why."""
    assert clean(text, hint) == rule


@pytest.mark.parametrize(
    ("text", "hint", "family"),
    [
        ("' or 1=1--", "sqli", "sqli"),
        (" UNION ALL SELECT 1,2,3#", "sqli", "sqli"),
        ("1'));iif(5257=5257,1,1/0)", "sqli", "sqli"),
        ("<svg/onload=alert(1)>", "xss", "xss"),
        ("| ls -laR /var/www", "cmdi", "cmdi"),
        ("() { :;}; /bin/bash -c id", "cmdi", "cmdi"),
        ("../../../../etc/passwd", "traversal", "traversal"),
        ("%c0%ae%c0%ae/%c0%ae%c0%ae/boot.ini", "traversal", "traversal"),
    ],
)
def test_attacks_stay(text: str, hint: str, family: str) -> None:
    """What shows the syntax of its family stays as it is."""
    assert clean(text, hint) == Cleaned(text, family, ())


@pytest.mark.parametrize(
    ("text", "hint", "family"),
    [
        ('<!--#exec cmd="/bin/cat /etc/shadow"-->', "cmdi", "ssi"),
        ("<?php system('id');?>", "cmdi", "code"),
        ("eval('whoami');", "cmdi", "code"),
        ('<!DOCTYPE x[<!ENTITY x SYSTEM "http://h/t">]><y>&x;</y>', "xss", "xxe"),
        ("*(|(mail=*))", "sqli", "ldap"),
        ("/%0d%0aSet-Cookie:crlf=injection", "traversal", "crlf"),
    ],
)
def test_the_family_follows_the_content(text: str, hint: str, family: str) -> None:
    """A string in the wrong list is moved to the family that its content shows."""
    cleaned = clean(text, hint)
    assert isinstance(cleaned, Cleaned)
    assert cleaned.family == family
    assert "moved" in cleaned.changes


def test_an_encoded_corpus_is_decoded_once() -> None:
    """Form-encoding is the corpus's own and is undone; what it encoded stays."""
    cleaned = clean("1%27+or+1%3D1--+%2525", "sqli", encoded=True)
    assert cleaned == Cleaned("1' or 1=1-- %25", "sqli", ("decoded",))


def test_marks_are_filled_in_the_same_way_every_time() -> None:
    """{FILE} and XXpathXX become a file and an address, chosen by the text itself."""
    text = "../../../{FILE}"
    assert fill(text) == fill(text)
    assert "{FILE}" not in fill(text)
    filled = clean("/a.php?path=XXpathXX", "rfi")
    assert isinstance(filled, Cleaned)
    assert filled.changes == ("filled",)
    assert filled.text.startswith("/a.php?path=http")


@pytest.mark.parametrize(
    "path",
    ["/admin", "/images/", "/index.php", "login.aspx", "/console", "README.TXT", "146.php",
     "/_vti_bin/webs.asmx", "/test/fixtures/.gitkeep"],
)  # fmt: skip
def test_ordinary_paths_are_no_probes(path: str) -> None:
    """A path that ordinary clients may ask for is dropped."""
    assert clean_path(path) == "ordinary path"


@pytest.mark.parametrize(
    ("path", "family"),
    [
        (".git/config", "probe"),
        ("/.env", "probe"),
        ("/backup.sql", "probe"),
        ("actuator/heapdump", "probe"),
        ("/index.php.bak", "probe"),
        ("/x.cgi?f=../../../../etc/passwd", "traversal"),
        ("/x.cgi?f=|cat%20/etc/passwd|", "cmdi"),
        ("/x.php?q=<script>alert(1)</script>", "xss"),
    ],
)
def test_sensitive_paths_are_kept(path: str, family: str) -> None:
    """A scanner's path stays when it asks for a secret or carries an attack."""
    cleaned = clean_path(path)
    assert isinstance(cleaned, Cleaned)
    assert cleaned.family == family


def test_texts_written_out_from_one_share_a_skeleton() -> None:
    """Other tags, numbers and depths make no other skeleton; another attack does."""
    assert skeleton("<b onclick=alert(1)>x</b>") == skeleton("<td oncut=alert(77)>y</td>")
    assert skeleton("../../etc/passwd") == skeleton("../../../../../etc/passwd")
    assert skeleton("' or 1=1--") != skeleton("<b onclick=alert(1)>x</b>")


@pytest.mark.timeout(600)
def test_the_corpora_are_read_and_every_row_is_accounted_for() -> None:
    """Each row is kept or falls under one rule, and what is kept is unlike the test sets' texts."""
    if not (DATA / "train").exists():
        assert os.environ.get("CI") != "true", f"{DATA} is absent: CI needs it"
        pytest.skip(f"{DATA} is absent: the corpora cannot be read")
    corpus = load_attacks(DATA)
    kept = len(corpus.payloads) + len(corpus.requests)
    totals = {
        rule: sum(count for key, count in corpus.counts.items() if key[2] == rule)
        for rule in ("read", "kept", *DROPS)
    }
    assert totals["kept"] == kept
    assert totals["read"] == sum(totals.values()) - totals["read"]
    assert kept > 0.4 * totals["read"]
    assert {payload.family for payload in corpus.payloads} <= set(FAMILIES)
    assert "| fuzzdb | cmdi | 1,838 |" in counts_table(corpus.counts)

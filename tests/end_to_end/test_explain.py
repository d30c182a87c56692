"""`breachline explain` as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.commands import breachline

ATTACK = {
    "timestamp": 1_502_738_810_082,
    "method": "post",
    "path": "/login",
    "query": {"next": "/a"},
    "statusCode": 401,
    "source": {"remoteAddress": "203.0.113.9"},
    "route": "/login",
    "requestPayload": {"user": "x' or 1", "password": "hunter2"},
}


@pytest.fixture
def variables(hand_made_bundle: Path) -> dict[str, str]:
    """Has `breachline` use the bundle whose scores are known."""
    return {"BREACHLINE_BUNDLE": str(hand_made_bundle)}


def explained(stdin: bytes, variables: dict[str, str]) -> list[Any]:
    found = breachline("explain", stdin=stdin, variables=variables)
    assert found.returncode == 0, found.stderr
    return [json.loads(line) for line in found.stdout.splitlines()]


def test_an_explanation_says_what_drove_the_score(variables: dict[str, str]) -> None:
    """The field, and in it the character at which the score rose."""
    (found,) = explained(json.dumps(ATTACK).encode(), variables)
    assert found["format"] == "json_access"
    assert found["alert"] is True
    assert found["family"] == "sqli"
    assert found["text"].startswith("POST /login?next=/a\n{")
    assert max(found["fields"], key=lambda field: field["share"])["field"] == "body"
    body = next(field for field in found["fields"] if field["field"] == "body")
    steepest = body["start"] + body["rise"].index(max(body["rise"]))
    assert found["text"][steepest] == "'"
    assert found["evidence"]["field"] == "body"
    assert sum(field["share"] for field in found["fields"]) == pytest.approx(1, abs=1e-3)


def test_an_explanation_says_what_was_not_scored(variables: dict[str, str]) -> None:
    """What was stripped, and what was not read at all."""
    (found,) = explained(json.dumps(ATTACK).encode(), variables)
    assert {"timestamp", "status_code", "client_address"} <= set(found["stripped"])
    assert "route" in found["unread"]


def test_an_explanation_masks_passwords(variables: dict[str, str]) -> None:
    """It may be pasted into a ticket."""
    (found,) = explained(json.dumps(ATTACK).encode(), variables)
    assert "hunter2" not in json.dumps(found)
    assert '"password":"*******"' in found["text"]


def test_what_is_stripped_leaves_the_text(variables: dict[str, str]) -> None:
    """`strip` takes the attack's field away, and with it the alert."""
    stripped = variables | {"BREACHLINE_STRIP": "requestPayload"}
    (found,) = explained(json.dumps(ATTACK).encode(), stripped)
    assert found["text"] == "POST /login?next=/a"
    assert "body" in found["stripped"]
    assert (found["alert"], found["family"], found["evidence"]) == (False, None, None)


def test_every_record_is_explained(variables: dict[str, str]) -> None:
    """Rejected ones with their reason."""
    found = explained(b"nonsense\n\n" + json.dumps(ATTACK).encode(), variables)
    assert [item["rejected"] for item in found] == ["unknown_format", "empty", None]


def test_a_record_of_which_nothing_is_scored(variables: dict[str, str]) -> None:
    """A connection on which no request came has no text, and so nothing that drove a score."""
    stdin = b'{"request": "-", "status": 400}\n'
    (found,) = explained(stdin, variables)
    assert (found["text"], found["score"], found["alert"]) == ("", 0, False)
    assert (found["format"], found["fields"], found["evidence"]) == ("nginx_json", [], None)


def test_the_format_of_each_line_is_named(variables: dict[str, str]) -> None:
    """Detection by auto is said."""
    stdin = (
        b'{"request_method": "GET", "request_uri": "/a?b=c", "status": 200}\n'
        b'1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET / HTTP/1.1" 200 5\n'
    )
    assert [item["format"] for item in explained(stdin, variables)] == ["nginx_json", "combined"]
    (chosen,) = explained(stdin.splitlines()[0], variables | {"BREACHLINE_FORMAT": "nginx_json"})
    assert chosen["format"] == "nginx_json"


def test_a_missing_file_is_said(tmp_path: Path, variables: dict[str, str]) -> None:
    """In one sentence, with a non-zero exit."""
    found = breachline("explain", tmp_path / "missing.log", variables=variables)
    assert found.returncode == 1
    assert b"missing.log: cannot be opened: No such file" in found.stderr
    assert b"Traceback" not in found.stderr

"""A labelled access log in the SecuritAI schema."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

from trainer.families import FAMILIES
from trainer.generate import requests, words
from trainer.generate.attacks import PATH_FAMILIES, payload
from trainer.generate.benign import text, value
from trainer.generate.requests import Draft

_START_MILLISECONDS = 1_750_000_000_000
_WEIGHTS = {"sqli": 6, "xss": 6, "traversal": 4, "cmdi": 5, "probe": 2}  # the others: 1
_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148",
    "curl/8.8.0",
    "python-requests/2.32.3",
)


class Row(NamedTuple):
    """One labelled record.

    Attributes:
        label: 1 for an attack, 0 for a benign request.
        family: the attack's family; None for a benign request.
        log: the record, in the SecuritAI schema.
    """

    label: int
    family: str | None
    log: dict[str, Any]


def log(
    records: int,
    seed: int,
    *,
    attacks: float = 0.5,
    elsewhere: float = 0.4,
    matched: float = 0.75,
) -> Iterator[Row]:
    """Makes up a log. Equal arguments, equal rows.

    Args:
        records: how many rows.
        seed: decides them all.
        attacks: share of attacks.
        elsewhere: share of requests to sites other than the shop, so that a model cannot learn the
            shop's paths by heart.
        matched: share of benign requests made as long as an attack would have made them, so that a
            model cannot go by length.
    """
    rng = Random(seed)
    now = _START_MILLISECONDS
    weights = [_WEIGHTS.get(family, 1) for family in FAMILIES]
    for _ in range(records):
        now += rng.randint(1, 40)
        draw = requests.elsewhere if rng.random() < elsewhere else requests.shop
        draft = draw(rng)
        family = rng.choices(FAMILIES, weights)[0]
        attack = rng.random() < attacks
        if attack or rng.random() < matched:
            fill(rng, draft, family, attack=attack)
        yield Row(int(attack), family if attack else None, _record(rng, draft, now))


def fill(rng: Random, draft: Draft, family: str, *, attack: bool) -> None:
    """Puts an attack of `family` into `draft`, or benign text of the same length in its stead."""
    drawn = payload(rng, family)
    if family in PATH_FAMILIES:
        draft.method, draft.query, draft.body = "GET", {}, None
        if attack:
            draft.path, _, query = drawn.partition("?")
            draft.query = dict([query.split("=", 1)]) if "=" in query else {}
        return
    before, after = _surroundings(rng)
    stuffing = drawn if attack else text(rng, len(drawn))
    if not attack and len(stuffing) > len(drawn) + 10:
        stuffing = value(rng)
    filled = before + stuffing + after
    slots = draft.slots()
    if not slots or rng.random() < 0.06:
        if draft.body is None:
            draft.query[words.name(rng)] = filled
        else:
            draft.body[words.noun(rng)] = filled
    elif rng.random() < 0.05:
        draft.query[filled] = words.number(rng)
    elif rng.random() < 0.05 or (family == "traversal" and rng.random() < 0.2):
        draft.path = f"{draft.path.rstrip('/')}/{filled}"
    else:
        container, key = rng.choice(slots)
        container[key] = filled


def _surroundings(rng: Random) -> tuple[str, str]:
    kind = rng.random()
    if kind < 0.7:
        return "", ""
    before = value(rng) + rng.choice(("", " ", "")) if kind < 0.9 else ""
    after = rng.choice(("", " ")) + value(rng) if kind > 0.8 else ""
    if rng.random() < 0.08:
        before, after = text(rng, 100) + before, after + text(rng, 100)
    return before, after


def _record(rng: Random, draft: Draft, now: int) -> dict[str, Any]:
    status, answer = _response(rng, draft)
    source = {"remoteAddress": words.address(rng)}
    headers = {"host": "localhost:8002", "connection": "keep-alive", "accept": "*/*"}
    if rng.random() < 0.7:
        source["userAgent"] = headers["user-agent"] = rng.choice(_AGENTS)
    if rng.random() < 0.5:
        source["referer"] = headers["referer"] = "http://localhost:8002/enter"
    if draft.body is not None:
        headers["content-type"] = "application/json"
    return {
        "timestamp": now,
        "method": draft.method.lower(),
        "query": draft.query,
        "path": draft.path,
        "statusCode": status,
        "source": source,
        "route": draft.route,
        "headers": headers,
        "requestPayload": draft.body,
        "responsePayload": answer,
    }


def _response(rng: Random, draft: Draft) -> tuple[int, dict[str, Any] | str]:
    if draft.path == "/login" and rng.random() < 0.6:
        return 401, {"statusCode": 401, "error": "Unauthorized", "message": "Invalid Login"}
    if draft.method != "GET" and rng.random() < 0.2:
        return 400, {"statusCode": 400, "error": "Bad Request", "message": "Bad Request"}
    if rng.random() < 0.03:
        return 404, {"statusCode": 404, "error": "Not Found"}
    return 200, draft.route.strip("/").split("/")[0].upper() or "HOME"

"""Requests that people and programs send to a shop and to other sites, without ill intent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from trainer.generate import words
from trainer.generate.benign import phrase, text, value


@dataclass(slots=True)
class Draft:
    """A request while it is being made up.

    Attributes:
        method: upper case.
        path: decoded.
        query: parameters, decoded.
        body: a JSON object; None for no body.
        route: the path's pattern, as the application's router knows it.
    """

    method: str
    path: str
    query: dict[str, Any]
    body: dict[str, Any] | None
    route: str

    def slots(self) -> list[tuple[Any, str | int]]:
        """Returns each value that a client writes freely, as its container and its key."""
        found: list[tuple[Any, str | int]] = []
        waiting: list[Any] = [self.query, self.body]
        while waiting:
            container = waiting.pop()
            if not isinstance(container, (dict, list)):
                continue
            items = container.items() if isinstance(container, dict) else enumerate(container)
            for key, item in items:
                waiting.append(item)
                if isinstance(item, str):
                    found.append((container, key))
        return found


def shop(rng: Random) -> Draft:
    """Draws a request to the mock shop."""
    return rng.choices(list(_SHOP), list(_SHOP.values()))[0](rng)


def elsewhere(rng: Random) -> Draft:
    """Draws a request to another site: paths, parameter names and bodies are made up."""
    segments = [
        rng.choice((words.slug, words.name, words.noun))(rng) for _ in range(rng.randint(0, 4))
    ]
    if rng.random() < 0.3:
        segments.append(rng.choice((words.number, words.uuid, words.token))(rng).replace("/", "_"))
    path = "/" + "/".join(segments)
    if segments and rng.random() < 0.35:
        path += rng.choice(
            (".html", ".php", ".png", ".jpg", ".css", ".js", ".xml", ".pdf", ".svg", "/")
        )
    elif rng.random() < 0.05:
        path = phrase(rng, rng.choice(_WELL_KNOWN))
    if rng.random() < 0.15:
        return Draft("GET", path, _beacon_query(rng), None, path)
    method = rng.choice(("GET", "GET", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"))
    query = {_parameter(rng): value(rng) for _ in range(rng.choice((0, 0, 1, 1, 1, 2, 4)))}
    body = None
    if method in ("POST", "PUT", "PATCH"):
        body = {_parameter(rng): _json_value(rng, 2) for _ in range(rng.choice((1, 1, 2)))}
    return Draft(method, path, query, body, path)


def _beacon_query(rng: Random) -> dict[str, Any]:
    rules = ("«beacon»", "«beacon»", "«token»", "«int»", "«url»", "«noun»")
    return {words.name(rng): phrase(rng, rng.choice(rules)) for _ in range(rng.randint(2, 6))}


_WELL_KNOWN = (
    "/favicon.ico",
    "/robots.txt",
    "/sitemap.xml",
    "/.well-known/security.txt",
    "/.well-known/acme-challenge/«token»",
    "/index.php",
    "/login.php",
    "/admin/login",
    "/feed",
    "/humans.txt",
    "/apple-touch-icon.png",
    "/wp-content/uploads/20«digit»«digit»/«slug».jpg",
    "/api/v«digit»/«noun»s",
    "/backup-«noun»",
    "/environment",
    "/config/«noun»",
    "/git/«slug»",
    "/~«name»/",
    "/node_modules/«name»/«name».js",
    "/static/«token».js",
    "/blog/tags/«noun»",
)


def _parameter(rng: Random) -> str:
    return rng.choice((words.noun, words.name, words.name, words.adjective))(rng) + rng.choice(
        ("", "", "", "_id", "Id", "[]", "." + words.name(rng), "-" + words.noun(rng))
    )


def _json_value(rng: Random, depth: int) -> object:
    kind = rng.random()
    if depth and kind < 0.12:
        return {_parameter(rng): _json_value(rng, depth - 1) for _ in range(rng.randint(1, 3))}
    if depth and kind < 0.2:
        return [_json_value(rng, depth - 1) for _ in range(rng.randint(0, 3))]
    if kind < 0.32:
        return rng.choice((rng.randrange(10**6), round(rng.random() * 100, 2), True, False, None))
    return value(rng)


_FILTERS = (
    ("category", "«adj» «noun»s"),
    ("page", "«digit»"),
    ("sort", "«adj»,asc"),
    ("price", "«price»"),
    ("brand", "«last»"),
)


def _search(rng: Random) -> Draft:
    query: dict[str, Any] = {rng.choice(("query", "query", "q", "search")): value(rng)}
    for name, rule in _FILTERS:
        if rng.random() < 0.2:
            query[name] = phrase(rng, rule)
    return Draft("GET", "/search", query, None, "/search")


def _login(rng: Random) -> Draft:
    body: dict[str, Any] = {"username": words.user(rng), "password": _password(rng)}
    if rng.random() < 0.1:
        body = {"email": phrase(rng, "«email»"), "password": _password(rng), "remember": True}
    query = {"next": phrase(rng, "«url»")} if rng.random() < 0.1 else {}
    return Draft("POST", "/login", query, body, "/login")


def _password(rng: Random) -> str:
    symbols = "!@#$%^&*()-_=+[]{};:'\",.<>/?|\\~` "
    plain = rng.choice((words.name, words.noun, words.user, words.token))(rng) + words.number(rng)
    marks = "".join(rng.choice(symbols) for _ in range(rng.choice((0, 0, 0, 1, 2))))
    at = rng.randint(0, len(plain))
    return plain[:at] + marks + plain[at:]


def _checkout(rng: Random) -> Draft:
    card = " ".join(f"{rng.randrange(10_000):04}" for _ in range(4))
    body: dict[str, Any] = {
        "creditCard": rng.choice((card, card.replace(" ", ""), card.replace(" ", "-")))
    }
    if rng.random() < 0.5:
        body |= {
            "name": phrase(rng, "«first» «last»"),
            "expiry": f"{rng.randint(1, 12):02}/{rng.randint(24, 33)}",
        }
    if rng.random() < 0.4:
        body["address"] = {
            "street": phrase(rng, "«street» Street «int»"),
            "city": rng.choice(words.CITIES),
        }
    if rng.random() < 0.3:
        body["note"] = text(rng, rng.choice((10, 30, 80)))
    if rng.random() < 0.3:
        body["items"] = [
            {"sku": words.slug(rng), "quantity": rng.randint(1, 9)}
            for _ in range(rng.randint(1, 3))
        ]
    return Draft("POST", "/checkout", {}, body, "/checkout")


def _product(rng: Random) -> Draft:
    query = {"ref": value(rng)} if rng.random() < 0.4 else {}
    return Draft("GET", f"/products/{words.slug(rng)}", query, None, "/products/{slug}")


def _category(rng: Random) -> Draft:
    query = {"page": str(rng.randint(1, 40))} if rng.random() < 0.5 else {}
    if rng.random() < 0.3:
        query["filter"] = phrase(rng, "colour:«adj»,size:«digit»")
    return Draft("GET", f"/categories/{words.noun(rng)}s", query, None, "/categories/{name}")


def _review(rng: Random) -> Draft:
    body = {
        "title": value(rng),
        "text": text(rng, rng.choice((10, 30, 60, 200))),
        "rating": rng.randint(1, 5),
    }
    return Draft(
        "POST", f"/products/{words.slug(rng)}/reviews", {}, body, "/products/{slug}/reviews"
    )


def _account(rng: Random) -> Draft:
    body: dict[str, Any] = {"name": phrase(rng, "«first» «last»"), "email": phrase(rng, "«email»")}
    if rng.random() < 0.5:
        body["password"] = _password(rng)
    if rng.random() < 0.5:
        body["address"] = {
            "street": phrase(rng, "«street» Street «int»"),
            "city": rng.choice(words.CITIES),
            "phone": phrase(rng, "«phone»"),
        }
    if rng.random() < 0.5:
        return Draft("POST", "/accounts", {}, body, "/accounts")
    return Draft("PUT", f"/accounts/{words.number(rng)}", {}, body, "/accounts/{id}")


def _contact(rng: Random) -> Draft:
    body = {"name": phrase(rng, "«first» «last»"), "email": phrase(rng, "«email»"),
            "message": text(rng, rng.choice((20, 50, 100, 300)))}  # fmt: skip
    return Draft("POST", "/contact", {}, body, "/contact")


def _cart(rng: Random) -> Draft:
    body = {
        "sku": words.slug(rng),
        "quantity": rng.randint(1, 9),
        "options": {"engraving": value(rng)},
    }
    return Draft("POST", "/cart", {}, body, "/cart")


def _asset(rng: Random) -> Draft:
    folder, ending = rng.choice(
        (("images", "jpg"), ("images", "png"), ("css", "css"), ("js", "js"))
    )
    query = {"v": words.token(rng)} if rng.random() < 0.4 else {}
    return Draft("GET", f"/{folder}/{words.slug(rng)}.{ending}", query, None, f"/{folder}/{{file}}")


def _beacon(rng: Random) -> Draft:
    query = {
        "sid": words.uuid(rng),
        "event": value(rng),
        "page": phrase(rng, "«url»"),
        "t": words.number(rng),
    }
    return Draft("GET", "/track", query, None, "/track")


def _home(rng: Random) -> Draft:
    query = {"utm_source": value(rng), "utm_campaign": value(rng)} if rng.random() < 0.3 else {}
    return Draft("GET", rng.choice(("/", "/enter", "/account", "/cart", "/help")), query, None, "/")


_SHOP: dict[Callable[[Random], Draft], int] = {
    _search: 22,
    _login: 16,
    _checkout: 12,
    _product: 9,
    _review: 7,
    _account: 7,
    _category: 5,
    _contact: 5,
    _asset: 5,
    _beacon: 4,
    _cart: 4,
    _home: 4,
}
"""What a visitor does → how often."""

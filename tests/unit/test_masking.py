"""What is masked in a request, and what is left for the analyst to read."""

from __future__ import annotations

import pytest

from detector.credentials import is_card_number
from detector.masking import masked
from detector.types import Request

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP"


def masked_query(query: str) -> str:
    return masked(Request("GET", "/", query)).query


def masked_body(body: str) -> str:
    return masked(Request("POST", "/", body=body)).body


def test_a_long_field_is_cut_before_it_is_masked() -> None:
    """A body made to be slow to mask costs no more than what of it could be shown."""
    body = masked_body("password=a&" * 100_000)
    assert len(body) == 65_536
    assert body.startswith("password=*&password=*")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("user=ann&password=hunter2&x=1", "user=ann&password=*******&x=1"),
        ("user%5BPassWord%5D=hunter2", "user%5BPassWord%5D=*******"),
        ("p%61sswd=hunter2", "p%61sswd=*******"),
        ("p%2561sswd=hunter2", "p%2561sswd=*******"),
        ("apiKey=abc&api_key=abc&X-API-Key=abc", "apiKey=***&api_key=***&X-API-Key=***"),
        ("sessionId=ab12&sid=ab12&PHPSESSID=1", "sessionId=****&sid=****&PHPSESSID=*"),
        ("pass=a%20b+c", "pass=*%20*+*"),
        ("pass=%41%c3%a9", "pass=%2A%2A%2A"),
        ("pass=%2541", "pass=%252A"),
        ("next=%2Flogin%3Ftoken%3Dabc", "next=%2Flogin%3Ftoken%3D***"),
        (f"q={JWT}", "q=********************.*******************.************"),
        ("url=https://ann:s3cret@shop.example/", "url=https://ann:******@shop.example/"),
        ("url=https%3A%2F%2Fann%3As3cret%40h", "url=https%3A%2F%2Fann%3A******%40h"),
        ("h=Bearer%20abc.def-1", "h=Bearer%20***.***-*"),
        ("k=AKIAIOSFODNN7EXAMPLE", "k=********************"),
        ("n=4111111111111111", "n=****************"),
        ("n=4111-1111-1111-1111", "n=****-****-****-****"),
        ("creditCard=4111 1111", "creditCard=**** ****"),
    ],
)
def test_a_credential_in_a_query_is_masked(query: str, expected: str) -> None:
    """By the name it stands under, however that is written, or by its own shape."""
    assert masked_query(query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "q=forgotten password&page=2",
        "q=' UNION SELECT password FROM users -- ",
        "author=ann&keyword=shoes&compass=north&shipping=post",
        "n=4111111111111112",
        "time=1502738402847",
        "creditCard=<meta http-equiv=refresh>",
        "id=../../etc/passwd",
    ],
)
def test_what_is_no_credential_is_left_alone(query: str) -> None:
    """The evidence of an attack stays readable."""
    assert masked_query(query) == query


def test_an_attack_in_a_password_keeps_its_shape() -> None:
    """Punctuation stays: an analyst still sees an injection."""
    assert masked_query("password=' OR 1=1 -- ") == "password=' ** *=* -- "


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('{"user":"ann","password":"hun ter2"}', '{"user":"ann","password":"*** ****"}'),
        ('{"pass\\u0077ord":"x"}', '{"pass\\u0077ord":"*"}'),
        ('{"a":[{"token":"x1"}],"b":"x1"}', '{"a":[{"token":"**"}],"b":"x1"}'),
        ('{"secret":{"v":"x1","w":["y"]},"z":"z"}', '{"secret":{"v":"**","w":["*"]},"z":"z"}'),
        ('{"pin": 4321, "n": 4321, "ok": true}', '{"pin": 1111, "n": 4321, "ok": true}'),
        ('{"pwd":"\\u00e9\\n\\ud83d\\ude00"}', '{"pwd":"\\u00b7\\n\\u00b7\\u00b7"}'),
        ('{"pwd":"a\\"b"}', '{"pwd":"*\\"*"}'),
        ('{"raw":"{\\"password\\":\\"x y\\"}"}', '{"raw":"{\\"password\\":\\"* *\\"}"}'),
        ('{"creditCard":"<b>4111"}', '{"creditCard":"<b>****"}'),
        ('{"password":"cut sho', '{"password":"*** ***'),
        ("password=a&user=ann", "password=*&user=ann"),
        ("<login><password>a1</password></login>", "<login><password>**</password></login>"),
        ('--b\r\nName="password"\r\n\r\na1\r\n--b', '--b\r\nName="password"\r\n\r\n**\r\n--b'),
    ],
)
def test_a_credential_in_a_body_is_masked(body: str, expected: str) -> None:
    """In JSON at any depth, also cut short; in forms, XML and multipart."""
    assert masked_body(body) == expected


def test_user_agent_referer_and_path_are_masked_too() -> None:
    """A credential can stand in any of them."""
    found = masked(
        Request("GET", "/reset;token=abc", user_agent="x token: abc", referer="/?token=abc")
    )
    assert found.path == "/reset;token=***"
    assert found.user_agent == "x token: ***"
    assert found.referer == "/?token=***"


def test_what_a_request_lacks_stays_lacking() -> None:
    """Masking invents no field."""
    request = Request("GET", "/")
    assert masked(request) == request


def test_the_card_checksum_is_luhns() -> None:
    """The example of ISO/IEC 7812-1 passes, and one with a digit changed does not."""
    assert is_card_number(b"4992 7398 716")
    assert not is_card_number(b"4992 7398 717")

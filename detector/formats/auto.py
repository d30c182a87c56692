"""Which parser reads a log: the one that was chosen, or the one that each line asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from detector.client_address import Network, client_address
from detector.errors import ConfigError, MalformedRecord
from detector.formats import combined, json_access, nginx_json
from detector.formats.json_object import load
from detector.formats.line import trimmed, unknown
from detector.types import Reason, Request

_JSON_FORMATS = (
    json_access.FORMAT,
    nginx_json.FORMAT,
)
_LINE_FORMATS = (combined.FORMAT,)
_PARSERS = {chosen.name: chosen.parse for chosen in (*_JSON_FORMATS, *_LINE_FORMATS)}

FORMATS = ("auto", *_PARSERS)
"""Names for --format. Of two formats that recognise a line, `auto` takes the first."""


def parser(name: str, trusted_proxies: Sequence[Network] = ()) -> Callable[[bytes], Request]:
    """Returns the parser of format `name`; it raises MalformedRecord and nothing else.

    Args:
        name: one of FORMATS.
        trusted_proxies: whose X-Forwarded-For names the client; see client_address.

    Raises:
        ConfigError: there is no such format.
    """
    if name not in FORMATS:
        raise ConfigError(
            f"format: found {name!r}, expected one of {', '.join(FORMATS)}. "
            "Correct --format, BREACHLINE_FORMAT or `format` in the file."
        )
    parse = _parse_any if name == "auto" else _PARSERS[name]
    if not trusted_proxies:
        return parse

    def parse_behind_proxies(value: bytes) -> Request:
        request = parse(value)
        client = client_address(request.client_address, request.forwarded_for, trusted_proxies)
        return request._replace(client_address=client)

    return parse_behind_proxies


def parse_named(value: bytes) -> tuple[str, Request]:
    """Reads a record of any format, told by its first byte, its names or its punctuation.

    Returns:
        The format's name, and what `auto` makes of the record.

    Raises:
        MalformedRecord: no format takes it, or the one that recognises it cannot read it.
    """
    line = trimmed(value)
    if line.startswith(b"{"):
        fields = load(line)
        for json_format in _JSON_FORMATS:
            if json_format.recognises(fields):
                return json_format.name, json_format.read(fields)
        raise MalformedRecord(Reason.UNKNOWN_FORMAT)
    for line_format in _LINE_FORMATS:
        if line_format.recognises(line):
            return line_format.name, line_format.read(line)
    raise unknown(line)


def _parse_any(value: bytes) -> Request:
    return parse_named(value)[1]

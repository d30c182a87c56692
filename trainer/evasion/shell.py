"""Evasions of commands for a Unix shell: other writings that expand to the same words."""

from __future__ import annotations

import base64
import re
from random import Random
from typing import Final

_NAMES: Final = (
    r"(?:cat|ls|id|whoami|uname|wget|curl|ping|sleep|nc|ncat|netstat|ifconfig|ps|pwd|head|tail|grep"
    r"|find|bash|perl|python3?|php|nslookup|echo|chmod|rm|env|touch)"
)
_COMMAND: Final = re.compile(rf"(?<![\w$'\"\\./-]){_NAMES}(?![\w'\"\\=.-])")
_PATH: Final = re.compile(r"/etc/(passwd|shadow|hosts|group|issue)\b")
_SIMPLE: Final = re.compile(
    rf"(?<=[;|&\n`(])( ?)({_NAMES}(?: [\w./-]+){{0,3}})(?= ?(?:[;|&#\n`)]|$))"
)


def shell_quotes(text: str, rng: Random) -> str:
    """Puts empty quotes or `$@` inside command names: c''at, c""at, c$@at."""
    return _inside(text, rng, ("''", '""', "$@", "${x}", "$*"))


def shell_backslash(text: str, rng: Random) -> str:
    """Puts a backslash before a letter of each command name."""
    return _inside(text, rng, ("\\",))


def shell_space(text: str, rng: Random) -> str:
    """Writes the spaces of simple commands as ${IFS} or a tab, or the words in braces."""
    kind = rng.choice(("${IFS}", "$IFS$9", "\t", "${IFS%??}", "{}"))

    def spaced(match: re.Match[str]) -> str:
        lead, command = match[1], match[2]
        if kind == "{}":
            return f"{lead}{{{command.replace(' ', ',')}}}" if " " in command else match[0]
        return lead + command.replace(" ", kind)

    return _SIMPLE.sub(spaced, text)


def shell_glob(text: str, rng: Random) -> str:
    """Writes well-known paths with wildcards: /etc/p?sswd, /???/passwd."""

    def wild(match: re.Match[str]) -> str:
        name = match[1]
        at = rng.randrange(len(name))
        return rng.choice(("/etc/", "/???/", "/e?c/")) + name[:at] + "?" + name[at + 1 :]

    return _PATH.sub(wild, text)


def shell_base64(text: str, rng: Random) -> str:
    """Writes simple commands in base64, decoded and run on the other side."""

    def coded(match: re.Match[str]) -> str:
        code = base64.b64encode(match[2].encode()).decode()
        form = rng.choice(
            ("echo {}|base64 -d|sh", "bash<<<$(base64 -d<<<{})", "echo {} | base64 --decode | bash")
        )
        return match[1] + form.format(code)

    return _SIMPLE.sub(coded, text)


def _inside(text: str, rng: Random, marks: tuple[str, ...]) -> str:
    def marked(match: re.Match[str]) -> str:
        name = match[0]
        at = rng.randint(1, len(name) - 1) if len(name) > 1 else 1
        return name[:at] + rng.choice(marks) + name[at:]

    return _COMMAND.sub(marked, text)

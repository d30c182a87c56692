"""What people read on a terminal: the table of alerts, the shaded explanation."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from detector.detection import Detection, Detector, Verdict
from detector.ecs import CRITICAL, HIGH, readable, severity
from detector.explaining import Explanation
from detector.types import Alert, Rejection

_EVIDENCE = "bold white on red"
_SEVERITY_STYLE = {CRITICAL: "bold red", HIGH: "red"}
_INDENT = 9
_LINES = 2  # of request text under each alert
_SHADES = (  # least rise of the score at a character → its style
    (0.1, "bold white on #d70000"),
    (0.02, "white on #af5f00"),
    (0.004, "black on #d7af5f"),
)
_PICTURES = {code: chr(0x2400 + code) for code in range(32)} | {0x7F: "\u2421"}
_CONFUSING = (  # would move the cursor, reorder the line or not show
    *range(0x80, 0xA0),
    *range(0x200B, 0x2010),
    *range(0x2028, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xD800, 0xE000),
    0xFEFF,
)
_VISIBLE = _PICTURES | dict.fromkeys(_CONFUSING, "\ufffd")


def visible(text: str) -> str:
    """Returns `text` safe for a terminal: each control character becomes one that shows."""
    return text.translate(_VISIBLE)


class AlertTable:
    """Prints alerts as they come, two or three lines each, in columns.

    Args:
        console: where to print.
        detector: that made the alerts; says which families there are and masks the texts.
    """

    def __init__(self, console: Console, detector: Detector) -> None:
        self._console = console
        self._detector = detector
        self._family_width = max(map(len, ("family", *detector.families)))
        self._is_begun = False

    def show(self, detection: Detection) -> None:
        """Prints the alerts among `detection`."""
        verdicts = (item for item in detection.outcomes if isinstance(item, Verdict))
        raised = (verdict for verdict in verdicts if verdict.is_alert)
        rows: list[RenderableType] = []
        for alert, verdict in zip(detection.alerts, raised, strict=True):
            data = self._detector.shown(alert.request, verdict.text).data
            request = Padding(self._request(alert, data), (0, 0, 0, _INDENT), expand=False)
            rows += (self._facts(alert), request)
        if rows and not self._is_begun:
            rows.insert(0, self._row("score", "family", "time (UTC)", "client", "code", "origin"))
            self._is_begun = True
        if rows:
            self._console.print(Group(*rows))  # at once: each print redraws the progress bar

    def _row(self, *cells: str) -> Text:
        score, family, time, client, code, origin = cells
        row = Text("  ", no_wrap=True, overflow="ellipsis")
        row.append(f"{score:>5}  ", "bold")
        row.append(f"{family:<{self._family_width}}  ", "bold")
        row.append(f"{time:<19}  {client:<15}  {code:<4}  ")
        row.append(origin, "dim")
        return row

    def _facts(self, alert: Alert) -> Text:
        request, seconds = alert.request, alert.request.timestamp
        row = self._row(
            f"{alert.score:.3f}",
            alert.family,
            "-" if seconds is None else _clock(seconds),
            visible(readable(request.client_address) or "-"),
            str(request.status_code or "-"),
            visible(readable(str(alert.record.origin)) or ""),
        )
        style = _SEVERITY_STYLE.get(severity(alert.family, request.status_code), "yellow")
        row.stylize(style, 2, 2 + 5 + 2 + len(alert.family))
        return row

    def _request(self, alert: Alert, data: bytes) -> Text:
        """Returns as much of a request's text round its evidence as a few lines hold."""
        width = max(20, self._console.width - _INDENT)
        room = _LINES * width - 2  # for two ellipses
        start, end = (alert.evidence.start, alert.evidence.end) if alert.evidence else (0, 0)
        before, found, after = (
            visible(part.decode("utf-8", "replace"))
            for part in (data[:start], data[start:end], data[end:])
        )
        found = found if len(found) <= room else found[: room - 1] + "…"
        spare = room - len(found)
        ahead = min(len(before), max(spare // 2, spare - len(after)))
        behind = min(len(after), spare - ahead)
        text = Text(overflow="fold")
        text.append(("…" if ahead < len(before) else "") + before[len(before) - ahead :])
        text.append(found, _EVIDENCE)
        text.append(after[:behind] + ("…" if behind < len(after) else ""))
        return Text("\n").join(text.divide(range(width, len(text), width)))


def print_explanation(console: Console, explanation: Explanation, chosen_format: str) -> None:
    """Prints what was read of a record and which characters drove its score."""
    verdict = explanation.verdict
    head = Text(visible(readable(str(verdict.record.origin)) or ""), "bold")
    sign = "≥" if verdict.is_alert else "<"
    figures = f"{verdict.score:.3f} {sign} {explanation.threshold:.3f}"
    if verdict.is_alert:
        head.append(f"  ALERT {verdict.family}  {figures}", "bold red")
    else:
        head.append(f"  no alert  {figures}", "green")
    console.print(head, soft_wrap=True)
    is_auto = " (told by auto)" if chosen_format == "auto" else ""
    _fact(console, "format", explanation.format + is_auto)
    _fact(console, "stripped", ", ".join(explanation.stripped))
    _fact(console, "not read", ", ".join(map(visible, explanation.unread)))
    if explanation.text.cut:
        _fact(console, "cut", f"{explanation.text.cut:,} bytes from the middle")
    shares = [f"{rise.field} {rise.share:.0%}" for rise in explanation.rises if rise.share >= 0.005]
    _fact(console, "driven by", " · ".join(shares))
    found = explanation.evidence
    if found and verdict.is_alert:
        _fact(console, "evidence", f"{found.field}, bytes {found.start:,} to {found.end:,}")
    shaded = _shaded(explanation.text.data, explanation.rise)
    console.print(Padding(shaded, (1, 0, 1, 4), expand=False))


def print_rejection(console: Console, rejection: Rejection) -> None:
    """Prints why a record could not be read."""
    head = Text(visible(readable(str(rejection.record.origin)) or ""), "bold")
    console.print(head.append(f"  rejected: {rejection.reason}", "yellow"), soft_wrap=True)


def print_legend(console: Console) -> None:
    """Prints what the shades of an explanation mean."""
    text = Text().append("shade: how much the score rose at a character  ", "dim")
    for least, style in reversed(_SHADES):
        text.append(f" {least:g} ", style).append(" ")
    console.print(text)


def _fact(console: Console, name: str, value: str) -> None:
    if value:
        console.print(Text().append(f"  {name:<10}", "dim").append(value), soft_wrap=True)


def _shaded(data: bytes, rise: NDArray[np.float32]) -> Text:
    shaded, place = Text(overflow="fold"), 0
    for character in data.decode("utf-8", "surrogateescape"):
        size = len(character.encode("utf-8", "surrogateescape"))
        total = float(rise[place : place + size].sum())
        style = next((style for least, style in _SHADES if total >= least), "")
        shaded.append(visible(character), style)
        if character == "\n":
            shaded.append("\n")
        place += size
    return shaded


def _clock(seconds: float) -> str:
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):
        return "-"

"""The table as people read it: framed on a terminal, plain columns where the output is piped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from trainer.judging.evasions import EvasionRow
from trainer.judging.intervals import Share
from trainer.judging.published import RULES
from trainer.judging.run import Evaluation
from trainer.judging.slices import Slice
from trainer.judging.table import Row

Line = tuple[str, ...]

NOTES = (
    "found @ 1 %, 0.1 %, 0.01 %: attacks found where that share of the pooled harmless records "
    "alerts (semicomplete, browsing, csic2010, rendered); own @ 1 %: of the set's own.",
    "[…]: 95 % interval (Wilson). AUC: against the set's own harmless records where it has any, "
    "else the pooled; length: what the text's length alone reaches.",
    "CRS PL1, PL2: ModSecurity with the OWASP Core Rule Set 3.3.4, as the data's README has it; on "
    "browsing and csic2010 over all rows. A near miss of crs (harmless) may be another rule's "
    "attack.",
)

SETS_HEAD = (
    *("set", "detector", "false alarms", "attacks found"),
    *("@ 1 %", "@ 0.1 %", "@ 0.01 %", "own @ 1 %", "AUC", "length", "family right"),
)
FAMILIES_HEAD = (
    *("set", "family", "detector", "attacks found", "@ 1 %", "@ 0.1 %", "@ 0.01 %"),
    "family right",
)
EVASIONS_HEAD = ("evasion", "detector", "tried", "decoded", "still found")
SLICES_HEAD = ("what", "wrong", "score and record")

_WORDS = frozenset(("set", "detector", "family", "evasion", "what", "score and record"))
_DISPENSABLE = ("own @ 1 %", "length", "@ 0.01 %", "@ 1 %", "family right", "AUC", "decoded")
"""Columns that a narrow terminal goes without, the first first."""


def show(evaluation: Evaluation, console: Console) -> None:
    """Prints the tables of sets, families and evasions."""
    thresholds = ", ".join(f"{v.detector} at {v.threshold:.4f}" for v in evaluation.judged)
    print_table(console, f"Sets ({thresholds})", SETS_HEAD, set_lines(evaluation.rows))
    print_table(console, "Families", FAMILIES_HEAD, family_lines(evaluation.rows))
    print_table(
        console,
        "Evasions: of the attacks found in plain form, those still found; worst first",
        EVASIONS_HEAD,
        evasion_lines(evaluation.evasions),
    )
    for note in NOTES:
        console.print(Text(note, style="dim"), soft_wrap=True)


def show_slices(slices: Sequence[Slice], title: str, console: Console) -> None:
    """Prints where a detector is weak, with records."""
    for label, kind in ((1, "attacks missed"), (0, "false alarms")):
        lines = [line for one in slices if one.label == label for line in slice_lines(one)]
        print_table(console, f"{title}: {kind}, worst first", SLICES_HEAD, lines)


def set_lines(rows: Iterable[Row]) -> list[Line]:
    """Returns the lines of SETS_HEAD, the published figures after the measured."""
    lines: list[Line] = []
    whole = (row for row in rows if row.family is None)
    for name, of_set in groupby(whole, key=lambda row: row.set):
        lines += map(_set_line, of_set)
        for rules, figures in RULES.items():
            if name in figures:
                false_alarms, found = figures[name].false_alarms, figures[name].found
                lines.append((name, rules, percent(false_alarms), percent(found), *("",) * 7))
    return lines


def _set_line(row: Row) -> Line:
    return (
        *(row.set, row.detector, share(row.false_alarms), share(row.found)),
        *(number(rate) for rate in row.rates.values()),
        *(number(row.own_rate), number(row.roc_auc), number(row.length_auc)),
        percent(row.family_right.rate),
    )


def family_lines(rows: Iterable[Row]) -> list[Line]:
    """Returns the lines of FAMILIES_HEAD."""
    return [
        (
            *(row.set, row.family, row.detector, share(row.found)),
            *(number(rate) for rate in row.rates.values()),
            percent(row.family_right.rate),
        )
        for row in rows
        if row.family is not None
    ]


def evasion_lines(rows: Iterable[EvasionRow]) -> list[Line]:
    """Returns the lines of EVASIONS_HEAD."""
    return [
        (row.evasion, row.detector, f"{row.tried:,}", f"{row.undone:,}", share(row.found))
        for row in rows
    ]


def slice_lines(one: Slice) -> list[Line]:
    """Returns the lines of SLICES_HEAD: the slice, a record a line."""
    examples = [f"{score:.3f}  {text}" for score, text in one.examples] or [""]
    first, *others = examples
    return [(one.name, share(one.wrong), first), *(("", "", text) for text in others)]


def share(found: Share) -> str:
    """Returns count, total, rate and interval; "" of no records."""
    if found.rate is None:
        return ""
    low, high = found.interval
    return f"{found.count:,}/{found.total:,} {found.rate:.2%} [{100 * low:.1f}, {100 * high:.1f}]"


def number(value: float | None) -> str:
    """Returns three decimals; "" of None."""
    return "" if value is None else f"{value:.3f}"


def percent(value: float | None) -> str:
    """Returns two decimals of a percentage; "" of None."""
    return "" if value is None else f"{value:.2%}"


def print_table(console: Console, title: str, head: Line, lines: Sequence[Line]) -> None:
    """Prints one table: framed on a terminal, else in plain columns."""
    widths = [max(map(len, column)) for column in zip(head, *lines, strict=True)]
    if not console.is_terminal:
        _print_plain(console, title, widths, (head, *lines))
        return
    shown = _columns_that_fit(head, widths, console.width)
    console.print(Text(title, style="bold"))
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in shown:
        name = head[column]
        table.add_column(name, justify="left" if name in _WORDS else "right", overflow="fold")
    above = ""
    for line in lines:
        if line[0] != above and above and "set" in head:
            table.add_section()
        first = line[0] if line[0] != above else ""
        above = line[0]
        table.add_row(*(Text(first if column == 0 else line[column]) for column in shown))
    console.print(table)
    if left_out := [name for column, name in enumerate(head) if column not in shown]:
        note = f"Too narrow for {', '.join(left_out)}: widen the terminal, or pipe the output."
        console.print(Text(note, style="dim"))
        console.print()


def _columns_that_fit(head: Line, widths: Sequence[int], room: int) -> list[int]:
    shown = list(range(len(head)))
    for name in _DISPENSABLE:
        if sum(widths[column] + 3 for column in shown) <= room:
            break
        shown = [column for column in shown if head[column] != name]
    return shown


def _print_plain(
    console: Console, title: str, widths: Sequence[int], lines: Sequence[Line]
) -> None:
    console.print(Text(f"# {title}"), soft_wrap=True)
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        console.print(Text("  ".join(cells).rstrip()), soft_wrap=True)
    console.print()

"""A judgement as people read it."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from trainer.evaluation import Judgement


def show(judgement: Judgement, title: str) -> None:
    """Prints `judgement` on stdout as a table."""
    table = Table("figure", "value", title=title)
    table.columns[1].justify = "right"
    table.add_row("records (benign, attacks)", f"{judgement.benign:,}, {judgement.attacks:,}")
    table.add_row("threshold", f"{judgement.threshold:.4f}")
    for name, value in (
        ("accuracy", judgement.accuracy),
        ("precision", judgement.precision),
        ("recall: attacks found", judgement.recall),
        ("false alarms", judgement.false_alarm_rate),
        ("F1", judgement.f1),
        ("ROC AUC", judgement.roc_auc),
        ("PR AUC", judgement.pr_auc),
        ("family named rightly", judgement.family_accuracy),
    ):
        table.add_row(name, _number(value))
    for rate, found in judgement.detection_rates.items():
        table.add_row(f"attacks found at {rate:.2%} false alarms", _number(found))
    table.add_row(
        "ROC AUC of the length alone", _number(judgement.length_roc_auc), end_section=True
    )
    table.add_row("benign: passed, alerted", _pair(judgement.benign, judgement.false_alarms))
    table.add_row("attacks: missed, alerted", _pair(judgement.attacks, judgement.found))
    blurred = [rate for rate in judgement.detection_rates if rate * judgement.benign < 1]
    if blurred:
        table.caption = (
            f"At {' and '.join(f'{rate:.2%}' for rate in blurred)} none of {judgement.benign:,} "
            "benign records may alert."
        )
    Console().print(table)


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4f}"


def _pair(total: int, alerted: int) -> str:
    return f"{total - alerted:,}, {alerted:,}"

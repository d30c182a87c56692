"""What `breachline-train evaluate` does where no log is given."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.console import Console

from detector.bundle import Bundle
from detector.errors import BreachlineError
from trainer.judging.run import evaluate, has_rival
from trainer.judging.show import show, show_slices
from trainer.judging.slices import By, slices

_EXTRA = "Run pip install 'breachline[evaluate]'."


def evaluate_on_corpora(
    bundle: Bundle,
    data: Path,
    *,
    sample: int | None,
    by: By | None,
    json_file: Path | None,
    html_file: Path | None,
) -> None:
    """Judges `bundle` and prints the tables, or where it is weak.

    Args:
        bundle: the model.
        data: the data folder.
        sample: see run.evaluate.
        by: print the bundle's weak places, told apart by this, in the tables' stead.
        json_file: write every figure here too; "-" for stdout, in the tables' stead.
        html_file: write a page with tables and plots here too.

    Raises:
        CorpusError: `data` lacks a file.
        BreachlineError: a page is wanted and what draws it is not installed, or a file cannot be
            written.
    """
    if html_file is not None:
        _check_plots()
    if not has_rival():
        click.echo(f"breachline-train: without scikit-learn there is no rival. {_EXTRA}", err=True)
    judged = evaluate(bundle, data, sample)
    figures = judged.to_json()
    console = Console(highlight=False)
    if by is not None:
        weak = slices(judged.records, judged.texts, judged.judged[0], by)
        figures[f"by_{by}"] = [one.to_json() for one in weak]
    if json_file is not None:
        _write(json_file, json.dumps(figures, indent=2) + "\n")
    if html_file is not None:
        from trainer.judging.page import page  # noqa: PLC0415 - an extra

        _write(html_file, page(judged))
    if json_file != Path("-"):
        if by is not None:
            show_slices(weak, f"{bundle.label} by {by}", console)
        else:
            show(judged, console)


def _check_plots() -> None:
    try:
        import matplotlib  # noqa: F401, PLC0415 - an extra
    except ModuleNotFoundError:
        raise BreachlineError(
            f"--html needs matplotlib, which is not installed. {_EXTRA}"
        ) from None


def _write(file: Path, text: str) -> None:
    if file == Path("-"):
        click.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise BreachlineError(
            f"{file}: cannot be written: {error.strerror}. Choose another place."
        ) from None

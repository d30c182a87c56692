"""One self-contained page: the tables, and the plots inside it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from trainer.judging.plots import Plots
from trainer.judging.run import Evaluation
from trainer.judging.show import (
    EVASIONS_HEAD,
    FAMILIES_HEAD,
    NOTES,
    SETS_HEAD,
    Line,
    evasion_lines,
    family_lines,
    set_lines,
)

_STYLE = """
:root { color-scheme: light; --ink: #1a1a1a; --soft: #666; --line: #e2e2e2; --accent: #b34700 }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: #fff;
  max-width: 80rem; margin: 2rem auto; padding: 0 1.5rem }
h1 { font-size: 1.7rem; margin-bottom: .2rem } h2 { font-size: 1.15rem; margin: 2.4rem 0 .3rem }
p { color: var(--soft); max-width: 62rem; margin: .3rem 0 .8rem }
.scroll { overflow-x: auto }
table { border-collapse: collapse; font-size: .76rem; font-variant-numeric: tabular-nums;
  white-space: nowrap }
th { text-align: left; border-bottom: 2px solid var(--ink); padding: .3rem .6rem .3rem 0 }
td { padding: .18rem .6rem .18rem 0; border-bottom: 1px solid var(--line) }
tr.first td { border-top: 2px solid #bbb } tr.own { font-weight: 600 }
tr.own td:nth-child(2) { color: var(--accent) } tr:not(.own) { color: var(--soft) }
summary { cursor: pointer; font-weight: 600; margin: 1rem 0 }
figure { margin: 0 } figure svg { width: 100%; height: auto }
.note { font-size: .8rem; margin: .5rem 0 }
""".strip()

_PLOTS = (
    (
        "ROC",
        "Attacks of each set against the pooled harmless records. What counts is the left end: a "
        "log of a million requests a day at a false-alarm rate of 0.001 gives a thousand alerts.",
        Plots.roc,
    ),
    (
        "Precision and recall",
        "Attacks of each set among the pooled harmless records. A set with few attacks has a low "
        "precision for that alone.",
        Plots.precision_recall,
    ),
    (
        "Calibration",
        "On the rendered set, where two records in five are attacks. A calibrated score lies on "
        "the dotted line.",
        Plots.calibration,
    ),
    (
        "Scores",
        "The bundle's scores on each set; counts on a logarithmic scale.",
        Plots.histograms,
    ),
    (
        "Threshold and false alarms",
        "Share of harmless records that would alert at each threshold; a line ends where none "
        "does.",
        Plots.thresholds,
    ),
)


def page(evaluation: Evaluation) -> str:
    """Returns the page as HTML, nothing outside of it needed."""
    plots = Plots(evaluation)
    title = f"Evaluation of {escape(evaluation.bundle)}"
    thresholds = ", ".join(f"{v.detector} {v.threshold:.4f}" for v in evaluation.judged)
    attacks = sum(held.sample.label for held in evaluation.records)
    parts = [
        f"<h1>{title}</h1>",
        f"<p>{len(evaluation.records):,} records, {attacks:,} of them attacks. "
        f"Thresholds: {escape(thresholds)}.</p>",
        "<h2>Sets</h2>",
        _table(SETS_HEAD, set_lines(evaluation.rows), evaluation.bundle, 1),
        *(f'<p class="note">{escape(note)}</p>' for note in NOTES),
        "<details><summary>Families</summary>",
        _table(FAMILIES_HEAD, family_lines(evaluation.rows), evaluation.bundle, 2),
        "</details>",
    ]
    for name, text, draw in _PLOTS:
        parts += [f"<h2>{name}</h2>", f"<p>{text}</p>", f"<figure>{draw(plots)}</figure>"]
    if evaluation.evasions:
        parts += [
            "<h2>Evasions</h2>",
            "<p>Attacks rewritten so that they still work; of those found in plain form, the share "
            "still found, with its 95 % interval; worst first.</p>",
            f"<figure>{plots.evasions()}</figure>",
            "<details><summary>Counts</summary>",
            _table(EVASIONS_HEAD, evasion_lines(evaluation.evasions), evaluation.bundle, 1),
            "</details>",
        ]
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head>\n<body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _table(head: Line, lines: Sequence[Line], bundle: str, detector: int) -> str:
    rows = [f"<tr>{''.join(f'<th>{escape(name)}</th>' for name in head)}</tr>"]
    above = ""
    for line in lines:
        kinds = ["first"] * (line[0] != above) + ["own"] * (line[detector] == bundle)
        cells = [line[0] if line[0] != above else "", *line[1:]]
        above = line[0]
        shown = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        rows.append(f'<tr class="{" ".join(kinds)}">{shown}</tr>')
    return f'<div class="scroll"><table>{"".join(rows)}</table></div>'

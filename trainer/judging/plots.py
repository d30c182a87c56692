"""The plots of the page, as SVG. Needs matplotlib."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from trainer.judging.curves import Curve, alerting, precision_recall, reliability, roc
from trainer.judging.held_out import POOL, RENDERED
from trainer.judging.run import Evaluation
from trainer.judging.table import ORDER
from trainer.judging.texts import Verdicts

# Okabe and Ito's colours, told apart whatever one's eyes: https://jfly.uni-koeln.de/color/
_COLOURS = {
    "semicomplete": "#0072b2",
    "browsing": "#e69f00",
    "csic2010": "#009e73",
    "gotestwaf": "#cc79a7",
    "libinjection": "#56b4e9",
    "crs": "#d55e00",
    "vulnbank": "#b8a800",
    RENDERED: "#222222",
}
_ATTACK, _BENIGN, _GREY = "#d55e00", "#0072b2", "#888888"
_STYLE: dict[Any, Any] = {
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _GREY,
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "axes.axisbelow": True,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "legend.frameon": False,
    "svg.fonttype": "none",
}
_NEVER = 1e-7  # a score of 1 on a scale that has no 1


class Plots:
    """Draws an evaluation.

    Args:
        evaluation: what to draw.
    """

    def __init__(self, evaluation: Evaluation) -> None:
        self._judged = evaluation.judged
        self._evasions = evaluation.evasions
        self._sets = np.array([held.set for held in evaluation.records])
        self._labels = np.array([held.sample.label for held in evaluation.records], np.uint8)
        self._pool = np.isin(self._sets, POOL) & (self._labels == 0)

    def roc(self) -> str:
        """Returns the ROC curves of every set with attacks against the pooled harmless."""

        def finish(axes: Axes) -> None:
            axes.set(xscale="log", xlim=(0.5 / self._pool.sum(), 1), ylim=(0, 1.01))
            axes.set_xlabel("false alarms, share of the pooled harmless")

        return self._of_each_detector(roc, "attacks found", finish, steps=True)

    def precision_recall(self) -> str:
        """Returns precision against recall of every set with attacks, among the pooled harmless."""

        def finish(axes: Axes) -> None:
            axes.set(xlim=(0, 1), ylim=(0, 1.01), xlabel="attacks found (recall)")

        return self._of_each_detector(precision_recall, "alerts that are attacks", finish)

    def calibration(self) -> str:
        """Returns how often a score comes true, on the rendered set."""
        rows = self._sets == RENDERED
        with mpl.rc_context(_STYLE):
            figure = Figure((9.6, 3.6), layout="constrained")
            left, right = figure.subplots(1, 2)
            left.plot((0, 1), (0, 1), color=_GREY, linestyle=":")
            for verdicts, colour in zip(self._judged, (_ATTACK, _BENIGN), strict=False):
                found = reliability(verdicts.breach[rows], self._labels[rows])
                left.plot(found.score, found.attacks, "o-", color=colour, label=verdicts.detector)
                right.plot(found.score, found.records, "o-", color=colour, label=verdicts.detector)
            left.set(xlim=(0, 1), ylim=(0, 1.01), xlabel="mean score", ylabel="share of attacks")
            left.set_title("how often the score comes true")
            right.set(xlim=(0, 1), yscale="log", xlabel="mean score", ylabel="records")
            right.set_title("records in each bin")
            left.legend(loc="upper left")
            return _svg(figure)

    def histograms(self) -> str:
        """Returns the bundle's scores on each set."""
        verdicts = self._judged[0]
        names = [name for name in ORDER if (self._sets == name).any()]
        with mpl.rc_context(_STYLE):
            figure = Figure((9.6, 4.6), layout="constrained")
            panels = figure.subplots(2, 4, sharex=True, squeeze=False).flat
            bins = np.linspace(0, 1, 41)
            for axes, name in zip(panels, names, strict=False):
                for label, colour in ((0, _BENIGN), (1, _ATTACK)):
                    scores = verdicts.breach[(self._sets == name) & (self._labels == label)]
                    if len(scores):
                        axes.hist(scores, bins.tolist(), color=colour, alpha=0.55, log=True)
                axes.axvline(verdicts.threshold, color="black", linewidth=1, linestyle="--")
                axes.set(title=name, xlim=(0, 1.02))
            handles = [
                mpl.patches.Patch(color=_BENIGN, alpha=0.55, label="harmless"),
                mpl.patches.Patch(color=_ATTACK, alpha=0.55, label="attacks"),
                mpl.lines.Line2D([], [], color="black", linestyle="--", label="threshold"),
            ]
            figure.legend(handles=handles, loc="outside lower center", ncols=3)
            figure.supylabel("records", fontsize=9)
            return _svg(figure)

    def thresholds(self) -> str:
        """Returns threshold against false alarms, of each set that stands for traffic."""
        grid = 1 / (1 + np.exp(-np.linspace(-5, 16, 400)))

        def draw(axes: Axes, verdicts: Verdicts) -> None:
            for name in POOL:
                scores = verdicts.breach[(self._sets == name) & (self._labels == 0)]
                if len(scores):
                    rates = alerting(np.minimum(scores, 1 - _NEVER), grid)
                    shown = np.where(rates > 0, rates, np.nan)
                    axes.plot(grid, shown, color=_COLOURS[name], label=name)
            axes.axvline(
                min(verdicts.threshold, 1 - _NEVER), color="black", linewidth=1, linestyle="--"
            )
            axes.set(xscale="logit", yscale="log", xlim=(0.01, 1 - _NEVER), ylim=(5e-5, 1.1))
            axes.set_xticks((0.01, 0.5, 0.99, 0.9999, 0.999999))
            axes.set_xticklabels(("0.01", "0.5", "0.99", "0.9999", "0.999999"))
            axes.minorticks_off()
            axes.set(title=verdicts.detector, xlabel="threshold (dashed: in use)")

        return self._panels(draw, "false alarms")

    def evasions(self) -> str:
        """Returns the share still found under each evasion, with its interval."""
        names = list(dict.fromkeys(row.evasion for row in self._evasions))
        with mpl.rc_context(_STYLE):
            figure = Figure((9.6, 0.22 * len(names) + 1), layout="constrained")
            axes = figure.subplots()
            shifts = (0.14, -0.14)
            for verdicts, colour, shift in zip(
                self._judged, (_ATTACK, _BENIGN), shifts, strict=False
            ):
                rows = [
                    row
                    for row in self._evasions
                    if row.detector == verdicts.detector and row.found.total
                ]
                rates = np.array([row.found.count / row.found.total for row in rows])
                ends = np.array([row.found.interval for row in rows]).T
                places = np.array([-names.index(row.evasion) + shift for row in rows])
                if rows:
                    errors = np.clip(np.abs(ends - rates), 0, 1)
                    axes.errorbar(
                        rates, places, xerr=errors, fmt="o", color=colour, markersize=3.5,
                        elinewidth=1, label=verdicts.detector,
                    )  # fmt: skip
            axes.set_yticks([-row for row in range(len(names))], names)
            axes.set(xlim=(-0.01, 1.01), xlabel="still found, of those found in plain form")
            axes.set_ylim(-len(names) + 0.4, 0.6)
            axes.legend(loc="lower left")
            return _svg(figure)

    def _of_each_detector(
        self,
        curve: Callable[[NDArray[np.float32], NDArray[np.float32]], Curve],
        label: str,
        finish: Callable[[Axes], None],
        *,
        steps: bool = False,
    ) -> str:
        def draw(axes: Axes, verdicts: Verdicts) -> None:
            for name in ORDER:
                attacks = verdicts.breach[(self._sets == name) & (self._labels == 1)]
                if len(attacks) and self._pool.any():
                    found = curve(attacks, verdicts.breach[self._pool])
                    style = "steps-post" if steps else "default"
                    axes.plot(found.x, found.y, color=_COLOURS[name], label=name, drawstyle=style)
            finish(axes)
            axes.set_title(verdicts.detector)

        return self._panels(draw, label)

    def _panels(self, draw: Callable[[Axes, Verdicts], None], label: str) -> str:
        with mpl.rc_context(_STYLE):
            figure = Figure((9.6, 3.8), layout="constrained")
            panels = figure.subplots(1, len(self._judged), sharey=True, squeeze=False).flat
            for axes, verdicts in zip(panels, self._judged, strict=True):
                draw(axes, verdicts)
            panels[0].set_ylabel(label)
            handles, names = panels[0].get_legend_handles_labels()
            figure.legend(handles, names, loc="outside lower center", ncols=len(names) or 1)
            return _svg(figure)


def _svg(figure: Figure) -> str:
    out = io.StringIO()
    figure.savefig(out, format="svg", metadata={"Date": None})
    text = out.getvalue()
    return text[text.index("<svg") :]

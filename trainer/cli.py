"""The commands of breachline-train. Each imports what it needs when it runs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from detector import __version__
from detector.errors import BreachlineError

if TYPE_CHECKING:
    from detector.bundle import Bundle
    from detector.text import TextSettings
    from trainer.corpora import Corpus, Part
    from trainer.judging.slices import By

_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
_NEW_FOLDER = click.Path(file_okay=False, path_type=Path)
_OLD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_DATA = Path("../shared/data")
_TEST_RECORDS = 20_000
_TEST_SEED = 2


class Commands(click.Group):
    """Shows Breachline's own errors without a traceback."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's signature
        """Runs the command."""
        try:
            return super().invoke(ctx)
        except BreachlineError as error:
            click.echo(f"breachline-train: {error}", err=True)
            ctx.exit(error.exit_code)


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="breachline-train")
def main() -> None:
    """Makes and judges the model bundles that breachline scores with."""


@main.command()
@click.option("--out", type=_NEW_FILE, help="Write a labelled log here (.gz to compress).")
@click.option("--samples", type=_NEW_FOLDER, help="Write the sample logs into this folder.")
@click.option("--records", type=click.IntRange(1), default=40_000, show_default=True)
@click.option("--seed", default=1, show_default=True, help="The same seed, the same bytes.")
def generate(out: Path | None, samples: Path | None, records: int, seed: int) -> None:
    """Makes up labelled access logs of a mock shop, half of their requests attacks."""
    from trainer.generate.log import log  # noqa: PLC0415
    from trainer.samples import write_labelled, write_samples  # noqa: PLC0415

    if out is None and samples is None:
        raise click.UsageError("Give --out FILE for a labelled log, or --samples FOLDER.")
    try:
        if out is not None:
            write_labelled(out, log(records, seed))
        if samples is not None:
            write_samples(samples, seed)
    except OSError as error:
        raise BreachlineError(
            f"{error.filename}: cannot be written: {error.strerror}. Choose another place."
        ) from None


@main.command()
@click.argument("log_file", metavar="[LOG]", type=_OLD_FILE, required=False)
@click.option("--out", type=_NEW_FOLDER, required=True, help="Write the bundle into this folder.")
@click.option("--name", default="breachline", show_default=True, help="The model's name.")
@click.option(
    "--records",
    type=click.IntRange(100),
    default=120_000,
    show_default=True,
    help="Records to generate where no LOG is given.",
)
@click.option("--seed", default=1, show_default=True)
@click.option("--epochs", type=click.IntRange(1), default=12, show_default=True)
@click.option("--embedding", type=click.IntRange(1), default=32, show_default=True)
@click.option("--units", type=click.IntRange(1), default=64, show_default=True)
@click.option(
    "--dropout", type=click.FloatRange(0, 1, max_open=True), default=0.05, show_default=True
)
@click.option(
    "--recurrent-dropout",
    type=click.FloatRange(0, 1, max_open=True),
    default=0.05,
    show_default=True,
)
@click.option(
    "--pooling",
    type=click.Choice(("last", "max")),
    default="max",
    show_default=True,
    help="Score after the last character, or the highest after any.",
)
@click.option(
    "--false-alarms",
    type=click.FloatRange(0, 1),
    default=0.005,
    show_default=True,
    help="Share of benign validation records that may alert; sets the threshold.",
)
@click.option(
    "--run",
    type=_NEW_FOLDER,
    default=Path("runs/fit"),
    show_default=True,
    help="Folder for TensorBoard's logs and the best checkpoint.",
)
def fit(log_file: Path | None, out: Path, **options: Any) -> None:  # noqa: ANN401
    """Trains a bundle on a labelled LOG, or on one that it makes up."""
    _quiet_tensorflow()
    try:
        import onnx  # noqa: F401, PLC0415 - needed at the end, and better missed at the start

        from trainer.training import Recipe, train  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise BreachlineError(
            f"fit needs {error.name}, which is not installed. Run pip install 'breachline[train]'."
        ) from None
    from trainer.report import show  # noqa: PLC0415

    show(train(Recipe(log_file, **options), out), f"{out} on the test part of its log")


@main.command()
@click.argument("bundle_path", metavar="BUNDLE", type=click.Path(path_type=Path))
@click.argument("log_file", metavar="[LOG]", type=_OLD_FILE, required=False)
@click.option(
    "--part",
    type=click.Choice(("train", "validation", "test")),
    help="Judge only this part of the LOG, as fit splits it. A made-up log: always test.",
)
@click.option(
    "--json",
    "json_file",
    metavar="[FILE]",
    is_flag=False,
    flag_value="-",
    type=_NEW_FILE,
    help="Write every figure as JSON into FILE; without one, print it in the tables' stead.",
)
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help=f"Folder of the public sets, where no LOG is given.  [default: {_DATA}, where it is]",
)
@click.option(
    "--by",
    type=click.Choice(("family", "length", "source", "placement")),
    help="Show where the bundle is weak, worst first, with records. Not with a LOG.",
)
@click.option(
    "--html", "html_file", type=_NEW_FILE, help="Write a page with plots too. Not with a LOG."
)
@click.option(
    "--sample", type=click.IntRange(1), help="At most so many records of a set, to be quick."
)
def evaluate(
    bundle_path: Path,
    log_file: Path | None,
    part: Part | None,
    *,
    json_file: Path | None,
    data: Path | None,
    by: By | None,
    html_file: Path | None,
    sample: int | None,
) -> None:
    """Judges a bundle on the public sets, on held-out traffic and attacks, and under evasion.

    Where the data is absent: on the held-out part of a made-up log. With a LOG: on that.
    """
    from detector import bundle as bundles  # noqa: PLC0415

    bundle = bundles.load(bundle_path)
    if log_file is None and data is None and part is None and _DATA.is_dir():
        data = _DATA
    if log_file is None and data is not None:
        from trainer.judging.command import evaluate_on_corpora  # noqa: PLC0415

        evaluate_on_corpora(
            bundle, data, sample=sample, by=by, json_file=json_file, html_file=html_file
        )
        return
    if by or html_file or sample:
        raise click.UsageError("--by, --html and --sample need the public sets: give --data alone.")
    _evaluate_on_log(bundle, log_file, part, json_file)


def _evaluate_on_log(
    bundle: Bundle, log_file: Path | None, part: Part | None, json_file: Path | None
) -> None:
    from detector.scorers.onnx import OnnxScorer  # noqa: PLC0415
    from trainer.evaluation import judge  # noqa: PLC0415
    from trainer.report import show  # noqa: PLC0415

    corpus = _corpus(log_file, part, bundle.spec.text)
    scores = OnnxScorer(bundle).score(corpus.texts)
    judgement = judge(corpus, scores, bundle.spec.threshold, bundle.spec.families)
    if json_file is not None:
        figures = {"bundle": bundle.label} | judgement.to_json()
        with click.open_file(str(json_file), "w", encoding="utf-8") as out:
            json.dump(figures, out, indent=2)
            out.write("\n")
    if json_file != Path("-"):
        show(judgement, f"{bundle.label} on {log_file or 'made-up records'}")


def _corpus(log_file: Path | None, part: Part | None, settings: TextSettings) -> Corpus:
    from trainer.corpora import from_rows, read  # noqa: PLC0415
    from trainer.generate.log import log  # noqa: PLC0415

    if log_file is None:
        return from_rows(log(_TEST_RECORDS, _TEST_SEED), settings).part("test")
    corpus = read(log_file, settings)
    if part:
        corpus = corpus.part(part)
    if not len(corpus):
        raise BreachlineError(
            f"{log_file}: found no labelled record{f' in its {part} part' if part else ''}, "
            "expected some. Give another log, or leave --part out."
        )
    return corpus


def _quiet_tensorflow() -> None:
    """Chooses Keras's backend and keeps TensorFlow's start-up notes off the terminal."""
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # slower on so small a network

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
    from detector.text import TextSettings
    from trainer.corpora import Corpus, Part

_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
_NEW_FOLDER = click.Path(file_okay=False, path_type=Path)
_OLD_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
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
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def evaluate(bundle_path: Path, log_file: Path | None, part: Part | None, as_json: bool) -> None:
    """Judges a bundle on a labelled LOG, or on the held-out part of a made-up one."""
    from detector import bundle as bundles  # noqa: PLC0415
    from detector.scorers.onnx import OnnxScorer  # noqa: PLC0415
    from trainer.evaluation import judge  # noqa: PLC0415
    from trainer.report import show  # noqa: PLC0415

    bundle = bundles.load(bundle_path)
    corpus = _corpus(log_file, part, bundle.spec.text)
    scores = OnnxScorer(bundle).score(corpus.texts)
    judgement = judge(corpus, scores, bundle.spec.threshold, bundle.spec.families)
    if as_json:
        click.echo(json.dumps({"bundle": bundle.label} | judgement.to_json(), indent=2))
    else:
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

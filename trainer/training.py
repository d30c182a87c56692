"""From a labelled log to a bundle on disk."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path

from detector import __version__
from detector.bundle import FORMAT_VERSION, Bundle, load, save
from detector.network import onnx_graph
from detector.scorers.onnx import OnnxScorer
from detector.spec import Network, Pooling, Spec
from detector.text import TextSettings
from trainer import fitting
from trainer.corpora import Corpus, CorpusError, from_rows, read
from trainer.evaluation import Judgement, judge, threshold_for
from trainer.families import FAMILIES
from trainer.generate.log import log


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that a bundle depends on; the options of `breachline-train fit`.

    Attributes:
        log_file: labelled log; None generates one.
        name: the model's name.
        records: how many to generate.
        seed: of the generator and of the training.
        epochs: at most so many.
        embedding, units, dropout, recurrent_dropout, pooling: see Network.
        false_alarms: share of benign validation records that may alert.
        run: folder for TensorBoard's logs and the best checkpoint.
    """

    log_file: Path | None
    name: str
    records: int
    seed: int
    epochs: int
    embedding: int
    units: int
    dropout: float
    recurrent_dropout: float
    pooling: Pooling
    false_alarms: float
    run: Path


def train(recipe: Recipe, out: Path) -> Judgement:
    """Trains a bundle, writes it to `out`, and judges it on the log's test part.

    Raises:
        CorpusError: the log cannot be read, or a part of it lacks benign records or attacks.
    """
    text = TextSettings()
    corpus = (
        read(recipe.log_file, text)
        if recipe.log_file
        else from_rows(log(recipe.records, recipe.seed), text)
    )
    parts = {name: corpus.part(name) for name in ("train", "validation", "test")}
    for name, part in parts.items():
        _check_both_kinds(name, part)
    named = {family for family in corpus.families if family}
    spec = Spec(
        format_version=FORMAT_VERSION,
        name=recipe.name,
        version=__version__,
        network=Network(
            embedding=recipe.embedding,
            units=recipe.units,
            dropout=recipe.dropout,
            recurrent_dropout=recipe.recurrent_dropout,
            pooling=recipe.pooling,
        ),
        text=text,
        families=(*FAMILIES, *sorted(named - set(FAMILIES))),
        threshold=0.5,
    )
    schedule = fitting.Schedule(epochs=recipe.epochs, seed=recipe.seed)
    weights, epochs = fitting.fit(spec, parts["train"], parts["validation"], schedule, recipe.run)
    graph = onnx_graph(spec, weights)
    scorer = OnnxScorer(Bundle(out, spec, weights, graph, {}))
    benign = parts["validation"].benign
    spec = replace(spec, threshold=threshold_for(scorer.score(benign).breach, recipe.false_alarms))
    test = parts["test"]
    judgement = judge(test, scorer.score(test.texts), spec.threshold, spec.families)
    made = asdict(recipe) | {
        "log_file": recipe.log_file.name if recipe.log_file else None,
        "run": None,
        "epochs": epochs,
        "texts": {name: len(part) for name, part in parts.items()},
    }
    save(Bundle(out, spec, weights, graph, {"made": made, "test": judgement.to_json()}), out)
    load(out)
    return judgement


def _check_both_kinds(name: str, part: Corpus) -> None:
    attacks = int(part.labels.sum())
    if not attacks or attacks == len(part):
        raise CorpusError(
            f"the {name} part has {attacks} attacks and {len(part) - attacks} benign records, both "
            "kinds are needed. Give a longer log."
        )

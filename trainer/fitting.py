"""The training loop."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from detector.network import weights_of
from detector.spec import Spec
from trainer.architectures import causal_lstm
from trainer.corpora import Corpus

_WIDTHS = (32, 64, 96, 128, 192, 256, 384, 512, 768, 1024)

Example = tuple[dict[str, NDArray[Any]], dict[str, NDArray[Any]], dict[str, NDArray[np.float32]]]


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast to train.

    Attributes:
        epochs: at most so many.
        patience: epochs without a better validation loss after which training ends.
        learning_rate: Adam's highest; see causal_lstm.build.
        characters: in a batch, padding included.
        seed: decides the first weights, the order of the batches and the dropout.
    """

    epochs: int = 12
    patience: int = 3
    learning_rate: float = 0.004
    characters: int = 8_192
    seed: int = 1


def fit(
    spec: Spec, train: Corpus, validation: Corpus, schedule: Schedule, run: Path
) -> tuple[dict[str, NDArray[np.float32]], int]:
    """Trains the network of `spec`.

    Args:
        spec: network and families; the threshold is not used.
        train: what to learn from. Texts longer than 1,024 characters are cut there.
        validation: what to stop by.
        schedule: how long and how fast.
        run: directory for TensorBoard's logs and for the best checkpoint.

    Returns:
        The weights of the best epoch, as Spec.weight_shapes names them, and the epochs run.
    """
    keras.utils.set_random_seed(schedule.seed)
    tf.config.experimental.enable_op_determinism()
    batches = Batches(train, spec.families, schedule.characters, schedule.seed)
    model = causal_lstm.build(spec, schedule.learning_rate, schedule.epochs * len(batches))
    checkpoint = run / "best.weights.h5"
    run.mkdir(parents=True, exist_ok=True)
    history = model.fit(
        batches.dataset(repeat=True),
        steps_per_epoch=len(batches),
        validation_data=Batches(validation, spec.families, schedule.characters).dataset(),
        epochs=schedule.epochs,
        shuffle=False,  # Batches does it
        verbose=0,
        callbacks=[
            keras.callbacks.ModelCheckpoint(
                checkpoint, monitor="val_loss", save_best_only=True, save_weights_only=True
            ),
            keras.callbacks.EarlyStopping("val_loss", patience=schedule.patience),
            keras.callbacks.TensorBoard(run / "tensorboard", write_graph=False),
            EpochProgress(schedule.epochs, len(batches)),
        ],
    )
    model.load_weights(checkpoint)
    return weights_of(spec, model), len(history.epoch)


class Batches:
    """Cuts a corpus into batches of few widths, so that padding is little and nothing recompiles.

    Args:
        corpus: the texts.
        families: their indices are the family head's targets.
        characters: in a batch, padding included.
        seed: shuffles texts and batches anew each epoch; None keeps them in order.
    """

    def __init__(
        self, corpus: Corpus, families: tuple[str, ...], characters: int, seed: int | None = None
    ) -> None:
        index = {name: number for number, name in enumerate(families)}
        self._texts = corpus.texts
        self._labels = corpus.labels.astype(np.float32)
        self._families = np.array([index.get(name or "", -1) for name in corpus.families], np.int32)
        self._characters = characters
        self._shuffle = None if seed is None else np.random.default_rng(seed)
        widths = np.searchsorted(_WIDTHS, corpus.lengths).clip(max=len(_WIDTHS) - 1)
        self._buckets = [
            (_WIDTHS[bucket], np.flatnonzero(widths == bucket)) for bucket in range(len(_WIDTHS))
        ]

    def __len__(self) -> int:
        return sum(-(-len(rows) // self._size(width)) for width, rows in self._buckets)

    def __iter__(self) -> Iterator[Example]:
        planned = []
        for width, rows in self._buckets:
            order = rows if self._shuffle is None else self._shuffle.permutation(rows)
            size = self._size(width)
            planned += [(width, order[at : at + size]) for at in range(0, len(order), size)]
        if self._shuffle is not None:
            planned = [planned[at] for at in self._shuffle.permutation(len(planned))]
        for width, rows in planned:
            yield self._example(width, rows)

    def dataset(self, *, repeat: bool = False) -> tf.data.Dataset:
        """Returns the batches as TensorFlow takes them; with `repeat`, epoch after epoch."""

        def examples() -> Iterator[Example]:
            yield from self
            while repeat:
                yield from self

        column = tf.TensorSpec((None,), tf.float32)
        signature = (
            {
                "tokens": tf.TensorSpec((None, None), tf.int32),
                "lengths": tf.TensorSpec((None,), tf.int32),
            },
            {"breach": column, "family": tf.TensorSpec((None,), tf.int32)},
            {"breach": column, "family": column},
        )
        count = tf.data.INFINITE_CARDINALITY if repeat else len(self)
        dataset = tf.data.Dataset.from_generator(examples, output_signature=signature)
        return dataset.apply(tf.data.experimental.assert_cardinality(count)).prefetch(2)

    def _size(self, width: int) -> int:
        return max(1, self._characters // width)

    def _example(self, width: int, rows: NDArray[np.intp]) -> Example:
        tokens = np.zeros((len(rows), width), np.int32)
        lengths = np.empty(len(rows), np.int32)
        for place, row in enumerate(rows):
            text = self._texts[row][:width]
            tokens[place, : len(text)] = np.frombuffer(text, np.uint8)
            lengths[place] = len(text)
        families = self._families[rows]
        return (
            {"tokens": tokens, "lengths": lengths},
            {"breach": self._labels[rows], "family": families.clip(min=0)},
            {
                "breach": np.ones(len(rows), np.float32),
                "family": (families >= 0).astype(np.float32),
            },
        )


class EpochProgress(keras.callbacks.Callback):  # type: ignore[misc]
    """Shows a bar on a terminal, and a line an epoch elsewhere; both on stderr.

    Args:
        epochs: how many at most.
        steps: batches in each.
    """

    def __init__(self, epochs: int, steps: int) -> None:
        super().__init__()
        self._console = Console(file=sys.stderr)
        self._bar = Progress(
            TextColumn("epoch {task.fields[epoch]}"),
            BarColumn(),
            TextColumn("loss {task.fields[loss]:.4f}"),
            TimeElapsedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._epochs = epochs
        self._task = self._bar.add_task("", total=epochs * steps, epoch=1, loss=float("nan"))

    def on_train_begin(self, logs: dict[str, float] | None = None) -> None:
        """Shows the bar."""
        self._bar.start()

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Counts the epoch."""
        self._bar.update(self._task, epoch=epoch + 1)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Moves the bar on."""
        self._bar.update(self._task, advance=1, loss=(logs or {}).get("loss", float("nan")))

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Writes the epoch's losses."""
        losses = logs or {}
        self._console.print(
            f"epoch {epoch + 1}/{self._epochs}: loss {losses.get('loss', 0):.4f}, "
            f"validation {losses.get('val_loss', 0):.4f}"
        )

    def on_train_end(self, logs: dict[str, float] | None = None) -> None:
        """Takes the bar away."""
        self._bar.stop()

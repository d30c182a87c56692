"""The trainer's commands, run as a user runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from detector import bundle
from detector.scorers.onnx import OnnxScorer
from detector.text import TextSettings
from trainer.corpora import read

ROOT = Path(__file__).parents[2]
_WITHOUT = "import sys; sys.modules.update(dict.fromkeys({missing!r})); import trainer.__main__"


def run(*arguments: str | Path, missing: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    """Runs breachline-train, the modules in `missing` being as if not installed."""
    code = _WITHOUT.format(missing=missing)
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.fixture(scope="module")
def tiny_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A labelled log of 600 rows, as the command writes it."""
    path = tmp_path_factory.mktemp("log") / "tiny.jsonl.gz"
    made = run("generate", "--out", path, "--records", "600", "--seed", "3")
    assert made.returncode == 0, made.stderr
    return path


@pytest.mark.tensorflow
def test_fit_makes_a_bundle_that_loads_and_is_judged(tiny_log: Path, tmp_path: Path) -> None:
    """A short training writes a sound bundle, logs for TensorBoard, and figures to compare."""
    out, logs = tmp_path / "bundle", tmp_path / "run"
    small = ("--epochs", "2", "--units", "8", "--embedding", "4", "--name", "tiny")
    made = run("fit", tiny_log, "--out", out, "--run", logs, *small)
    assert made.returncode == 0, made.stderr
    assert "epoch 2/2: loss" in made.stderr
    assert "accuracy" in made.stdout
    assert list((logs / "tensorboard").rglob("events.out.tfevents.*"))
    assert (logs / "best.weights.h5").is_file()
    loaded = bundle.load(out)
    assert loaded.spec.network.units == 8
    assert loaded.label.startswith("tiny-")
    assert 0.5 <= loaded.spec.threshold <= 1
    judged = run("evaluate", out, tiny_log, "--part", "test", "--json")
    assert judged.returncode == 0, judged.stderr
    figures = json.loads(judged.stdout)
    assert figures.pop("bundle") == loaded.label
    assert figures == loaded.figures["test"]


def test_evaluate_and_generate_need_no_training_library(tiny_log: Path) -> None:
    """Neither TensorFlow nor Keras nor onnx is imported."""
    missing = ("tensorflow", "keras", "onnx")
    judged = run("evaluate", bundle.DEFAULT_PATH, tiny_log, missing=missing)
    assert judged.returncode == 0, judged.stderr
    assert "ROC AUC" in judged.stdout


@pytest.mark.parametrize("missing", ["tensorflow", "keras", "onnx"])
def test_fit_names_the_missing_extra(tmp_path: Path, missing: str) -> None:
    """Without a library that training needs, fit says at once what to install."""
    made = run("fit", "--out", tmp_path / "bundle", missing=(missing,))
    assert made.returncode == 1
    assert "pip install 'breachline[train]'" in made.stderr
    assert "Traceback" not in made.stderr


def test_fit_refuses_a_log_of_one_kind(tmp_path: Path) -> None:
    """Without attacks there is nothing to learn, and the message says so."""
    path = tmp_path / "benign.jsonl"
    rows = ({"label": 0, "log": {"method": "get", "path": f"/{n}"}} for n in range(99))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    made = run("fit", path, "--out", tmp_path / "bundle")
    assert made.returncode == 1
    assert "part has 0 attacks and" in made.stderr


def test_evaluate_of_no_bundle_exits_78(tmp_path: Path) -> None:
    """A bundle that cannot be loaded is a fault of configuration."""
    judged = run("evaluate", tmp_path)
    assert judged.returncode == 78
    assert "SHA256SUMS is missing" in judged.stderr


def test_generate_needs_a_place_to_write() -> None:
    """Without --out or --samples the command says which to give."""
    made = run("generate")
    assert made.returncode == 2
    assert "--out" in made.stderr
    assert "--samples" in made.stderr


def test_shipped_bundle_is_right_on_the_genuine_rows(shared_data: Path) -> None:
    """Of the labelled SecuritAI rows the breaches alert and the others do not."""
    shipped = bundle.load(bundle.DEFAULT_PATH)
    rows = read(shared_data / "seeds" / "securitai_sample_rows.jsonl.gz", TextSettings())
    alerts = OnnxScorer(shipped).score(rows.texts).breach >= shipped.spec.threshold
    assert alerts.tolist() == [label == 1 for label in rows.labels]


def test_shipped_bundle_beats_the_published_accuracy() -> None:
    """On held-out made-up records accuracy is above 0.977, and length alone below AUC 0.7."""
    judged = run("evaluate", bundle.DEFAULT_PATH, "--part", "test", "--json")
    figures = json.loads(judged.stdout)
    assert figures["accuracy"] > 0.977
    assert figures["length_only"]["roc_auc"] < 0.7

"""Bundles: what is saved is loaded, and each fault is named."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
import pytest

from detector import bundle
from detector.errors import BundleError
from tests.random_bundles import random_bundle

FILES = ("spec.json", "weights.npz", "model.onnx", "figures.json")


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A sound bundle on disk."""
    bundle.save(random_bundle(), tmp_path / "made")
    return tmp_path / "made"


def replace(path: Path, name: str, content: bytes) -> None:
    """Puts `content` into a file of the bundle and brings its checksum up to date."""
    (path / name).write_bytes(content)
    sums = [f"{sha256((path / file).read_bytes()).hexdigest()}  {file}\n" for file in FILES]
    (path / "SHA256SUMS").write_text("".join(sums))


def change_spec(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Edits spec.json and brings its checksum up to date."""
    spec = json.loads((path / "spec.json").read_bytes())
    change(spec)
    replace(path, "spec.json", json.dumps(spec).encode())


def npz(**arrays: Any) -> bytes:
    archive = BytesIO()
    np.savez(archive, **arrays)
    return archive.getvalue()


def test_saved_bundle_is_loaded_as_it_was(saved: Path) -> None:
    """Every part comes back equal, and the label names it."""
    made, found = random_bundle(), bundle.load(saved)
    assert (found.spec, found.graph, found.figures) == (made.spec, made.graph, made.figures)
    assert all((found.weights[name] == made.weights[name]).all() for name in made.weights)
    assert found.label == "random-0"


def test_equal_bundles_are_equal_bytes(saved: Path, tmp_path: Path) -> None:
    """Saving twice writes the same files, so that a bundle can be reproduced."""
    bundle.save(bundle.load(saved), tmp_path / "again")
    for name in (*FILES, "SHA256SUMS"):
        assert (saved / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_checksums_are_those_of_sha256sum(saved: Path) -> None:
    """SHA256SUMS has a line of digest, two spaces and name for each other file."""
    lines = (saved / "SHA256SUMS").read_text().splitlines()
    assert lines == [f"{sha256((saved / name).read_bytes()).hexdigest()}  {name}" for name in FILES]


def test_no_directory(tmp_path: Path) -> None:
    """A path that is not there is said to be no bundle."""
    with pytest.raises(BundleError, match="found no directory, expected a model bundle"):
        bundle.load(tmp_path / "absent")


@pytest.mark.parametrize("name", [*FILES, "SHA256SUMS"])
def test_missing_file_is_named(saved: Path, name: str) -> None:
    """Each file of a bundle is needed."""
    (saved / name).unlink()
    with pytest.raises(BundleError, match=f"{name} is missing"):
        bundle.load(saved)


@pytest.mark.parametrize("name", FILES)
def test_altered_file_is_named(saved: Path, name: str) -> None:
    """A byte more in any file shows against its checksum."""
    with (saved / name).open("ab") as file:
        file.write(b"\n")
    with pytest.raises(BundleError, match=rf"{name} has SHA-256 .*, SHA256SUMS says"):
        bundle.load(saved)


def test_file_without_checksum_is_named(saved: Path) -> None:
    """A file that SHA256SUMS leaves out is not trusted."""
    lines = (saved / "SHA256SUMS").read_text().splitlines(keepends=True)
    (saved / "SHA256SUMS").write_text("".join(line for line in lines if "weights" not in line))
    with pytest.raises(BundleError, match=r"weights\.npz has SHA-256 .* says none"):
        bundle.load(saved)


def test_newer_format_asks_for_an_upgrade(saved: Path) -> None:
    """A bundle of the future is refused for its version, whatever else it holds."""
    change_spec(saved, lambda spec: spec.update(format_version=99, novelty=1))
    with pytest.raises(BundleError, match=r"format version 99, .* Upgrade breachline"):
        bundle.load(saved)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda spec: spec.update(threshold=1.5), "found threshold 1.5, expected a number in"),
        (lambda spec: spec.update(threshold=float("nan")), "found threshold nan"),
        (lambda spec: spec.update(threshold=True), "found threshold True"),
        (lambda spec: spec.pop("threshold"), "expected the keys"),
        (lambda spec: spec.update(novelty=1), "'novelty'"),
        (lambda spec: spec.update(name=""), "found name ''"),
        (lambda spec: spec.update(network=7), "found network 'int', expected an object"),
        (lambda spec: spec["network"].update(units=0), "found units 0"),
        (lambda spec: spec["network"].update(pooling="mean"), "'mean', expected last or max"),
        (lambda spec: spec["text"].update(fields=["cookie"]), r"found fields \['cookie'\]"),
        (lambda spec: spec["text"].update(fields=[]), r"found fields \[\]"),
        (lambda spec: spec["text"].update(limit="1"), "found limit '1'"),
        (lambda spec: spec.update(families=["sqli", "sqli"]), "a list of different names"),
    ],
)
def test_unusable_spec_is_named(
    saved: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    """Each value of the spec is checked for type and range."""
    change_spec(saved, change)
    with pytest.raises(BundleError, match=message):
        bundle.load(saved)


@pytest.mark.parametrize("name", ["spec.json", "figures.json"])
def test_file_that_is_not_json_is_named(saved: Path, name: str) -> None:
    """Bytes that do not parse are reported with the file they stand in."""
    replace(saved, name, b"{")
    with pytest.raises(BundleError, match=f"{name} is not JSON"):
        bundle.load(saved)


def test_figures_that_are_no_object(saved: Path) -> None:
    """Figures are an object or the bundle is refused."""
    replace(saved, "figures.json", b"[]")
    with pytest.raises(BundleError, match=r"figures\.json is not an object"):
        bundle.load(saved)


def test_weights_of_another_size(saved: Path) -> None:
    """Weights must have the shapes that follow from the spec."""
    change_spec(saved, lambda spec: spec["network"].update(units=17))
    with pytest.raises(BundleError, match=r"float32 \(64,\) for bias, the spec says .*\(68,\)"):
        bundle.load(saved)


def test_families_that_the_head_does_not_have(saved: Path) -> None:
    """A family more in the spec than in the weights is found."""
    change_spec(saved, lambda spec: spec["families"].append("xxe"))
    with pytest.raises(BundleError, match=r"\(3,\) for family_bias, the spec says float32 \(4,\)"):
        bundle.load(saved)


def test_missing_and_unknown_weights_are_named(saved: Path) -> None:
    """Neither too few arrays nor too many pass, nor what is no array."""
    weights = random_bundle().weights
    replace(saved, "weights.npz", npz(**weights, extra=weights["bias"]))
    with pytest.raises(BundleError, match="for extra, the spec says nothing"):
        bundle.load(saved)
    archive = BytesIO(npz(**weights))
    with ZipFile(archive, "a") as weights_and_more:
        weights_and_more.writestr("notes.txt", b"words")
    replace(saved, "weights.npz", archive.getvalue())
    with pytest.raises(BundleError, match=r"for notes\.txt, the spec says nothing"):
        bundle.load(saved)
    del weights["bias"]
    replace(saved, "weights.npz", npz(**weights))
    with pytest.raises(BundleError, match="has nothing for bias"):
        bundle.load(saved)


def test_weights_that_are_not_finite(saved: Path) -> None:
    """A NaN would make every score one."""
    weights = random_bundle().weights
    weights["bias"][3] = np.nan
    replace(saved, "weights.npz", npz(**weights))
    with pytest.raises(BundleError, match="bias is not finite"):
        bundle.load(saved)


@pytest.mark.parametrize("content", [b"", b"not a zip archive", npz(bias=np.array([print]))])
def test_weights_that_are_no_plain_arrays(saved: Path, content: bytes) -> None:
    """Neither rubbish nor pickled objects, which could run code, are read."""
    replace(saved, "weights.npz", content)
    with pytest.raises(BundleError, match=r"weights\.npz is not a NumPy archive of plain arrays"):
        bundle.load(saved)


def test_graph_that_is_no_graph(saved: Path) -> None:
    """Rubbish is not loaded as a graph."""
    replace(saved, "model.onnx", b"rubbish")
    with pytest.raises(BundleError, match=r"model\.onnx cannot be read"):
        bundle.load(saved)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (random_bundle(seed=1), r"built with breachline\.weights"),
        (random_bundle("last"), r"built with breachline\.pooling last, .* say max"),
        (random_bundle(units=8), r"built with breachline\.units 8, .* say 16"),
    ],
    ids=["weights", "pooling", "units"],
)
def test_graph_of_another_model(saved: Path, other: bundle.Bundle, message: str) -> None:
    """A graph is accepted only with the spec and weights it was built from."""
    replace(saved, "model.onnx", other.graph)
    with pytest.raises(BundleError, match=message):
        bundle.load(saved)


def test_shipped_bundle_is_sound_and_small() -> None:
    """The bundle in the package verifies, reads the default fields, and is at most 2 MB."""
    shipped = bundle.load(bundle.DEFAULT_PATH)
    assert shipped.spec.text.fields == ("method", "path", "query", "body")
    assert sum(file.stat().st_size for file in bundle.DEFAULT_PATH.iterdir()) <= 2_000_000

"""The model bundle on disk: everything that a score depends on, verified when it is loaded.

A bundle is a directory of five files. SHA256SUMS has the format of the sha256sum command and covers
the other four: spec.json, weights.npz, model.onnx and figures.json.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from detector.errors import BundleError
from detector.spec import FORMAT_VERSION, Network, Spec, spec_from_json

__all__ = ["DEFAULT_PATH", "FORMAT_VERSION", "Bundle", "Network", "Spec", "load", "save"]

DEFAULT_PATH = Path(__file__).parent / "models" / "default"
"""The bundle that ships."""

_SUMS = "SHA256SUMS"
_FILES = ("spec.json", "weights.npz", "model.onnx", "figures.json")
_REMEDY = "Copy the bundle again, or make it anew with `breachline-train fit`."


@dataclass(frozen=True, slots=True)
class Bundle:
    """A trained model and all that goes with it.

    Attributes:
        path: where it stands.
        spec: network, text settings, families, threshold.
        weights: float32 arrays, named and shaped as Spec.weight_shapes says.
        graph: the ONNX graph that network.onnx_graph built from spec and weights.
        figures: how it was made and how it does, for people.
    """

    path: Path
    spec: Spec
    weights: dict[str, NDArray[np.float32]]
    graph: bytes
    figures: dict[str, Any]

    @property
    def label(self) -> str:
        """Name and version, as alerts carry it."""
        return f"{self.spec.name}-{self.spec.version}"


def load(path: Path) -> Bundle:
    """Loads and verifies the bundle at `path`. Nothing in it is executed.

    Raises:
        BundleError: a file is missing, altered or unreadable; the bundle is of a newer format; or
            its parts disagree.
    """
    contents = _verified_contents(path)
    spec = spec_from_json(_json(path, "spec.json", contents), str(path))
    figures = _json(path, "figures.json", contents)
    if not isinstance(figures, dict):
        raise BundleError(f"{path}: figures.json is not an object. {_REMEDY}")
    weights = _weights(path, spec, contents["weights.npz"])
    graph = contents["model.onnx"]
    _check_graph(path, spec, weights, graph)
    return Bundle(path, spec, weights, graph, figures)


def save(bundle: Bundle, path: Path) -> None:
    """Writes `bundle` into the directory `path`, the checksums last. Equal bundles, equal bytes."""
    archive = io.BytesIO()
    np.savez(archive, allow_pickle=False, **bundle.weights)
    contents = {
        "spec.json": _pretty(bundle.spec.to_json()),
        "weights.npz": archive.getvalue(),
        "model.onnx": bundle.graph,
        "figures.json": _pretty(bundle.figures),
    }
    path.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (path / name).write_bytes(content)
    sums = "".join(f"{sha256(contents[name]).hexdigest()}  {name}\n" for name in _FILES)
    (path / _SUMS).write_text(sums)


def graph_facts(spec: Spec, weights: Mapping[str, NDArray[np.float32]]) -> dict[str, str]:
    """Returns the metadata that ties an ONNX graph to the spec and weights it was built from."""
    digest = sha256()
    for name in spec.weight_shapes():
        digest.update(np.ascontiguousarray(weights[name]).tobytes())
    return {
        "breachline.pooling": spec.network.pooling,
        "breachline.vocabulary": str(spec.network.vocabulary),
        "breachline.embedding": str(spec.network.embedding),
        "breachline.units": str(spec.network.units),
        "breachline.families": str(len(spec.families)),
        "breachline.weights": digest.hexdigest(),
    }


def _pretty(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _verified_contents(path: Path) -> dict[str, bytes]:
    if not path.is_dir():
        raise BundleError(
            f"{path}: found no directory, expected a model bundle. Give the path of one; the "
            f"one that ships is {DEFAULT_PATH}."
        )
    try:
        sums = _sums((path / _SUMS).read_text())
        contents = {name: (path / name).read_bytes() for name in _FILES}
    except FileNotFoundError as error:
        missing = Path(error.filename).name
        raise BundleError(f"{path}: {missing} is missing. {_REMEDY}") from None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else f"{_SUMS} is not text"
        raise BundleError(f"{path}: cannot be read: {reason}. {_REMEDY}") from None
    for name, content in contents.items():
        found, expected = sha256(content).hexdigest(), sums.get(name, "none")
        if found != expected:
            raise BundleError(
                f"{path}: {name} has SHA-256 {found}, {_SUMS} says {expected}. {_REMEDY}"
            )
    return contents


def _sums(text: str) -> dict[str, str]:
    pairs = (line.split(maxsplit=1) for line in text.splitlines())
    return {pair[1].lstrip("*"): pair[0].lower() for pair in pairs if len(pair) == 2}


def _json(path: Path, name: str, contents: Mapping[str, bytes]) -> Any:  # noqa: ANN401 - JSON
    try:
        return json.loads(contents[name])
    except ValueError as error:
        raise BundleError(f"{path}: {name} is not JSON: {error}. {_REMEDY}") from None


def _weights(path: Path, spec: Spec, content: bytes) -> dict[str, NDArray[np.float32]]:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            weights = {name: np.asarray(archive[name]) for name in archive.files}
    except (ValueError, OSError, EOFError, BadZipFile, AttributeError) as error:
        raise BundleError(
            f"{path}: weights.npz is not a NumPy archive of plain arrays: {error}. {_REMEDY}"
        ) from None
    shapes = spec.weight_shapes()
    for name in sorted(shapes.keys() | weights.keys()):
        expected = f"float32 {shapes[name]}" if name in shapes else "nothing"
        found = f"{weights[name].dtype} {weights[name].shape}" if name in weights else "nothing"
        if found != expected:
            raise BundleError(
                f"{path}: weights.npz has {found} for {name}, the spec says {expected}. {_REMEDY}"
            )
        if not np.isfinite(weights[name]).all():
            raise BundleError(f"{path}: weights.npz: {name} is not finite throughout. {_REMEDY}")
    return weights


def _check_graph(
    path: Path, spec: Spec, weights: Mapping[str, NDArray[np.float32]], graph: bytes
) -> None:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions share no base of their own
        reason = str(error).splitlines()[0]
        raise BundleError(f"{path}: model.onnx cannot be read: {reason}. {_REMEDY}") from None
    found = session.get_modelmeta().custom_metadata_map
    for name, expected in graph_facts(spec, weights).items():
        if found.get(name) != expected:
            raise BundleError(
                f"{path}: model.onnx was built with {name} {found.get(name, 'not stated')}, spec "
                f"and weights say {expected}. {_REMEDY}"
            )
    widths = {node.name: node.shape[-1] for node in session.get_outputs()}
    for output, width in (("family", len(spec.families)), ("h", spec.network.units)):
        if widths.get(output) != width:
            raise BundleError(
                f"{path}: model.onnx gives {widths.get(output, 'no')} values of {output}, the spec "
                f"says {width}. {_REMEDY}"
            )

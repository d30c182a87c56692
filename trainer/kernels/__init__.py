"""The fused LSTM kernel: lstm.c, compiled where it is first used, called through ctypes."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import subprocess
import tempfile
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

UNITS = (32, 64, 96, 128)
"""The widths of state that the kernel computes."""

_SOURCE = Path(__file__).with_name("lstm.c")
_FLAGS = [
    "-O3",
    "-ffast-math",
    "-march=native",
    "-mrecip=all",
    "-mprefer-vector-width=512",
    "-fopenmp",
    "-fPIC",
]
_LINK_FLAGS = ["-shared", "-fopenmp", "-lm"]  # -ffast-math here would round for the whole process


@cache
def load() -> Kernel | None:
    """Compiles the kernel for this processor and loads it.

    Returns:
        The kernel; None where there is no C compiler that takes it, or where the kernel of the
        operating system withholds the processor's tile registers.
    """
    compiler = shutil.which("cc")
    if compiler is None or platform.machine() != "x86_64" or platform.system() != "Linux":
        return None
    key = sha256(
        _SOURCE.read_bytes() + " ".join(_FLAGS + _LINK_FLAGS).encode() + _processor()
    ).hexdigest()[:16]
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "breachline"
    library = folder / f"lstm-{key}.so"
    if not library.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            fresh = Path(scratch) / library.name
            compiled = fresh.with_suffix(".o")
            for command in (
                [compiler, *_FLAGS, "-c", str(_SOURCE), "-o", str(compiled)],
                [compiler, str(compiled), *_LINK_FLAGS, "-o", str(fresh)],
            ):
                done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - cc
                if done.returncode:
                    return None
            fresh.replace(library)
    kernel = ctypes.CDLL(str(library))
    return Kernel(kernel) if kernel.lstm_prepare() else None


def _processor() -> bytes:
    lines = Path("/proc/cpuinfo").read_bytes().splitlines()
    return next((line for line in lines if line.startswith(b"flags")), b"")


class Kernel:
    """The two passes over a batch. Arrays are time-major and C-contiguous.

    Between `forward` and `backward` the kernel keeps the activations of one batch, so calls come in
    pairs; a forward pass without a backward one may stand between pairs.
    """

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        self._kept: list[Floats] = [np.empty(0, np.float32) for _ in range(3)]

    def forward(
        self, tokens: NDArray[np.uint8], table: Floats, recurrent: Floats, mask: Floats
    ) -> Floats:
        """Reads every sequence from a fresh state.

        Args:
            tokens: (T, B).
            table: (V, 4U), what each token adds to the gates' sums; gates in order i, f, g, o.
            recurrent: (U, 4U).
            mask: (B, U), by which the state is multiplied before each product with `recurrent`.

        Returns:
            (T, B, U), the output after each token. It is overwritten by the next forward pass.
        """
        (steps, size), units = tokens.shape, recurrent.shape[0]
        cells = steps * size * units
        if self._kept[0].size < 4 * cells:
            self._kept = [np.empty(n, np.float32) for n in (4 * cells, cells, cells)]
        self._library.lstm_forward(
            steps, size, units, *_pointers(tokens, table, recurrent, mask, *self._kept)
        )
        return self._kept[2][:cells].reshape(steps, size, units)

    def backward(
        self,
        tokens: NDArray[np.uint8],
        recurrent: Floats,
        mask: Floats,
        d_hidden: Floats,
        vocabulary: int,
    ) -> tuple[Floats, Floats]:
        """Returns the gradients of `table` and `recurrent` for the last forward pass.

        Args:
            tokens: (T, B), as in the forward pass; so are `recurrent` and `mask`.
            recurrent: (U, 4U).
            mask: (B, U).
            d_hidden: (T, B, U), the gradient of the loss by the forward pass's result.
            vocabulary: V, rows of the table.
        """
        (steps, size), units = tokens.shape, recurrent.shape[0]
        d_recurrent = np.empty_like(recurrent)
        d_table = np.empty((vocabulary, 4 * units), np.float32)
        inputs = _pointers(tokens, recurrent, mask, *self._kept, d_hidden)
        outputs = _pointers(d_recurrent, d_table)
        self._library.lstm_backward(steps, size, units, vocabulary, *inputs, *outputs)
        return d_table, d_recurrent


def _pointers(*arrays: NDArray[Any]) -> list[ctypes.c_void_p]:
    if not all(array.flags.c_contiguous for array in arrays):
        raise ValueError("found a strided array, expected C-contiguous ones")
    return [ctypes.c_void_p(array.ctypes.data) for array in arrays]

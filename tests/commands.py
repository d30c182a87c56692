"""Runs the installed commands as a user would."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

BREACHLINE = str(Path(sys.executable).parent / "breachline")


def environment(**variables: str) -> dict[str, str]:
    """This process's environment with no setting of Breachline's but `variables`."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("BREACHLINE_")}
    return inherited | variables


def breachline(
    *arguments: str | Path, stdin: bytes = b"", variables: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Runs `breachline` to its end, with `variables` set and its output caught."""
    return subprocess.run(
        [BREACHLINE, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        env=environment(**variables or {}),
        timeout=120,
        check=False,
    )

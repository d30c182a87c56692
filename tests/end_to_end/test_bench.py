"""`make bench` runs. What it measures is for people: no figure gates."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_benchmark_measures_every_record_of_the_sample() -> None:
    """Its standard output is JSON alone."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks"], cwd=ROOT, capture_output=True, check=True
    )
    figures = json.loads(done.stdout)
    assert figures["records"] == 2_000
    assert min(figures.values()) > 0

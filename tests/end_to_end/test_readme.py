"""What the README tells a newcomer to type, typed. Its Kafka section has a test of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands import environment

ROOT = Path(__file__).parents[2]
KAFKA = "## From a broker to the first alert"


def _blocks() -> dict[str, str]:
    """Heading → the commands under it, one a line."""
    found = {}
    for section in re.split(r"^(?=## )", (ROOT / "README.md").read_text(), flags=re.MULTILINE):
        heading = section.splitlines()[0]
        blocks = re.findall(r"```console\n(.*?)```", section, re.DOTALL)
        lines = [line for block in blocks for line in block.splitlines()]
        assert all(line.startswith("$ ") for line in lines), heading
        if lines:
            found[heading] = "\n".join(line.removeprefix("$ ") for line in lines)
    return found


BLOCKS = _blocks()


def test_every_section_with_commands_is_run_here_or_with_a_broker() -> None:
    """A new section of the README cannot slip past these tests."""
    here = {"## Try it", "## Scan a log", "## Settings", "## Train"}
    assert BLOCKS.keys() == here | {KAFKA}


@pytest.mark.parametrize(
    "heading",
    [
        "## Scan a log",
        "## Settings",
        pytest.param("## Train", marks=pytest.mark.tensorflow),
    ],
)
def test_commands_work_as_they_stand(heading: str, tmp_path: Path) -> None:
    """Run one after the other in a folder that has the samples and the bundle, none fails."""
    for folder in ("samples", "detector/models"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euc", BLOCKS[heading]],
        cwd=tmp_path,
        env=environment(PATH=path),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert done.stdout


def test_a_fresh_clone_shows_alerts_by_one_command(tmp_path: Path) -> None:
    """`make run` installs without TensorFlow and shows the sample's alerts."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    assert BLOCKS["## Try it"] == "make run"
    done = subprocess.run(
        ["make", "run"], cwd=clone, env=environment(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    assert done.stdout.count(b'"kind":"alert"') > 10
    assert b" alerts" in done.stderr
    python = clone / ".venv" / "bin" / "python"
    absent = "import importlib.util as u; raise SystemExit(u.find_spec('tensorflow') is not None)"
    assert subprocess.run([python, "-c", absent], check=False).returncode == 0
    train = clone / ".venv" / "bin" / "breachline-train"
    fit = subprocess.run(
        [train, "fit", "--out", tmp_path / "bundle"], capture_output=True, check=False
    )
    assert fit.returncode == 1
    assert b"breachline[train]" in fit.stderr

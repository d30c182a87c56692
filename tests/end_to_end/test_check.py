"""`breachline check`, `--version` and `python -m detector` as a user runs them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from tests.commands import breachline, environment


def test_the_bundle_that_ships_passes() -> None:
    """Out of the box, with no setting at all."""
    found = breachline("check")
    lines = found.stdout.decode().splitlines()
    assert "ok      configuration  all at their defaults" in lines
    assert any(line.startswith("ok      bundle ") for line in lines)


def test_settings_are_listed_with_who_gave_them(hand_made_bundle: Path, tmp_path: Path) -> None:
    """A reader sees which of three places won."""
    file = tmp_path / "breachline.toml"
    file.write_text('format = "combined"\nthreads = 5\n')
    found = breachline(
        "check",
        "--config",
        file,
        "--threads",
        "2",
        variables={"BREACHLINE_BUNDLE": str(hand_made_bundle)},
    )
    (line,) = [line for line in found.stdout.decode().splitlines() if "configuration" in line]
    assert f"format=combined (format in {file})" in line
    assert "threads=2 (--threads)" in line
    assert f"bundle={hand_made_bundle} (BREACHLINE_BUNDLE)" in line


def test_a_bad_setting_fails() -> None:
    """Verdict, setting and remedy in one line; exit code 78."""
    found = breachline("check", variables={"BREACHLINE_THRESHOLD": "high"})
    assert found.returncode == 78
    assert found.stdout.startswith(b"FAILED  configuration  threshold: found 'high'")


def test_a_broken_bundle_fails(hand_made_bundle: Path, tmp_path: Path) -> None:
    """The configuration is still said to be in order; exit code 78."""
    broken = tmp_path / "broken"
    shutil.copytree(hand_made_bundle, broken)
    (broken / "weights.npz").write_bytes(b"not weights")
    found = breachline("check", "--bundle", broken)
    assert found.returncode == 78
    assert b"ok      configuration" in found.stdout
    assert f"FAILED  bundle         {broken}: weights.npz has SHA-256".encode() in found.stdout


def test_a_misspelled_variable_is_noted() -> None:
    """It does no harm, so it is no failure."""
    found = breachline("check", variables={"BREACHLINE_TRESHOLD": "0.5"})
    assert b"BREACHLINE_TRESHOLD is no option; did you mean BREACHLINE_THRESHOLD?" in found.stdout


def test_a_secret_is_not_shown() -> None:
    """That it is set is said, and by whom."""
    found = breachline("check", variables={"BREACHLINE_SASL_PASSWORD": "open sesame"})
    assert b"sasl_password=(hidden) (BREACHLINE_SASL_PASSWORD)" in found.stdout
    assert b"sesame" not in found.stdout + found.stderr


def test_version_is_the_packages() -> None:
    """As the command, and as `python -m detector`."""
    expected = f"breachline, version {version('breachline')}\n".encode()
    assert breachline("--version").stdout == expected
    module = subprocess.run(
        [sys.executable, "-m", "detector", "--version"],
        capture_output=True,
        env=environment(),
        check=True,
    )
    assert module.stdout == expected

"""What many tests need: the shared data, a bundle whose scores are known, a detector."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from detector.config import Config
from detector.detection import Detector
from detector.wiring import build_detector
from tests import hand_made


def pytest_configure() -> None:
    """Lets processes under test have Ctrl-C, even where the tests run in a shell's background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--data", default="../shared/data", help="labelled logs to test against")


@pytest.fixture(scope="session")
def shared_data(pytestconfig: pytest.Config) -> Path:
    """The folder of labelled logs; without it a test is skipped, and fails in CI."""
    path = pytestconfig.rootpath / str(pytestconfig.getoption("--data"))
    if not path.is_dir():
        message = f"no labelled logs at {path}: give their folder with --data"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(scope="session")
def hand_made_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that alerts on any of `' ; | <`."""
    return hand_made.save(tmp_path_factory.mktemp("bundle") / "hand-made")


@pytest.fixture(scope="session")
def detector(hand_made_bundle: Path) -> Detector:
    """A detector that alerts on any of `' ; | <`."""
    return build_detector(Config(bundle=hand_made_bundle, threads=1))

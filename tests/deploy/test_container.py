"""The Dockerfile and the compose demonstration, step by step and without an engine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.brokers import tansu, topics
from tests.integration.brokers.waiting import until

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()


def _copied(folder: Path) -> Path:
    """Copies what .dockerignore lets into the build."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    for name in (line[1:] for line in lines if line.startswith("!")):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, target)
    return folder


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the build stage leaves behind: the same script over the same files."""
    source = _copied(tmp_path_factory.mktemp("source"))
    target = tmp_path_factory.mktemp("opt") / "breachline"
    assert "RUN /source/deploy/install.sh /source /opt/breachline\n" in DOCKERFILE
    subprocess.run(
        [source / "deploy/install.sh", source, target],
        env=os.environ | {"PYTHON": sys.executable},
        check=True,
    )
    return target


@pytest.mark.timeout(600)
def test_the_install_is_lean_and_complete(installed: Path) -> None:
    """The bundle is in it and works; TensorFlow, pip and the tests are not."""
    found = subprocess.run(
        [installed / "bin/breachline", "check"], check=True, capture_output=True, cwd=installed
    )
    assert b"FAILED" not in found.stdout
    packages = {path.name for path in installed.glob("lib/python*/site-packages/*")}
    assert {"detector", "trainer", "kafka", "onnxruntime"} <= packages
    assert not packages & {"tensorflow", "keras", "pip", "setuptools", "tests"}


def test_the_container_runs_as_nobody_special() -> None:
    """The last stage sets a numeric user before its entry point, and copies the install only."""
    last = DOCKERFILE.split("\nFROM ")[-1]
    assert re.search(r"^USER [1-9]\d*$(.|\n)*^ENTRYPOINT", last, re.MULTILINE)
    assert re.findall(r"^COPY .*$", last, re.MULTILINE) == [
        "COPY --from=build /opt/breachline /opt/breachline"
    ]


def test_the_demonstration_names_files_that_are_there() -> None:
    """Each file that compose mounts."""
    folder = ROOT / "deploy/compose"
    mounted = re.findall(r'volumes: \["\./([^:]+):', (folder / "compose.yaml").read_text())
    assert mounted
    assert all((folder / name).is_file() for name in mounted)


def test_the_mock_shop_writes_to_its_topic() -> None:
    """The script of the compose demonstration, against a broker."""
    topic = topics.create(tansu.bootstrap(), "shop")
    with subprocess.Popen(
        ["sh", ROOT / "deploy/compose/shop.sh", tansu.bootstrap(), topic],
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"},
        start_new_session=True,
    ) as shop:
        try:
            until(lambda: len(topics.read(tansu.bootstrap(), topic)) >= 5, "five log lines", 60)
        finally:
            os.killpg(shop.pid, 9)
    assert topics.read(tansu.bootstrap(), topic)[0].value.startswith(b'{"timestamp"')

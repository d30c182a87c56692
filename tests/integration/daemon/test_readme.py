"""The README's way from a broker to the first alert, with kcat as the other client."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import orjson
import pytest

from tests.integration.brokers import topics

ROOT = Path(__file__).parents[3]


def _commands() -> list[str]:
    section = (ROOT / "README.md").read_text().split("## From a broker to the first alert")[1]
    block = re.search(r"```console\n(.*?)```", section, re.DOTALL)
    assert block is not None
    return [line.removeprefix("$ ") for line in block[1].splitlines()]


@pytest.mark.skipif(
    shutil.which("kcat") is None and "CI" not in os.environ, reason="kcat is not installed"
)
def test_five_commands_lead_from_a_broker_to_the_first_alert(bootstrap: str) -> None:
    """They are run as they stand there; only the address and the topics' names are a test's."""
    commands, suffix = _commands(), uuid.uuid4().hex[:8]
    assert len(commands) == 5
    script = "\n".join(commands).replace("localhost:9092", bootstrap)
    for topic in ("access-logs", "breachline-alerts", "breachline-dead-letters"):
        script = script.replace(topic, f"{topic}-{suffix}")
    settings = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "BREACHLINE_BOOTSTRAP_SERVERS": bootstrap,
        "BREACHLINE_ALERT_TOPIC": f"breachline-alerts-{suffix}",
        "BREACHLINE_DEAD_LETTER_TOPIC": f"breachline-dead-letters-{suffix}",
        "BREACHLINE_GROUP": f"breachline-{suffix}",
        "BREACHLINE_LISTEN": "127.0.0.1:0",
    }
    done = subprocess.run(
        ["bash", "-euc", f"{script}\nkill $!\nwait $!"],
        cwd=ROOT,
        env=os.environ | settings,
        capture_output=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    (alert,) = [line for line in done.stdout.splitlines() if line.startswith(b'{"@timestamp"')]
    assert orjson.loads(alert)["event"]["kind"] == "alert"
    assert topics.read(bootstrap, f"breachline-alerts-{suffix}")

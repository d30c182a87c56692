"""A broker for the session, topics for a test, and the daemon over them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
from kafka.consumer.fetcher import ConsumerRecord

from detector import ecs
from tests.integration.brokers import certificates, topics
from tests.integration.brokers.apache import ApacheKafka
from tests.integration.brokers.certificates import Certificates
from tests.integration.brokers.process import Breachline
from tests.integration.brokers.waiting import until

SCHEMA = orjson.loads(Path(ecs.__file__).with_name("alert.schema.json").read_bytes())


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates.make(tmp_path_factory.mktemp("tls") / "certificates")


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory, tls: Certificates) -> Iterator[ApacheKafka]:
    """Apache Kafka of our own, which a test may kill and freeze."""
    lacking = [name for name in ("java", "mvn", "openssl") if shutil.which(name) is None]
    if lacking and "CI" not in os.environ:
        pytest.skip(f"Apache Kafka needs {', '.join(lacking)}; install default-jre and maven")
    kafka = ApacheKafka(tmp_path_factory.mktemp("kafka") / "broker", tls)
    kafka.start()
    try:
        yield kafka
    finally:
        kafka.kill()


@pytest.fixture(scope="session")
def bootstrap(request: pytest.FixtureRequest) -> str:
    """Any Kafka: the one of KAFKA_BOOTSTRAP_SERVERS, else our own."""
    given = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if given:
        return given
    own: ApacheKafka = request.getfixturevalue("broker")
    return own.bootstrap


@dataclass
class Shop:
    """The topics of one test, and daemons that read them."""

    bootstrap: str
    bundle: Path
    folder: Path
    logs: str
    alerts: str
    dead_letters: str

    def options(self) -> dict[str, object]:
        """Returns the daemon's options, as the configuration names them."""
        return {
            "bootstrap_servers": self.bootstrap,
            "topics": self.logs,
            "group": self.logs,
            "alert_topic": self.alerts,
            "dead_letter_topic": self.dead_letters,
            "bundle": self.bundle,
            "batch_records": 20,
            "poll_seconds": 0.2,
            "session_seconds": 1,
            "connect_seconds": 5,
        }

    def run(self, **changed: object) -> Breachline:
        """Starts a daemon."""
        return Breachline(self.folder, self.options() | changed)

    def write(self, *values: bytes | None, partition: int | None = None) -> None:
        """Writes log records."""
        topics.write(self.bootstrap, self.logs, values, partition)

    def alerts_by_path(self) -> dict[str, list[ConsumerRecord]]:
        """Returns the messages of the alert topic by the path they are about."""
        found: dict[str, list[ConsumerRecord]] = {}
        for record in topics.read(self.bootstrap, self.alerts):
            found.setdefault(orjson.loads(record.value)["url"]["path"], []).append(record)
        return found

    def dead_letter_values(self) -> list[bytes]:
        """Returns what stands in the dead-letter topic."""
        return [record.value for record in topics.read(self.bootstrap, self.dead_letters)]

    def wait_for_commit(self, offset: int, partitions: int = 1, seconds: float = 60.0) -> None:
        """Waits until the group's offsets sum up to `offset`."""
        until(
            lambda: (
                topics.committed(self.bootstrap, self.logs, self.logs, range(partitions)) == offset
            ),
            f"{offset} records to be committed",
            seconds,
        )


@pytest.fixture
def shop_at(hand_made_bundle: Path, tmp_path: Path) -> Callable[..., Shop]:
    """Makes topics at a broker; by default one partition each."""

    def make(bootstrap: str, partitions: int = 1, **settings: dict[str, str]) -> Shop:
        names = (
            topics.create(bootstrap, "logs", partitions, settings.get("logs")),
            topics.create(bootstrap, "alerts", 1, settings.get("alerts")),
            topics.create(bootstrap, "dead-letters", 1, settings.get("dead_letters")),
        )
        return Shop(bootstrap, hand_made_bundle, tmp_path / "daemons", *names)

    return make

"""One Apache Kafka of its own for a test session: KRaft, one node, loopback only."""

from __future__ import annotations

import base64
import signal
import socket
import subprocess
import uuid
from pathlib import Path

from kafka import KafkaAdminClient
from kafka.errors import KafkaError

from tests.integration.brokers.certificates import Certificates
from tests.integration.brokers.waiting import free_ports, until

POM = Path(__file__).with_name("pom.xml")
CACHE = Path(__file__).parents[3] / ".cache" / "kafka"
USERS = {"plain": "plain-secret", "scram": "scram-secret", "reader": "reader-secret"}
"""SASL users and passwords: `plain` for PLAIN, `scram` for SCRAM, `reader` may only read."""


def jars() -> Path:
    """Returns the folder of Kafka's jars, fetched from Maven Central at first use."""
    stamp = CACHE / "pom.xml"
    if not stamp.exists() or stamp.read_bytes() != POM.read_bytes():
        subprocess.run(
            ["mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies",
             "-DincludeScope=runtime", f"-DoutputDirectory={CACHE}"],
            check=True,
        )  # fmt: skip
        stamp.write_bytes(POM.read_bytes())
    return CACHE


class ApacheKafka:
    """A broker that can be killed, frozen and started again on the same port and data.

    Attributes:
        bootstrap: its plain listener, where every client is a super user.
        secure: its SASL_SSL listener (PLAIN, SCRAM-SHA-256, SCRAM-SHA-512).
        mutual: its TLS listener, which demands a client's certificate.
    """

    def __init__(self, folder: Path, certificates: Certificates) -> None:
        plain, secure, mutual, controller = free_ports(4)
        self.bootstrap = f"127.0.0.1:{plain}"
        self.secure = f"localhost:{secure}"
        self.mutual = f"localhost:{mutual}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._log = folder / "broker.log"
        folder.mkdir(parents=True)
        self._settings = folder / "server.properties"
        listeners = f"PLAINTEXT://127.0.0.1:{plain},SECURE://{self.secure},MUTUAL://{self.mutual}"
        self._settings.write_text(_properties(folder, certificates, listeners, controller))
        identity = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        scram = [
            f"--add-scram={kind}=[name={name},password={USERS[name]}]"
            for kind in ("SCRAM-SHA-256", "SCRAM-SHA-512")
            for name in ("scram", "reader")
        ]
        subprocess.run(
            [*_java("kafka.tools.StorageTool"), "format", f"--cluster-id={identity}",
             "-c", str(self._settings), *scram],
            check=True, capture_output=True,
        )  # fmt: skip

    def start(self) -> None:
        """Starts it and waits until it answers."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*_java("kafka.Kafka"), str(self._settings)], stdout=log, stderr=log
            )
        until(self._answers, f"Kafka to answer; its log is {self._log}", seconds=60)

    def kill(self) -> None:
        """Kills it with SIGKILL, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def freeze(self) -> None:
        """Stops it where it stands: connections stay open, nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Lets a frozen broker go on."""
        self._signal(signal.SIGCONT)

    def revive(self) -> None:
        """Has it run again, whatever was done to it."""
        if self._process is None:
            self.start()
        self.thaw()

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None, "the broker does not run"
        self._process.send_signal(number)

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text()[-4000:]
        host, port = self.bootstrap.split(":")
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
            admin = KafkaAdminClient(bootstrap_servers=self.bootstrap, bootstrap_timeout_ms=1000)
        except (KafkaError, OSError):
            return False
        admin.close()
        return True


def sasl(broker: ApacheKafka, tls: Certificates, mechanism: str, user: str) -> dict[str, object]:
    """Returns the options of Breachline that `broker`'s secure listener demands."""
    return {
        "bootstrap_servers": broker.secure,
        "security_protocol": "SASL_SSL",
        "ssl_ca": tls.authority,
        "sasl_mechanism": mechanism,
        "sasl_username": user,
        "sasl_password": USERS[user],
    }


def _java(main: str) -> list[str]:
    return [
        "java", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        "-cp", f"{jars()}/*", main,
    ]  # fmt: skip


def _properties(folder: Path, certificates: Certificates, listeners: str, controller: int) -> str:
    accounts = " ".join(f'user_{name}="{password}"' for name, password in USERS.items())
    module = "org.apache.kafka.common.security"
    return f"""
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners={listeners},CONTROLLER://127.0.0.1:{controller}
advertised.listeners={listeners}
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SECURE:SASL_SSL,MUTUAL:SSL,CONTROLLER:PLAINTEXT
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512
listener.name.secure.plain.sasl.jaas.config={module}.plain.PlainLoginModule required {accounts};
listener.name.secure.scram-sha-256.sasl.jaas.config={module}.scram.ScramLoginModule required;
listener.name.secure.scram-sha-512.sasl.jaas.config={module}.scram.ScramLoginModule required;
ssl.keystore.type=PEM
ssl.keystore.location={certificates.broker_bundle}
ssl.truststore.type=PEM
ssl.truststore.location={certificates.authority}
listener.name.mutual.ssl.client.auth=required
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
allow.everyone.if.no.acl.found=true
log.dirs={folder / "data"}
auto.create.topics.enable=false
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=4194304
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=500
group.coordinator.threads=1
broker.session.timeout.ms=1500
broker.heartbeat.interval.ms=300
"""

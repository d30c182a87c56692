"""Whether a cluster answers, has the topics, and grants the rights: asked before anything starts.

Asked with an admin client, in bounded time, and without a trace in the cluster.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from kafka import KafkaAdminClient
from kafka.errors import (
    AuthorizationError,
    KafkaConfigurationError,
    KafkaError,
    KafkaTimeoutError,
    NoError,
    RetriableError,
    SaslAuthenticationFailedError,
    UnknownTopicOrPartitionError,
    for_code,
)

from detector.errors import SourceError
from detector.kafka_settings import Cluster

_COORDINATOR_SECONDS = 10.0


class Finding(NamedTuple):
    """What was found out about one thing.

    Attributes:
        subject: what it is about, for people ("topic shop-logs").
        fact: what is so.
        problem: what is wrong and what to do; None when all is well.
    """

    subject: str
    fact: str
    problem: str | None


def inspect(
    cluster: Cluster, read: Sequence[str], write: Sequence[str], group: str | None
) -> list[Finding]:
    """Looks at the cluster, the topics to `read` and to `write`, and the consumer group if any.

    Raises:
        SourceError: no broker answered within the cluster's `connect_seconds`, or the credentials
            were refused.
    """
    with _admin(cluster) as admin:
        described = {topic["name"]: topic for topic in admin.describe_topics([*read, *write])}
        findings = [Finding("broker", f"{_at(cluster)} answers", None)]
        findings += [_topic(name, described.get(name), "READ") for name in read]
        findings += [_topic(name, described.get(name), "WRITE") for name in write]
        if group is not None:
            findings.append(_group(group, admin))
    return findings


def require(cluster: Cluster, read: Sequence[str], write: Sequence[str], group: str | None) -> None:
    """Does `inspect` and raises SourceError if anything it finds is wrong."""
    problems = [item.problem for item in inspect(cluster, read, write, group) if item.problem]
    if problems:
        raise SourceError("\n".join(problems))


def _topic(name: str, described: dict[str, Any] | None, operation: str) -> Finding:
    subject = f"topic {name}"
    error = UnknownTopicOrPartitionError if described is None else for_code(described["error_code"])
    if described is None or error is UnknownTopicOrPartitionError:
        return Finding(
            subject,
            "does not exist",
            f"Kafka: there is no topic {name}, or it is hidden from this user. Create it, or "
            "correct the name.",
        )
    if issubclass(error, AuthorizationError) or not _allowed(described, operation):
        verb = operation.lower()
        return Finding(
            subject,
            f"no right to {verb}",
            f"Kafka: this user may not {verb} topic {name}. Grant {operation} on it.",
        )
    if error is not NoError:
        return Finding(subject, error.__name__, f"Kafka: topic {name} gives {error.__name__}.")
    return Finding(subject, f"{len(described['partitions'])} partitions", None)


def _group(name: str, admin: KafkaAdminClient) -> Finding:
    subject = f"group {name}"
    refused = Finding(
        subject,
        "no right to join",
        f"Kafka: this user may not use the consumer group {name}. Grant READ on it.",
    )
    try:
        described = _described_group(name, admin)
    except AuthorizationError:
        return refused
    except KafkaError as error:
        return Finding(subject, type(error).__name__, f"Kafka: group {name} gives {error}.")
    except ValueError:  # a set of rights that kafka-python cannot read, as Tansu sends
        return Finding(subject, "the broker does not tell the rights", None)
    if not _allowed(described, "READ"):
        return refused
    return Finding(subject, f"{len(described['members'])} members", None)


def _described_group(name: str, admin: KafkaAdminClient) -> dict[str, Any]:
    """Asks until the cluster knows the group's coordinator: the first ever asked for takes time."""
    deadline = time.monotonic() + _COORDINATOR_SECONDS
    while True:
        try:
            described: dict[str, Any] = admin.describe_groups([name])[name]
        except RetriableError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return described


def _allowed(described: dict[str, Any], operation: str) -> bool:
    """A broker that does not say (no authorizer, or a foreign one) is taken to allow."""
    operations = described.get("authorized_operations")
    return not operations or operation in operations


@contextmanager
def _admin(cluster: Cluster) -> Iterator[KafkaAdminClient]:
    failures = _Failures()
    logger = logging.getLogger("kafka.net.manager")
    logger.addHandler(failures)
    try:
        admin = KafkaAdminClient(**cluster.client_options())
    except (KafkaError, OSError, ValueError) as error:
        raise SourceError(_explained(cluster, failures.refused or error, failures.last)) from error
    finally:
        logger.removeHandler(failures)
    try:
        yield admin
    except KafkaError as error:
        raise SourceError(_explained(cluster, error, None)) from error
    finally:
        admin.close()


class _Failures(logging.Handler):
    """Keeps why connections failed: kafka-python logs it and raises a bare time-out."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.refused: SaslAuthenticationFailedError | None = None
        self.last: Exception | None = None

    def emit(self, record: logging.LogRecord) -> None:
        arguments = record.args if isinstance(record.args, tuple) else ()
        for error in arguments:
            if isinstance(error, SaslAuthenticationFailedError):
                self.refused = error
            if isinstance(error, Exception) and not isinstance(error, KafkaTimeoutError):
                self.last = error


def _explained(cluster: Cluster, error: Exception, cause: Exception | None) -> str:
    where = _at(cluster)
    if isinstance(error, SaslAuthenticationFailedError):
        return (
            f"Kafka at {where} refused user {cluster.username} ({cluster.mechanism}). Correct the "
            "user name, the password or the mechanism."
        )
    if isinstance(error, KafkaConfigurationError | OSError | ValueError):
        return f"Kafka at {where}: these settings cannot be used: {error}."
    also = ", the credentials" if cluster.mechanism else ""  # a broker may just hang up on them
    because = f" The last attempt ended with {cause}." if cause else ""
    return (
        f"No Kafka broker answered at {where} within {cluster.connect_seconds:g} s "
        f"({cluster.protocol}, {type(error).__name__}).{because} Check the address, the security "
        f"protocol{also} and that the broker runs."
    )


def _at(cluster: Cluster) -> str:
    return ",".join(cluster.servers)

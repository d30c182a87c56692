"""Builds the parts from a Config; the only file that names concrete classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from detector import bundle
from detector.config import Config
from detector.detection import Detector
from detector.errors import ConfigError
from detector.formats.auto import parser
from detector.kafka_settings import Cluster, Subscription
from detector.scorers.onnx import OnnxScorer
from detector.text import fields_after_strip
from detector.types import Alert

if TYPE_CHECKING:
    from detector.daemon import Daemon
    from detector.metrics import Metrics
    from detector.sinks.kafka import KafkaSink
    from detector.status import Status

# Kafka's client takes a third of a second to import, which `scan` need not wait for: what needs it
# is imported where it is built.


def build_detector(config: Config) -> Detector:
    """Loads the bundle and makes the detector.

    Raises:
        BundleError: the bundle cannot be loaded.
        ConfigError: with this bundle, `strip` leaves the model nothing to read.
    """
    model = bundle.load(config.bundle)
    fields = fields_after_strip(model.spec.text.fields, config.strip)
    if not fields:
        raise ConfigError(
            f"strip: found {', '.join(config.strip)}, which takes away all that {model.label} "
            f"reads ({', '.join(model.spec.text.fields)}). Strip less."
        )
    threshold = model.spec.threshold if config.threshold is None else config.threshold
    return Detector(
        parse=parser(config.format, config.trusted_proxies),
        scorer=OnnxScorer(model, config.threads),
        fields=fields,
        limit=model.spec.text.limit,
        families=model.spec.families,
        threshold=threshold,
        bundle=model.label,
    )


def build_daemon(config: Config, detector: Detector, metrics: Metrics, status: Status) -> Daemon:
    """Makes the daemon that reads Kafka topics; its source connects here."""
    from detector.daemon import Daemon  # noqa: PLC0415
    from detector.ecs import document  # noqa: PLC0415
    from detector.sources.kafka import KafkaSource  # noqa: PLC0415

    subscription = Subscription(
        topics=config.topics,
        group=config.group,
        start=config.start,
        batch_records=config.batch_records,
        record_bytes=config.max_record_bytes,
        session_seconds=config.session_seconds,
        metadata_seconds=config.metadata_seconds,
    )
    return Daemon(
        KafkaSource(cluster(config), subscription, metrics, status),
        detector,
        build_sink(config, metrics, document),
        metrics,
        status,
        poll_seconds=config.poll_seconds,
        drain_seconds=config.drain_seconds,
    )


def build_sink(
    config: Config, metrics: Metrics, make_document: Callable[[Alert], dict[str, Any]]
) -> KafkaSink:
    """Makes the sink to the alert and dead-letter topics."""
    from detector.sinks.kafka import Destinations, KafkaSink  # noqa: PLC0415

    destinations = Destinations(
        config.alert_topic, config.dead_letter_topic, config.max_message_bytes
    )
    return KafkaSink(cluster(config), destinations, make_document, metrics)


def cluster(config: Config) -> Cluster:
    """Says where the Kafka cluster is and who we are to it.

    Raises:
        ConfigError: the settings contradict each other.
    """
    return Cluster(
        servers=config.bootstrap_servers,
        protocol=config.security_protocol,
        ca=config.ssl_ca,
        certificate=config.ssl_certificate,
        key=config.ssl_key,
        mechanism=config.sasl_mechanism,
        username=config.sasl_username,
        password=config.sasl_password,
        connect_seconds=config.connect_seconds,
    )

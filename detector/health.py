"""/metrics, /livez and /readyz over HTTP."""

from __future__ import annotations

import socket
import threading
import time
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from detector.errors import ConfigError
from detector.metrics import Metrics
from detector.status import Status

_TEXT = "text/plain; charset=utf-8"


class HealthServer:
    """Answers from threads of its own, so that it answers while the loop is busy.

    Attributes:
        address: host and port that it listens on; the port is real also where 0 was asked for.
    """

    def __init__(self, host: str, port: int, metrics: Metrics, status: Status) -> None:
        """Begins to listen.

        Raises:
            ConfigError: the address cannot be had.
        """

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                code, kind, body = answer(self.path, metrics, status)
                self.send_response(code)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Keeps probes out of the log."""

        class Server(ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in host else socket.AF_INET

        shown = f"[{host}]" if ":" in host else host
        try:
            self._server = Server((host, port), Handler)
        except OSError as error:
            raise ConfigError(
                f"listen: {shown}:{port} cannot be had ({error.strerror}). Give another address, "
                "or port 0 for any free one."
            ) from error
        self.address = f"{shown}:{self._server.server_address[1]}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def answer(path: str, metrics: Metrics, status: Status) -> tuple[HTTPStatus, str, bytes]:
    """Returns the status code, the content type and the body for a request to `path`."""
    now = time.monotonic()
    if path == "/livez":
        age = f"last pass {now - status.beat:.1f} s ago"
        if status.stalled:
            return HTTPStatus.SERVICE_UNAVAILABLE, _TEXT, f"{status.stalled}\n".encode()
        return HTTPStatus.OK, _TEXT, f"{age}\n".encode()
    if path == "/readyz":
        unready = status.unready()
        if unready:
            return HTTPStatus.SERVICE_UNAVAILABLE, _TEXT, f"{unready}\n".encode()
        return HTTPStatus.OK, _TEXT, b"ready\n"
    if path == "/metrics":
        metrics.loop_age.set(now - status.beat)
        metrics.since_last.set(now - status.last_record)
        return HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest(metrics.registry)
    return HTTPStatus.NOT_FOUND, _TEXT, b"/metrics, /livez or /readyz\n"

"""Certificates for one test run: an authority, a broker for localhost, a client."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificates:
    """PEM files. A bundle holds a private key and the chain that goes with it."""

    authority: Path
    broker_bundle: Path
    client_certificate: Path
    client_key: Path


def make(folder: Path) -> Certificates:
    """Makes them with the openssl command."""
    folder.mkdir(parents=True)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    _openssl(folder, "req", "-x509", *key, "-subj", "/CN=test authority",
             "-keyout", "authority.key", "-out", "authority.pem")  # fmt: skip
    for name, subject in (("broker", "/CN=localhost"), ("client", "/CN=breachline")):
        _openssl(folder, "req", "-new", *key[:-2], "-subj", subject,
                 "-keyout", f"{name}.key", "-out", f"{name}.csr")  # fmt: skip
        (folder / f"{name}.ext").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        _openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-days", "2", "-CAcreateserial",
                 "-CA", "authority.pem", "-CAkey", "authority.key",
                 "-extfile", f"{name}.ext", "-out", f"{name}.pem")  # fmt: skip
    bundle = folder / "broker.bundle.pem"
    bundle.write_text("".join((folder / f"broker.{part}").read_text() for part in ("key", "pem")))
    return Certificates(
        folder / "authority.pem", bundle, folder / "client.pem", folder / "client.key"
    )


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

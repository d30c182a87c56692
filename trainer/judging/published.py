"""Figures that others reach on the same sets, to stand beside the detector's own.

Source: the README of the data folder, which measured ModSecurity with the OWASP Core Rule Set 3.3.4
(Debian 12's packages, Apache, blocking at the default score of 5) on the same requests, payloads
sent as `GET /search?q=…`.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Published(NamedTuple):
    """What a detector does on one set; rates in [0, 1], None where not measured.

    Attributes:
        found: share of the attacks that are blocked.
        false_alarms: share of the benign that is blocked.
    """

    found: float | None
    false_alarms: float | None


RULES: Final[dict[str, dict[str, Published]]] = {
    "CRS PL1": {
        "semicomplete": Published(None, 0.0040),
        "browsing": Published(None, 0.016),
        "csic2010": Published(None, 0.0),
        "gotestwaf": Published(0.679, 0.298),
        "libinjection": Published(0.9995, 0.088),
        "crs": Published(0.508, 0.220),
        "vulnbank": Published(0.592, None),
    },
    "CRS PL2": {
        "semicomplete": Published(None, 0.0092),
        "browsing": Published(None, 0.35),
        "csic2010": Published(None, 0.0092),
        "gotestwaf": Published(0.839, 0.447),
        "libinjection": Published(0.9999, 0.363),
        "crs": Published(0.686, 0.356),
        "vulnbank": Published(0.652, None),
    },
}
"""Rule set and its paranoia level → set → its figures. On `browsing` and `csic2010` it was measured
on all rows, not on the held-out ones alone."""

"""A data folder of a few rows a file, so that a whole evaluation takes seconds."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

Row = dict[str, Any]

_LFI = "REQUEST-930-APPLICATION-ATTACK-LFI"
_ATTACKS = tuple(f"{n}' or {n}={n} union select a{n} from b; --" for n in range(30))  # noqa: S608

_FILES: dict[str, list[Row]] = {
    "test/semicomplete_access_log": [
        *({"label": 0, "family": "real_log", "target": f"/blog/{n}"} for n in range(8)),
        {"label": 0, "family": "real_log", "target": "/o'reilly"},
        {"family": "real_log", "target": "/wp-login.php"},
    ],
    "test/gotestwaf": [
        {"label": 1, "family": "owasp/sql-injection", "payload": "1' or '1'='1"},
        {"label": 1, "family": "owasp/xss-scripting", "payload": "<svg onload=alert(1)>"},
        {"label": 1, "family": "owasp-api/rest", "payload": "alert.call(null,1)"},
        {"label": 0, "family": "false-pos/texts", "payload": "union station and select wines"},
    ],
    "test/libinjection": [
        *({"label": 1, "family": "sqli", "payload": text} for text in _ATTACKS[:10]),
        {"label": 0, "family": "hard_negative", "payload": "24-7-TEAM"},
    ],
    "test/crs": [
        {"label": 1, "family": _LFI, "target": "/get?foo=../../etc/passwd"},
        {"label": 0, "family": _LFI, "target": "/get?foo=a.b"},
    ],
    "test/vulnbank": [
        {"label": 1, "family": "mixed", "method": "POST", "target": "/api", "body": "u=a'--"}
    ],
    "train/browsing_queries": [{"label": 0, "query": f"k{n}=1&u={n}"} for n in range(40)],
    "train/csic2010": [{"label": 0, "target": f"/tienda/{n}.jsp?id={n}"} for n in range(40)],
    "train/payloads": [
        {"family": "sqli", "source": f"fuzzdb/{n}", "payload": text}
        for n, text in enumerate(_ATTACKS)
    ],
    "train/sqli_queries": [{"payload": "9%27%20or%20sleep(9)--"}],
    "train/http_params": [
        {"label": 1, "family": "xss", "payload": "<script>alert(5)</script>"},
        {"label": 0, "family": "norm", "payload": "calle 5"},
    ],
}


def write(folder: Path) -> Path:
    """Writes the data folder into `folder` and returns it."""
    for name, rows in _FILES.items():
        file = folder / f"{name}.jsonl.gz"
        file.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(file, "wt") as out:
            out.writelines(json.dumps({"method": "GET"} | row) + "\n" for row in rows)
    return folder

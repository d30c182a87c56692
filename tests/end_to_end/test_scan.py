"""`breachline scan` as a user runs it."""

from __future__ import annotations

import gzip
import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests import rendering
from tests.commands import BREACHLINE, breachline, environment

STYLE = re.compile(r"\x1b\[[0-9;]*m")
HARMLESS = {"method": "get", "path": "/search", "query": {"q": "shoes"}, "statusCode": 200}
ATTACK = HARMLESS | {"query": {"q": "' OR 1"}, "timestamp": 1_502_738_810_082}


def lines(rows: Iterable[object]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def read(output: bytes) -> list[Any]:
    return [json.loads(line) for line in output.splitlines()]


@pytest.fixture
def variables(hand_made_bundle: Path) -> dict[str, str]:
    """Has `breachline` use the bundle whose scores are known."""
    return {"BREACHLINE_BUNDLE": str(hand_made_bundle)}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "access.log"
    path.write_bytes(lines([HARMLESS, ATTACK, HARMLESS, ATTACK]))
    return path


def test_genuine_breaches_alert_and_genuine_others_do_not(
    shared_data: Path, tmp_path: Path
) -> None:
    """With the bundle that ships, on the rows of the SecuritAI log that are to be had."""
    with gzip.open(shared_data / "seeds/securitai_sample_rows.jsonl.gz", "rt") as file:
        rows = [json.loads(line) for line in file]
    log = tmp_path / "securitai.log"
    log.write_bytes(lines(row["log"] for row in rows))
    found = breachline("scan", "--scores", log)
    assert found.returncode == 0, found.stderr
    alerts = [score["alert"] for score in read(found.stdout)]
    assert alerts == [row.get("label", 0) == 1 for row in rows]


def test_a_log_scores_the_same_in_either_format(shared_data: Path, tmp_path: Path) -> None:
    """The semicomplete log as combined and as nginx JSON lines: equal scores, line by line."""
    with gzip.open(shared_data / "test/semicomplete_access_log.jsonl.gz", "rt") as file:
        rows = [json.loads(line) for line in file]
    scores = []
    for write in (rendering.combined, rendering.nginx_json):
        log = tmp_path / write.__name__
        log.write_bytes(b"".join(write(row) + b"\n" for row in rows))
        found = breachline("scan", "--scores", log)
        assert found.returncode == 0, found.stderr
        scores.append([(x["score"], x["alert"], x["rejected"]) for x in read(found.stdout)])
    assert len(scores[0]) == len(rows)
    assert scores[0] == scores[1]
    assert not any(rejected for _, _, rejected in scores[0])


def test_piped_alerts_are_json_lines_of_the_schema(log: Path, variables: dict[str, str]) -> None:
    """One alert a line, each valid."""
    found = breachline("scan", log, variables=variables)
    schema = json.loads(resources.files("detector").joinpath("alert.schema.json").read_text())
    alerts = read(found.stdout)
    for alert in alerts:
        jsonschema.validate(alert, schema)
    assert [alert["url"]["query"] for alert in alerts] == ["q=' OR 1"] * 2
    assert found.returncode == 0


def test_the_summary_counts_everything(tmp_path: Path, variables: dict[str, str]) -> None:
    """Records, alerts by family, rejections by reason, time and speed, on standard error."""
    log = tmp_path / "access.log"
    log.write_bytes(lines([HARMLESS, ATTACK]) + b"\nnonsense\n{\n\x00\n")
    found = breachline("scan", log, variables=variables)
    summary = found.stderr.decode()
    assert "6 records, 1 alert (sqli 1), 4 rejected (" in summary
    for reason in ("empty 1", "unknown_format 1", "not_json 1", "not_text 1"):
        assert reason in summary
    assert summary.rstrip().endswith("records/s")


def test_scores_has_one_line_for_every_input_line(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    """In input order, also for blank lines and for lines that cannot be read."""
    log = tmp_path / "access.log"
    log.write_bytes(lines([HARMLESS]) + b"\n" + lines([ATTACK]) + b"nonsense")
    found = read(breachline("scan", "--scores", log, variables=variables).stdout)
    assert [set(score) for score in found] == [{"id", "score", "alert", "family", "rejected"}] * 4
    assert [score["rejected"] for score in found] == [None, "empty", None, "unknown_format"]
    assert [score["alert"] for score in found] == [False, False, True, False]
    assert [score["family"] for score in found] == [None, None, "sqli", None]
    assert found[0]["score"] == pytest.approx(0.018, abs=1e-3)
    assert len({score["id"] for score in found}) == 4


def test_the_batch_size_changes_no_score(log: Path, variables: dict[str, str]) -> None:
    """One by one, or all at once."""
    one, many = (
        breachline("scan", "--scores", "--batch-records", size, log, variables=variables).stdout
        for size in ("1", "1000")
    )
    assert one == many


def test_an_empty_file_has_no_records(tmp_path: Path, variables: dict[str, str]) -> None:
    """And that is no error."""
    log = tmp_path / "access.log"
    log.touch()
    found = breachline("scan", log, variables=variables)
    assert (found.returncode, found.stdout) == (0, b"")
    assert found.stderr.startswith(b"0 records, 0 alerts, 0 rejected,")


def test_a_binary_file_is_rejected_line_by_line(tmp_path: Path, variables: dict[str, str]) -> None:
    """Without an error, an alert or a traceback."""
    log = tmp_path / "program"
    log.write_bytes(b"\x7fELF\x02" + bytes(range(256)) * 2000)
    found = breachline("scan", "--scores", log, variables=variables)
    assert found.returncode == 0
    assert {score["rejected"] for score in read(found.stdout)} <= {"not_text", "unknown_format"}
    assert b"Traceback" not in found.stderr


def test_a_line_of_10_mb_is_rejected_and_the_rest_read(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    """The lines before and after it get their scores."""
    log = tmp_path / "access.log"
    log.write_bytes(lines([ATTACK, ATTACK | {"path": "/" + "a" * 10_000_000}, ATTACK]))
    found = read(breachline("scan", "--scores", log, variables=variables).stdout)
    assert [score["rejected"] for score in found] == [None, "too_large", None]
    assert [score["alert"] for score in found] == [True, False, True]


def test_a_missing_file_does_not_stop_the_others(
    tmp_path: Path, log: Path, variables: dict[str, str]
) -> None:
    """As with grep: a message, the other files, exit code 2."""
    found = breachline("scan", tmp_path / "missing.log", log, tmp_path, variables=variables)
    assert found.returncode == 2
    assert b"missing.log: cannot be opened: No such file" in found.stderr
    assert b"cannot be opened: Is a directory" in found.stderr
    assert b"4 records, 2 alerts (sqli 2), 0 rejected, 2 files not read to the end" in found.stderr
    assert len(read(found.stdout)) == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_named(log: Path, variables: dict[str, str]) -> None:
    """The system's own reason is given."""
    log.chmod(0)
    found = breachline("scan", log, variables=variables)
    assert found.returncode == 2
    assert b"access.log: cannot be opened: Permission denied" in found.stderr


def test_a_gzip_that_is_cut_short_is_read_as_far_as_it_goes(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    """Its alerts come out, then the message, then exit code 2."""
    log = tmp_path / "access.log.gz"
    rows = [HARMLESS | {"query": {"q": f"' {os.urandom(8).hex()}"}} for _ in range(5_000)]
    log.write_bytes(gzip.compress(lines(rows))[:-500])
    found = breachline("scan", log, variables=variables)
    assert found.returncode == 2
    assert b"access.log.gz: cannot be read to its end" in found.stderr
    assert len(read(found.stdout)) > 4_000


def test_standard_input_may_be_compressed(log: Path, variables: dict[str, str]) -> None:
    """`-` reads it, plain or gzip."""
    for stdin in (log.read_bytes(), gzip.compress(log.read_bytes())):
        found = breachline("scan", "-", stdin=stdin, variables=variables)
        assert len(read(found.stdout)) == 2
        assert found.returncode == 0


def test_exit_code_3_says_that_there_was_an_alert(log: Path, variables: dict[str, str]) -> None:
    """Only when it is asked for, and only when there was one."""
    assert breachline("scan", log, variables=variables).returncode == 0
    assert breachline("scan", "--exit-code", log, variables=variables).returncode == 3
    calm = breachline("scan", "--exit-code", "--threshold", "1", log, variables=variables)
    assert (calm.returncode, calm.stdout) == (0, b"")


def test_a_broken_bundle_is_named(log: Path, tmp_path: Path) -> None:
    """What is wrong and what to do, exit code 78, no traceback."""
    found = breachline("scan", log, "--bundle", tmp_path)
    assert found.returncode == 78
    assert found.stderr.startswith(f"breachline: {tmp_path}: ".encode())
    assert b"Traceback" not in found.stderr


def test_a_setting_that_cannot_be_used_is_named(log: Path) -> None:
    """Exit code 78, before anything is read."""
    found = breachline("scan", log, "--threshold", "2")
    assert found.returncode == 78
    assert found.stderr.decode() == (
        "breachline: threshold: found '2' (--threshold), expected a number from 0 to 1.\n"
    )


def test_a_reader_that_goes_ends_the_scan_quietly(
    tmp_path: Path, variables: dict[str, str]
) -> None:
    """As `| head -1` does: no message, the exit code that SIGPIPE gives."""
    log = tmp_path / "access.log"
    log.write_bytes(lines([ATTACK]) * 20_000)
    with subprocess.Popen(
        [BREACHLINE, "scan", log],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(**variables),
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 141


def test_an_interrupt_ends_with_the_summary(variables: dict[str, str]) -> None:
    """Ctrl-C in the middle: what has been counted is said, exit code 130."""
    with subprocess.Popen(
        [BREACHLINE, "scan", "--scores", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(**variables),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(lines([HARMLESS]))
        process.stdin.flush()
        assert json.loads(process.stdout.readline())
        process.send_signal(signal.SIGINT)
        assert process.stderr.read().startswith(b"Interrupted: 1 record, 0 alerts")
    assert process.returncode == 130


def on_terminal(*arguments: str | Path, **variables: str) -> str:
    """Runs `breachline` on a terminal of its own and returns what it drew."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [BREACHLINE, *map(str, arguments)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env=environment(TERM="xterm-256color", COLUMNS="100", **variables),
    ) as process:
        os.close(theirs)
        drawn = b""
        while True:
            try:
                drawn += (block := os.read(ours, 65_536))
            except OSError:  # how Linux says that the other end has closed
                break
            if not block:
                break
    os.close(ours)
    assert process.returncode == 0, drawn
    return drawn.decode()


def test_on_a_terminal_alerts_are_a_table(log: Path, variables: dict[str, str]) -> None:
    """A head, then each alert with its evidence highlighted in its request."""
    drawn = on_terminal("scan", log, **variables)
    plain = STYLE.sub("", drawn)
    assert "score  family  time (UTC)" in plain
    assert plain.count("2017-08-14 19:26:50") == 2
    assert plain.count("GET /search?q=' OR 1") == 2
    assert re.search(r"\x1b\[1;37;41m[^\x1b]*'\x1b\[0m", drawn)
    assert "4 records, 2 alerts (sqli 2)" in plain


def test_a_log_cannot_steer_the_terminal(tmp_path: Path, variables: dict[str, str]) -> None:
    """Control characters in a request are drawn, not obeyed."""
    log = tmp_path / "access.log"
    log.write_bytes(lines([ATTACK | {"query": {"q": "' \x1b]0;owned\x07\u202e"}}]))
    for command in ("scan", "explain"):
        drawn = STYLE.sub("", on_terminal(command, log, **variables))
        assert "\x1b]0;" not in drawn
        assert "\u202e" not in drawn
        assert "␛]0;owned␇" in drawn


def test_no_tensorflow_is_loaded() -> None:
    """The command starts without it, though the tests have it installed."""
    code = "import sys, detector.cli; sys.exit('tensorflow' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

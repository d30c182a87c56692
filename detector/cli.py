"""The command `breachline`."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager

import click
import orjson
from rich.console import Console

from detector import __version__, logs
from detector.checking import check as check_all
from detector.config import OPTIONS, Config
from detector.detection import Detection, Detector
from detector.errors import BreachlineError
from detector.explaining import Explanation, as_json, explain_record
from detector.formats.auto import FORMATS
from detector.options import flags
from detector.scanning import Tally, progress_bar, scan_files, score_lines
from detector.settings import load
from detector.sinks.stdout import StdoutSink, write_lines
from detector.sources.files import FileSource
from detector.terminal import AlertTable, print_explanation, print_legend, print_rejection
from detector.types import Rejection
from detector.wiring import build_detector

_UNREADABLE = 2  # as grep has it
_ALERTED = 3
_CONFIG = 78
_INTERRUPTED = 130  # as shells report SIGINT
_BROKEN_PIPE = 141  # and SIGPIPE


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="breachline")
def cli() -> None:
    """Watches access logs and alerts on breach attempts.

    Every option can also be given as a BREACHLINE_* variable or in a TOML file. A flag goes before
    a variable, a variable before the file, the file before the default.
    """


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--scores", is_flag=True, help="Write one JSON line for every input line instead.")
@click.option("--exit-code", is_flag=True, help="Exit with 3 if there was an alert.")
@flags(OPTIONS, "scan")
def scan(files: tuple[str, ...], *, scores: bool, exit_code: bool, **given: str | None) -> None:
    """Scan access logs to their ends; - is standard input, gzip is recognised.

    Alerts go to standard output: a table on a terminal, JSON lines (ECS) elsewhere. A summary goes
    to standard error. Exits with 2 if a file could not be read.
    """
    config = _begin(given)
    detector = build_detector(config)
    tally, is_interrupted = Tally(), False
    errors = Console(stderr=True)
    with _quiet_pipe(), progress_bar(errors, disable=not _has_room_for_bar(errors, scores)) as bar:
        show = score_lines(sys.stdout.buffer) if scores else _alert_view(detector, errors)
        try:
            scan_files(
                files,
                config,
                detector,
                show=show,
                complain=_complain,
                progress=bar,
                tally=tally,
            )
        except KeyboardInterrupt:
            is_interrupted = True
    click.echo(("Interrupted: " if is_interrupted else "") + tally.summary(), err=True)
    if tally.records and tally.records == tally.rejected.total():
        click.echo(f"No record could be read. Formats known: {', '.join(FORMATS[1:])}.", err=True)
    if is_interrupted:
        sys.exit(_INTERRUPTED)
    if tally.unreadable:
        sys.exit(_UNREADABLE)
    if exit_code and tally.alerts:
        sys.exit(_ALERTED)


@cli.command()
@click.argument("file", default="-", metavar="[FILE]")
@flags(OPTIONS, "explain")
def explain(file: str, **given: str | None) -> None:
    """Explain each record of a log, or of standard input: what was read, what drove the score.

    Shaded on a terminal, JSON lines elsewhere.
    """
    config = _begin(given)
    detector = build_detector(config)
    if file == "-" and sys.stdin is not None and sys.stdin.isatty():
        click.echo("Type or paste log lines; Ctrl-D ends.", err=True)
    try:
        with _quiet_pipe(), closing(FileSource(file, config.max_record_bytes, 1)) as source:
            show = _explanation_view(config)
            while not source.ended:
                for record in source.poll():
                    show(explain_record(detector, record, config.format))
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


@cli.command()
@flags(OPTIONS, "check")
def check(**given: str | None) -> None:
    """Check configuration and bundle without starting anything. Exits with 78 if one fails."""
    has_failed = False
    for finding in check_all(given):
        click.echo(f"{finding.verdict:<6}  {finding.subject:<13}  {finding.detail}")
        has_failed |= finding.verdict == "FAILED"
    sys.exit(_CONFIG if has_failed else 0)


@cli.command()
@flags(OPTIONS, "run")
def run(**given: str | None) -> None:
    """Read Kafka topics until a signal; alerts and dead letters go to topics of their own.

    SIGTERM or SIGINT finishes the batch, commits, leaves the group and exits with 0; a second one
    stops at once. Exits with 1 if the broker, a topic or a right is missing at the start.
    """
    from detector import running  # noqa: PLC0415 - Kafka's client is slow to import

    config = _begin(given)
    running.run(config, build_detector(config))


@cli.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--from-start", is_flag=True, help="Begin at the files' beginnings, not their ends.")
@flags(OPTIONS, "tail")
def tail(files: tuple[str, ...], *, from_start: bool, **given: str | None) -> None:
    """Follow log files until a signal; each alert is a JSON line (ECS) on standard output.

    A file that is replaced or truncated is followed on.
    """
    from detector.tailing import tail as follow  # noqa: PLC0415 - needs the daemon's libraries

    config = _begin(given)
    with _quiet_pipe():
        follow(files, config, build_detector(config), sys.stdout.buffer, from_start=from_start)


@cli.command("test-alert")
@flags(OPTIONS, "test-alert")
def send_test_alert(**given: str | None) -> None:
    """Send one alert, clearly marked as a test, to the alert topic and wait until it is there."""
    from detector import running  # noqa: PLC0415 - Kafka's client is slow to import

    config = _begin(given)
    alert = running.test_alert(config)
    click.echo(f"Test alert {alert.record.id} is in topic {config.alert_topic}.")


def main() -> None:
    """Runs the command; a fault of ours is one line on standard error and an exit code."""
    try:
        cli(prog_name="breachline")
    except BreachlineError as error:
        _complain(str(error))
        sys.exit(error.exit_code)


def _begin(given: dict[str, str | None]) -> Config:
    config = load(given)
    logs.configure(config.log_level, config.log_format)
    return config


def _complain(sentence: str) -> None:
    click.echo(f"breachline: {sentence}", err=True)


def _has_room_for_bar(errors: Console, scores: bool) -> bool:
    """Tells whether a progress bar would not get between the lines of what else is shown."""
    if sys.stdout.isatty():
        return errors.is_terminal and not scores
    goes_to_a_pipe = stat.S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode)
    return errors.is_terminal and not goes_to_a_pipe


def _alert_view(detector: Detector, errors: Console) -> Callable[[Detection], None]:
    if sys.stdout.isatty():
        # The console that draws the progress bar keeps it below what is printed.
        return AlertTable(errors if errors.is_terminal else Console(), detector).show
    sink = StdoutSink(sys.stdout.buffer)
    return lambda detection: sink.send(detection.alerts)


def _explanation_view(config: Config) -> Callable[[Explanation | Rejection], None]:
    if not sys.stdout.isatty():
        return lambda found: write_lines(sys.stdout.buffer, [orjson.dumps(as_json(found))])
    console = Console()
    print_legend(console)

    def show(found: Explanation | Rejection) -> None:
        if isinstance(found, Rejection):
            print_rejection(console, found)
        else:
            print_explanation(console, found, config.format)

    return show


@contextmanager
def _quiet_pipe() -> Iterator[None]:
    """Ends as other tools do when the reader of standard output goes, as `head` does."""
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_BROKEN_PIPE)

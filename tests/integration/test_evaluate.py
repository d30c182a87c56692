"""`breachline-train evaluate` on public sets: on a tiny data folder, and on the shared one."""

from __future__ import annotations

import json
import subprocess
import sys
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

from detector import bundle
from detector.text import TextSettings, canonical
from tests import tiny_data
from trainer.attack_mix import attack_mix
from trainer.cli import main
from trainer.evasion import EVASIONS
from trainer.families import FAMILIES
from trainer.judging import held_out
from trainer.judging.held_out import RENDERED, SETS
from trainer.splits import split_of
from trainer.streams import training_stream

ROOT = Path(__file__).parents[2]
_WITHOUT = "import sys; sys.modules.update(dict.fromkeys({missing!r})); import trainer.__main__"
_WATCHED = """
import sys
from trainer.cli import main
try:
    main()
finally:
    print(sorted({{'tensorflow', 'keras'}} & sys.modules.keys()), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of a few rows a file."""
    return tiny_data.write(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working folder, so that what is kept from one run to the next stays in the test."""
    return tmp_path_factory.mktemp("work")


def run(
    folder: Path, *arguments: str | Path, missing: tuple[str, ...] = (), code: str = _WITHOUT
) -> subprocess.CompletedProcess[str]:
    """Runs breachline-train in `folder`, the modules in `missing` being as if not installed."""
    return subprocess.run(
        [sys.executable, "-c", code.format(missing=missing), *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), "PATH": ""},
        timeout=280,
        check=False,
    )


def test_tables_figures_and_page(folder: Path, data: Path, hand_made_bundle: Path) -> None:
    """One run prints plain columns, writes JSON and a page that needs nothing from outside."""
    arguments = ("evaluate", hand_made_bundle, "--data", data, "--sample", "40")
    judged = run(folder, *arguments, "--json", "out.json", "--html", "out.html")
    assert judged.returncode == 0, judged.stderr
    assert "# Evasions" in judged.stdout
    assert not set("│┃━") & set(judged.stdout)
    line = next(line for line in judged.stdout.splitlines() if line.startswith("gotestwaf"))
    assert line.split()[1:4] == ["hand-made-1", "0/1", "0.00%"]
    assert "2/3 66.67%" in line
    figures = json.loads((folder / "out.json").read_text())
    table = {(r["set"], r["family"], r["detector"]): r for r in figures["table"]}
    assert {name for name, _, _ in table} == {*SETS, RENDERED}
    log = table["semicomplete", None, "hand-made-1"]["false_alarms"]
    assert (log["count"], log["of"]) == (1, 9)
    assert table["libinjection", None, "hand-made-1"]["found"]["rate"] == 1
    assert ("crs", "traversal", "n-gram rival") in table
    assert {row["evasion"] for row in figures["evasions"]} <= EVASIONS.keys()
    page = (folder / "out.html").read_text()
    assert page.count("<svg") == 6
    assert "<script" not in page
    assert not any(mark in page for mark in ('src="', "url(http", '<link rel="stylesheet"'))


def test_weak_places_come_with_records(folder: Path, data: Path, hand_made_bundle: Path) -> None:
    """--by prints the records that go wrong: the log's apostrophe is the false alarm."""
    judged = run(
        folder, "evaluate", hand_made_bundle, "--data", data, "--sample", "40", "--by", "source"
    )
    assert judged.returncode == 0, judged.stderr
    missed, _, false_alarms = judged.stdout.partition("false alarms, worst first")
    assert "GET /get?foo=../../etc/passwd" in missed
    line = next(line for line in false_alarms.splitlines() if line.startswith("semicomplete"))
    assert "1/9 11.11%" in line
    assert line.endswith("GET /o'reilly")


def test_tensorflow_is_not_imported(folder: Path, data: Path, hand_made_bundle: Path) -> None:
    """The whole evaluation, rival and all, runs without TensorFlow being loaded."""
    arguments = ("evaluate", hand_made_bundle, "--data", data, "--sample", "40", "--json")
    judged = run(folder, *arguments, code=_WATCHED)
    assert judged.returncode == 0, judged.stderr
    assert judged.stderr.splitlines()[-1] == "[]"
    assert "n-gram rival" in json.loads(judged.stdout)["thresholds"]


def test_without_the_extra(folder: Path, data: Path, hand_made_bundle: Path) -> None:
    """Without scikit-learn the table comes without the rival; without matplotlib no page does."""
    arguments = ("evaluate", hand_made_bundle, "--data", data, "--sample", "40")
    judged = run(folder, *arguments, missing=("sklearn", "matplotlib", "tensorflow"))
    assert judged.returncode == 0, judged.stderr
    assert "n-gram rival" not in judged.stdout
    assert "pip install 'breachline[evaluate]'" in judged.stderr
    judged = run(folder, *arguments, "--html", "no.html", missing=("matplotlib",))
    assert judged.returncode == 1
    assert "pip install 'breachline[evaluate]'" in judged.stderr
    assert not (folder / "no.html").exists()


def test_incomplete_data_is_named(tmp_path: Path, hand_made_bundle: Path) -> None:
    """A data folder without its files says which are missing."""
    judged = run(tmp_path, "evaluate", hand_made_bundle, "--data", tmp_path)
    assert judged.returncode == 1
    assert "test/crs.jsonl.gz" in judged.stderr
    assert "Traceback" not in judged.stderr


def test_options_for_the_sets_need_the_sets(tmp_path: Path, hand_made_bundle: Path) -> None:
    """Where there is no data folder, --by says what it needs."""
    judged = run(tmp_path, "evaluate", hand_made_bundle, "--by", "family")
    assert judged.returncode == 2
    assert "--data" in judged.stderr


def test_nothing_judged_on_was_trained_on(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the rival learns from and what is judged on share no template, and no held-out text."""
    monkeypatch.chdir(tmp_path)
    settings = TextSettings()
    judged = held_out.held_out(data, 500)
    ours = [held.sample for held in judged if held.set in (RENDERED, "browsing", "csic2010")]
    assert {split_of(sample.source, sample.template) for sample in ours} == {"test"}
    stream = training_stream(Random(1), attack_mix(data, "train"), data, "train")
    trained = list(islice(stream, 2000))
    assert {split_of(sample.source, sample.template) for sample in trained} == {"train"}
    tests = {
        canonical(held.sample.request, settings.fields, settings.limit).data
        for held in judged
        if held.set not in (RENDERED, "browsing", "csic2010")
    }
    texts = {canonical(s.request, settings.fields, settings.limit).data for s in trained}
    assert not texts & tests


def test_shipped_bundle_on_the_shared_data(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The issue's whole table comes out: every set, family, evasion and baseline."""
    data = shared_data.resolve()
    monkeypatch.chdir(tmp_path)
    arguments = ["evaluate", str(bundle.DEFAULT_PATH), "--data", str(data), "--sample", "60"]
    ran = CliRunner().invoke(main, [*arguments, "--json"], catch_exceptions=False)
    assert ran.exit_code == 0
    figures = json.loads(ran.stdout)
    shipped = bundle.load(bundle.DEFAULT_PATH).label
    whole = {row["set"]: row for row in figures["table"] if row["family"] is None}
    assert set(whole) == {*SETS, RENDERED}
    for name in ("semicomplete", "browsing", "csic2010"):
        assert whole[name]["false_alarms"]["of"] == 60
    for name in ("gotestwaf", "libinjection", "crs", "vulnbank", RENDERED):
        assert 0 <= whole[name]["found_at_pooled_false_alarms"]["0.01"] <= 1
        assert 0.5 <= whole[name]["length_only_roc_auc"] <= 1
    families = {row["family"] for row in figures["table"] if row["detector"] == shipped}
    assert families.intersection(FAMILIES) >= {"sqli", "xss", "traversal", "cmdi"}
    assert {row["evasion"] for row in figures["evasions"]} >= {"pad 16 KiB", "overlong", "sql case"}
    assert figures["published"]["CRS PL1"]["crs"]["found"] == 0.508

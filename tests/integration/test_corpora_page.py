"""The page on the public corpora, against what cleaning does to them."""

from __future__ import annotations

from pathlib import Path

from trainer.attacks.cleaning import CHANGES, DROPS
from trainer.attacks.corpus import counts_table, load_attacks

PAGE = Path(__file__).parents[2] / "trainer" / "CORPORA.md"


def test_the_page_tells_the_rules_and_their_counts(shared_data: Path) -> None:
    """Each rule in its words, and every count as cleaning the corpora gives it."""
    page = PAGE.read_text()
    for rule, meaning in (DROPS | CHANGES).items():
        assert f"- **{rule}**: {meaning}." in page
    counts = load_attacks(shared_data).counts
    assert counts_table(counts) in page
    for source, family in {key[:2] for key in counts}:
        dropped = sum(counts[source, family, rule] for rule in DROPS)
        assert dropped + counts[source, family, "kept"] == counts[source, family, "read"]

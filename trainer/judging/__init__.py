"""Judging a detector on what it has not seen: corpora, evasions, baselines, one table."""

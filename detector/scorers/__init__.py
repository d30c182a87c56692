"""Scorers: canonical texts → Scores."""

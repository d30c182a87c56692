"""Parsers, one a log format: bytes → Request."""

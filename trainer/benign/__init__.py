"""Ordinary requests: corpora, a grammar of ordinary sites, and harmless values that look bad."""

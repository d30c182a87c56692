"""Tests against real brokers and real files."""

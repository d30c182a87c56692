"""Tests of what holds for any input."""

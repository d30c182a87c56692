"""Breachline's detector: reads access logs, scores them, raises alerts."""

from importlib.metadata import version

__version__ = version("breachline")

"""Brokers that the tests start and stop."""

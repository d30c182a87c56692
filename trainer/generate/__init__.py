"""Synthetic access logs: benign requests, attacks, and where in a request they stand."""

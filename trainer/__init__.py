"""Breachline's trainer: makes the model bundle that the detector scores with."""

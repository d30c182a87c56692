"""Sinks: where alerts and rejections go."""

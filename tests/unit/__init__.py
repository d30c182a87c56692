"""Tests of one file each."""

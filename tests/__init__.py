"""The tests of Breachline."""

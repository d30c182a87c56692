"""Evasions: an attack rewritten so that it still works and looks like another.

Each is one function `(text, rng) -> text`. What it cannot rewrite it returns as it is.
"""

from trainer.evasion.catalogue import EVASIONS, Evasion, evasions_for
from trainer.evasion.parameters import pollute, split_over_parameters

__all__ = ["EVASIONS", "Evasion", "evasions_for", "pollute", "split_over_parameters"]

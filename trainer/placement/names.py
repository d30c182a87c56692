"""Names that parameters and keys have."""

from random import Random

from trainer.benign.lexicon import own_words, pick

_NAMES = own_words("parameters")
_SUFFIXES = ("_id", "Id", "_name", "Name", "[]", "_1", "2", "Text", "[0]")


def parameter_name(rng: Random) -> str:
    """Returns a name such as sites give their parameters."""
    name = pick(rng, _NAMES)
    return name + pick(rng, _SUFFIXES) if rng.random() < 0.2 else name

"""Attacks: from the project's own grammars, and from public corpora once cleaned."""

from trainer.attacks.corpus import load_attacks
from trainer.attacks.generator import PAYLOAD_FAMILIES, WHOLE_ONLY, generate, templates
from trainer.attacks.whole import WHOLE_FAMILIES, RequestAttack, generate_whole, whole_templates

__all__ = [
    "PAYLOAD_FAMILIES",
    "WHOLE_FAMILIES",
    "WHOLE_ONLY",
    "RequestAttack",
    "generate",
    "generate_whole",
    "load_attacks",
    "templates",
    "whole_templates",
]

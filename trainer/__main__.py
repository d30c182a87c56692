"""`python -m trainer` is breachline-train."""

from trainer.cli import main

main()

"""What every implementation of a Protocol keeps to."""

"""Networks to train: one file each, `build(…) -> keras.Model`, compiled."""

"""Names what is wrong with a training run, from the TensorBoard event files it writes anyway."""

__version__ = "0.1.0"
